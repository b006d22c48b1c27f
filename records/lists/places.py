"""Units as lists name them: by code, by name, by name and the one above; within what the importing person may write."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _

from records.models import Unit
from records.sheets.planning import Finding
from records.vietnamese import fold, sort_key

UNIT = "unit:"
APART = re.compile(r"\s*[,;]\s*|\s+[–-]\s+|\s+(?:thuộc|trực thuộc)\s+")
CODE_AT_END = re.compile(r"\(([^()]+)\)\s*$")
# So many names, and keys, in one condition.
NAMES, KEYS = 150, 2000
NEAR, NEAR_ENOUGH, LOOKED_AT = 3, 0.72, 400
# What is less like a text than the likest by more than this is not offered beside it: one branch among its neighbours.
AS_NEAR = 0.04


@dataclass(frozen=True, slots=True)
class Place:
    """What planning needs to know of a unit."""

    pk: int
    code: str
    name: str
    short_name: str
    path: str
    parent_name: str
    dissolved: bool
    since: date | None = None
    until: date | None = None
    listed: bool = True
    kind: str = ""

    def stood_on(self, day):
        """Whether the unit was there on a day, as far as its dates are known."""
        return not (self.since and self.since > day) and not (self.until and self.until <= day)

    @property
    def in_full(self):
        """The name with that of the unit above and the code."""
        return f"{self.name}, {self.parent_name} ({self.code})" if self.parent_name else f"{self.name} ({self.code})"


class Places:
    """Finds units for one plan; each text is looked up once."""

    def __init__(self, context):
        self.context, user = context, context.user
        everywhere = user is None or user.is_superuser
        self.paths = None if everywhere else tuple(user.paths(user.EDITORS, context.on))
        self.known, self.by_pk, self.answers = defaultdict(list), {}, {}
        self.looked_up, self.bare = set(), None

    def reaches(self, path):
        """Whether the importing person may write at a path."""
        return self.paths is None or path.startswith(self.paths)

    def learn(self, texts):
        """Look up, all at once, the units that these texts may name."""
        fresh = {text for text in texts if text} - self.looked_up
        self.looked_up |= fresh
        names, codes = set(), set()
        for text in fresh:
            names |= {text, *APART.split(CODE_AT_END.sub("", text))} - {""}
            codes |= {text, *CODE_AT_END.findall(text)}
        names = sorted(names)
        for start in range(0, len(names), NAMES):
            some = names[start : start + NAMES]
            called = reduce(or_, (bears(name) for name in some))
            self.take(Unit.objects.filter(called | Q(short_name__in=some)))
        if codes:
            self.take(Unit.objects.filter(code__in=codes))
        self.learn_bare({name for name in names if name.isascii() and fold(name) not in self.known})

    def learn_bare(self, names):
        """Units whose names were typed without any marks, which no index helps to find: all names are read, once."""
        if names and self.bare is None:
            self.bare = defaultdict(list)
            for pk, name in Unit.objects.values_list("pk", "name"):
                self.bare[fold(name)].append(pk)
        self.learn_keys({pk for name in names for pk in self.bare[fold(name)]})

    def learn_keys(self, keys):
        """Look up, all at once, the units with these keys."""
        fresh = sorted(set(keys) - self.by_pk.keys() - {None})
        for start in range(0, len(fresh), KEYS):
            self.take(Unit.objects.filter(pk__in=fresh[start : start + KEYS]))

    def take(self, units):
        columns = (
            "pk", "code", "name", "short_name", "path", "parent__name", "established_on", "dissolved_on", "listed",
            "kind",
        )  # fmt: skip
        for pk, code, name, short_name, path, parent, since, until, *others in units.values_list(*columns):
            if pk not in self.by_pk:
                place = Place(pk, code, name, short_name, path, parent or "", until is not None, since, until, *others)
                self.by_pk[pk] = place
                for text in {fold(name), fold(short_name), fold(code)} - {""}:
                    self.known[text].append(place)

    def fetch(self, keys):
        """Look up, all at once, the units with these keys."""
        if fresh := keys - self.by_pk.keys():
            self.take(Unit.objects.filter(pk__in=fresh))

    def get(self, pk):
        """The unit of a key, None where there is none."""
        if pk not in self.by_pk:
            self.take(Unit.objects.filter(pk=pk))
        return self.by_pk.get(pk)

    def find(self, text, name="unit", above=(), anywhere=False):
        """(unit, None), or (None, why not) for the text in the field `name`; `above` may name units over it.

        `anywhere` also takes units that the public pages show, where the importing person keeps none of the name.
        """
        key = (text, name, anywhere, *above)
        if key not in self.answers:
            self.answers[key] = self.search(text, name, above, anywhere)
        return self.answers[key]

    def contradiction(self, place, text, name, above=()):
        """A finding where the name beside a unit's code is that of another unit; a unit above it is none."""
        if place is None or not text or fold(text).startswith(fold(place.name)):
            return None
        other, _finding = self.find(text, name, above)
        if other is None or place.path.startswith(other.path):
            return None
        words = _("The code is that of “%(one)s”, the name that of “%(other)s”.")
        words = words % {"one": place.in_full, "other": other.in_full}
        return Finding("contradicts", name, text, words, _("Code and name are of two units."), one_value=True)

    def search(self, text, name, above, anywhere):
        for code in ("unit_unknown", "unit_several"):
            said = self.context.mend(code, name, text)
            if said.startswith(UNIT) and (place := self.get(int(said.removeprefix(UNIT)))):
                return self.within([place], text, name, anywhere)
        found = self.matches(text, above)
        if found:
            return self.within(found, text, name, anywhere)
        words = _("The register has no unit “%(text)s”.") % {"text": text}
        return None, Finding("unit_unknown", name, text, words, one_value=True)

    def matches(self, text, above):
        """The units a text may name; those under a unit named beside it where there are any."""
        if code := CODE_AT_END.search(text):
            exact = [place for place in self.known.get(fold(code[1]), ()) if fold(place.code) == fold(code[1])]
            if exact:
                return exact
        found = self.known.get(fold(text), ())
        parts = APART.split(CODE_AT_END.sub("", text))
        if not found and len(parts) > 1:
            found, above = self.known.get(fold(parts[0]), ()), (*parts[1:], *above)
        by_code = [place for place in found if fold(place.code) == fold(text)]
        if by_code:
            return by_code
        for over in above:
            heads = [place.path for place in self.known.get(fold(over), ())]
            under = [place for place in found if any(place.path.startswith(h) and place.path != h for h in heads)]
            under = under or [place for place in found if is_called(place.parent_name, over)]
            if under:
                return under
        return list(found)

    def within(self, found, text, name, anywhere):
        """The one of the units found that may be meant. Nothing is said of units the importing person may not see."""
        here = [place for place in found if self.reaches(place.path)]
        here = here or [place for place in found if anywhere and place.listed]
        standing = [place for place in here if not place.dissolved] or here
        if len(standing) == 1:
            return standing[0], None
        if not standing:
            words = _("“%(text)s” is not among the units whose records you keep.") % {"text": text}
            return None, Finding("out_of_reach", name, text, words, one_value=True)
        told = "; ".join([place.in_full for place in standing[:NEAR]] + ["…"] * (len(standing) > NEAR))
        words = _("Several units are called “%(text)s”: %(units)s.") % {"text": text, "units": told}
        return None, Finding("unit_several", name, text, words, one_value=True)


