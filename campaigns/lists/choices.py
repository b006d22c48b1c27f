"""What members chose, as lists write it: activities named in a text or by a header, how much of each, how much is done.

Elderly secretaries write "Đèn chiếu sáng: 03 bóng; Camera an ninh", number the parts, or write them one below the
other, which a cell read as one line no longer shows; so a text is taken apart by the activities' own names as well.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records.lists.base import TAKEN
from records.sheets.cells import UnreadableCell, read_number, text
from records.sheets.planning import Finding
from records.sheets.values import AS, COMMA, EMPTY, ERASE, ERASED, POINT
from records.vietnamese import fold

TICK = "x"
TICKS = frozenset({"x", "v", "✓", "✔", "☑", "√", "co", "dang ky", "da dang ky", "tham gia"})
NOTHING = frozenset({"-", "–", "—", "khong", "ko", "k", "khong dang ky", "chua", "chua dang ky"})
FINISHED = frozenset({
    *TICKS, "da thuc hien", "da thuc hien xong", "thuc hien xong", "hoan thanh", "da hoan thanh", "xong", "da xong",
    "dat", "100%", "done",
})  # fmt: skip
UNFINISHED = frozenset({*NOTHING, "chua thuc hien", "chua hoan thanh", "dang thuc hien", "dang lam", "chua xong"})
# Words around an activity's name that say nothing of it.
FILLERS = frozenset({
    "va", "cung", "voi", "dang", "ky", "tham", "gia", "thuc", "hien", "so", "luong", "lap", "trong", "gom",
})  # fmt: skip
# Between two of these lies a factor of a thousand.
SCALES = frozenset({"dong", "d", "vnd", "nghin", "ngan", "tram", "trieu", "tr", "ty", "ti", "k"})
APART = re.compile(r"\s*(?:[;+•]|\n)\s*")
NUMBERED = re.compile(r"^\W*(\d{1,2})[.)](?!\d)")
BULLET = re.compile(r"^\W*(?:\d{1,2}[.)](?!\d))?\W*")
TOKEN = re.compile(r"\d[\d.,]*|[^\W\d_]+")
AMOUNT = re.compile(r"([-−–+]?\s*\d[\d.,\s]*?)\s*(?![\d.,\s])(\D.*)?")
MOST = Decimal(10) ** 10


@dataclass(slots=True)
class Wish:
    """What a row says of one activity: how much of it was chosen (TICK where no quantity is said), how much is done."""

    quantity: Any = None
    done: Any = None


@dataclass(slots=True)
class Told:
    """What a row says of choices and results; `quantity` and `done` are cells that name no activity themselves."""

    wishes: dict = field(default_factory=dict)
    quantity: Any = None
    done: Any = None
    finished: bool = False
    rating: str = ""


class ChoiceReader:
    """Reads what rows say of a campaign's activities."""

    def __init__(self, kind, context, activities, signs):
        self.context, self.kind, self.signs = context, kind, signs
        self.activities = {one.pk: one for one in activities}
        self.by_name = {}
        for one in activities:
            self.by_name.setdefault(" ".join(words_of(one.name)), one)
        longest_first = sorted(filter(None, self.by_name), key=len, reverse=True)
        names = "|".join(r"[\W_]+".join(map(re.escape, name.split())) for name in longest_first)
        self.named = re.compile(rf"(?<![^\W_])(?:{names})(?![^\W_])") if names else None
        ratings = kind.field("rating")
        self.ratings = {fold(word): value for word, value in ratings.words.items()} if ratings else {}

    def read(self, row, findings):
        """What the row says; what cannot be read becomes a finding."""
        told = Told()
        for name, cell in row.values.items():
            about, _colon, key = name.partition(":")
            if key and (activity := self.activities.get(int(key))):
                if about == "activity":
                    self.wish(told, activity).quantity = self.amount(cell, activity, name, findings)
                else:
                    self.wish(told, activity).done = self.result(cell, activity, name, told, findings)
        told.wishes = {key: wish for key, wish in told.wishes.items() if (wish.quantity, wish.done) != (None, None)}
        self.read_text(row, told, findings)
        return told

    def wish(self, told, activity):
        return told.wishes.setdefault(activity.pk, Wish())

    def read_text(self, row, told, findings):
        """Activities named in the text of a row, with the quantity and the result beside it."""
        content = row.text("content")
        named = self.activities_in(content, findings) if content else []
        if not content and not told.wishes:
            named = self.named_above(row)
        for activity, quantity in named:
            wish = self.wish(told, activity)
            wish.quantity = wish.quantity or quantity or TICK
        self.share(row, "quantity", [activity for activity, _quantity in named], told, findings)
        self.share(row, "done", [activity for activity, _quantity in named], told, findings)

    def named_above(self, row):
        """The activity that a heading over the row names, else the one said for the whole file."""
        for words in [*reversed(row.groups), self.context.settings.get("content", "")]:
            if activity := self.by_name.get(" ".join(words_of(words))):
                return [(activity, None)]
        return []

    def share(self, row, name, named, told, findings):
        """Give a row's quantity, or its result, to the activity it names; to several where it has as many parts."""
        cell = row.values.get(name)
        if cell in (None, ""):
            return
        parts = [cell] if len(named) < 2 else APART.split(text(cell))
        if not named:
            setattr(told, name, cell)
        elif len(parts) == len(named):
            for activity, part in zip(named, parts, strict=True):
                self.give(row, name, activity, part, told, findings)
        elif name == "done" and self.is_about_all(cell, told):
            for activity in named:
                self.give(row, name, activity, cell, told, findings)
        elif self.context.mend("whose", name) != EMPTY:
            findings.append(self.whose(name, cell))

    def whose(self, name, cell):
        """A finding: a quantity, or a result, of which nobody can tell what activity it belongs to."""
        title = str(self.kind.field(name).title)
        words = _("“%(text)s” under “%(field)s”: the row does not say of which activity.")
        told = words % {"text": text(cell), "field": title}
        group = _("%(field)s: the row does not say of which activity") % {"field": capfirst(title)}
        return Finding("whose", name, text(cell), told, group)

    def give(self, row, name, activity, cell, told, findings):
        """Take a row's quantity or result for one activity."""
        wish = self.wish(told, activity)
        if name == "done":
            wish.done = self.result(cell, activity, name, told, findings)
        elif (amount := self.amount(cell, activity, name, findings)) and self.measured(row, activity, findings):
            wish.quantity = amount

    def measured(self, row, activity, findings):
        """Look whether a row counts in the activity's own measure: between đồng and million đồng lies a factor."""
        written = row.text("measure")
        return not written or self.counts_in(activity, written, findings)

    def counts_in(self, activity, written, findings):
        """Whether the unit written is the activity's measure, or the clerk said that it is; else a finding."""
        if fits(activity.measure, written) or self.context.mend("measure", "measure", written) == TAKEN:
            return True
        findings.append(self.other_measure(activity, written))
        return False

    def other_measure(self, activity, written):
        words = _("“%(name)s” is counted in “%(measure)s”, the list counts in “%(text)s”.")
        told = {"name": activity.name, "measure": activity.measure or "–", "text": written}
        return Finding("measure", "measure", written, words % told, one_value=True)

    def is_about_all(self, cell, told):
        """Whether a result says, without a number, how far the whole registration is; notes what it says."""
        plain = fold(text(cell))
        finished = plain in FINISHED or plain in self.ratings
        if finished:
            told.finished, told.rating = True, "" if plain in FINISHED else self.ratings[plain]
        return finished or plain in UNFINISHED

    # Cells

    def amount(self, cell, activity, name, findings):
        """How much a cell says was chosen: TICK, a number, ERASED, or None for nothing; nobody registers for none."""
        plain = fold(text(cell))
        if plain in ERASE:
            return ERASED
        if plain in NOTHING or not plain:
            return None
        if plain in TICKS:
            return TICK
        number = self.number(cell, activity, name, findings)
        if not number:
            return None
        return number if activity.measure else TICK

    def result(self, cell, activity, name, told, findings):
        """How much a cell says was done: TICK, a number, ERASED, or None; it may say that all is, and how well."""
        plain = fold(text(cell))
        if plain in ERASE:
            return ERASED
        if plain in UNFINISHED or not plain:
            return None
        # In a column of the activity's own, a tick is about that activity and not about the whole registration.
        if plain in FINISHED:
            told.finished |= name == "done"
            return TICK
        if name == "done" and plain in self.ratings:
            told.finished, told.rating = True, self.ratings[plain]
            return None
        number = self.number(cell, activity, name, findings)
        if number is None or activity.measure:
            return number
        return TICK if number else Decimal(0)

    def number(self, cell, activity, name, findings):
        """The number in a cell, whose unit may stand behind it; None where it cannot be read, with a finding."""
        written = text(cell)
        try:
            if not isinstance(cell, str):
                return checked(read_number(cell), written)
            match = AMOUNT.fullmatch(written)
            if match is None:
                raise UnreadableCell(_("“%(text)s” is not a number.") % {"text": written}, "not_a_number")
            if match[2] and not self.counts_in(activity, match[2], findings):
                return None
            return checked(read_number(match[1].strip(), decimal=self.sign(name)), written)
        except UnreadableCell as error:
            return self.mended(written, activity, name, error, findings)

    def sign(self, name):
        said = self.context.mend("number_two_ways", name)
        return {POINT: ".", COMMA: ","}.get(said) or self.signs.get(name, "")

    def mended(self, written, activity, name, error, findings):
        said = self.context.mend(error.code, name, written)
        if said == EMPTY:
            return None
        if said.startswith(AS) and said != f"{AS}{written}":
            return self.number(said.removeprefix(AS), activity, name, findings)
        titles = {
            "not_a_number": _("%(field)s: not a number"),
            "number_two_ways": _("%(field)s: a number that can be read two ways"),
            "no_quantity": _("%(field)s: not a quantity"),
        }
        title = titles[error.code] % {"field": capfirst(str(self.kind.field(name).title))}
        findings.append(Finding(error.code, name, written, str(error), title))
        return None

    # Texts

    def activities_in(self, content, findings):
        """(activity, quantity or None) for each that a text names; what is none of the campaign's is a finding."""
        found = []
        for part in APART.split(content):
            if BULLET.sub("", part):
                found += self.one_part(part, findings)
        return found

    def one_part(self, part, findings):
        bare = BULLET.sub("", part).strip(" .,:-–")
        said = self.context.mend("activity", "content", bare)
        if said == EMPTY:
            return []
        if said.startswith(AS):
            known = self.by_name.get(" ".join(words_of(said.removeprefix(AS))))
            return [(known, None)] if known else []
        counted, plain = NUMBERED.match(part), fold(BULLET.sub("", part))
        spans = list(self.named.finditer(plain)) if self.named else []
        edges = [0, *(edge for span in spans for edge in span.span()), len(plain)]
        gaps = [plain[edges[place] : edges[place + 1]] for place in range(0, len(edges), 2)]
        activities = [self.by_name[" ".join(words_of(span[0]))] for span in spans]
        amounts = self.amounts(without_bullets(gaps, counted), activities) if spans else None
        if amounts is None:
            if spans and (odd := foreign_scale(gaps, activities)):
                findings.append(self.other_measure(activities[0], odd))
            else:
                words = _("“%(text)s” is none of this campaign’s activities.") % {"text": bare}
                findings.append(Finding("activity", "content", bare, words, one_value=True))
            return []
        return [
            (activity, self.amount(amount, activity, "content", findings) if amount else None)
            for activity, amount in zip(activities, amounts, strict=True)
        ]

    def amounts(self, gaps, activities):
        """The number that stands with each activity, "" for none; None where words stand there that nobody knows.

        The gaps are what stands before, between and behind the names: numbers stand before all names or behind them.
        """
        numbers = []
        for place, gap in enumerate(gaps):
            tokens = TOKEN.findall(gap)
            beside = activities[max(place - 1, 0) : place + 1]
            known = FILLERS.union(*(words_of(one.measure) for one in beside))
            figures = [token.strip(".,") for token in tokens if token[0].isdecimal()]
            if len(figures) > 1 or any(not token[0].isdecimal() and token not in known for token in tokens):
                return None
            numbers.append("".join(figures))
        if not numbers[0]:
            return numbers[1:]
        return None if numbers[-1] else numbers[:-1]


def words_of(written):
    """The words of a text, without tones and signs."""
    return re.findall(r"[^\W_]+", fold(written))


def without_bullets(gaps, counted):
    """The gaps between names without the numbers that only count the names, as in 1. … 2. …"""
    if counted is None:
        return gaps
    places = enumerate(gaps, start=int(counted[1]))
    return [re.sub(rf"\b{place}[.)]\s*$", " ", gap) for place, gap in places]


def foreign_scale(gaps, activities):
    """The unit of money written beside an activity that is counted in another."""
    own = set().union(*(words_of(one.measure) for one in activities))
    words = [word for gap in gaps for word in words_of(gap) if not word.isdecimal()]
    strange = [word for word in words if word not in own | FILLERS]
    return " ".join(word for word in words if word in SCALES) if strange and SCALES.issuperset(strange) else ""


def fits(measure, written):
    """Whether a unit written in a list can be the activity's measure."""
    own, theirs = set(words_of(measure)), set(words_of(written))
    if own == theirs or (own ^ theirs) & SCALES:
        return own == theirs
    return not own or bool(own & theirs)


def checked(number, written):
    """The number as a quantity; raises UnreadableCell."""
    if number is None:
        return None
    if number < 0:
        raise UnreadableCell(_("A quantity is not negative."), "no_quantity")
    if number != round(number, 2):
        raise UnreadableCell(_("“%(text)s” has more than two decimals") % {"text": written}, "no_quantity")
    if number >= MOST:
        raise UnreadableCell(_("“%(text)s” is too large") % {"text": written}, "no_quantity")
    return number