def is_called(name, text):
    """Whether a text is a unit's name or, as people shorten it, the end of it: "xã A" of "Đảng bộ xã A"."""
    name, text = fold(name), fold(text)
    return name == text or (" " in text and name.endswith(f" {text}"))


def bears(name):
    """The condition for a unit called so, tones and capitals aside: ranges that the index on `sort_key` serves."""
    letters = sort_key(name)[:500].partition("!")[0]
    return Q(sort_key=letters) | Q(sort_key__gte=f"{letters}!", sort_key__lt=f'{letters}"')


def near(user, text):
    """Units a user may write to whose names look like the text, the nearest first."""
    plain = fold(text)
    words = sorted({word for word in plain.split() if len(word) > 1}, key=len, reverse=True)
    found = {}
    for word in words[:4]:
        rows = Unit.objects.editable_by(user).filter(search_key__contains=word, dissolved_on=None)
        for unit in rows.select_related("parent").order_by("sort_key", "pk")[:LOOKED_AT]:
            found[unit.pk] = unit
    ranked = [(likeness(plain, unit), unit) for unit in found.values()]
    best = max((alike for alike, _unit in ranked), default=0)
    ranked = [pair for pair in ranked if pair[0] >= max(NEAR_ENOUGH, best - AS_NEAR)]
    return [unit for _likeness, unit in sorted(ranked, key=lambda pair: (-pair[0], pair[1].sort_key))[:NEAR]]


def likeness(plain, unit):
    """How much a folded text is like a unit's name, alone or with that of the unit above: from 0 to 1."""
    names = (unit.name, f"{unit.name} {unit.parent.name}" if unit.parent else "")
    return max(SequenceMatcher(None, plain, fold(name)).ratio() for name in names)
