"""The tree that a list of units draws: which unit a row stands under, among those of the register and those brought."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from records.lists.places import CODE_AT_END, NEAR
from records.models import Unit
from records.sheets.planning import Finding
from records.vietnamese import fold

LEVELS = range(1, 7)
NEW = "new"
LONGEST, INITIALS = 40, 12


@dataclass(slots=True, eq=False)
class Node:
    """A unit as rows refer to it: one of the register (`pk`), or one that a row above brings (`code` alone).

    `why` says why nothing can be put under it: its own row is refused or undecided.
    """

    name: str
    code: str = ""
    pk: int | None = None
    path: str = ""
    kind: str = ""
    dissolved: bool = False
    above: Any = None
    row: int = 0
    why: str = ""

    @property
    def key(self):
        """What two mentions of one unit have in common."""
        return self.pk or self.code

    @property
    def in_full(self):
        return f"{self.name} ({self.code})" if self.code else self.name


class UnitTree:
    """Resolves what rows say of the unit above, in the order of the rows.

    The order of trust: a code or name in a column of its own, the columns or the number of levels, the nearest heading,
    what was said for the whole file.
    """

    def __init__(self, places, bring):
        self.places, self.context, self.bring = places, places.context, bring
        self.by_pk, self.by_code, self.by_name = {}, {}, defaultdict(list)
        self.levels, self.moved = {}, {}
        self.codes, self.made = None, {}

    def begin(self):
        """A new sheet has levels of its own."""
        self.levels = {}

    def learn(self, rows):
        """Look up all units of the register that rows may stand under."""
        texts = {self.context.settings.get("above", "")}
        for row in rows:
            texts |= {row.text("above_code"), row.text("above"), *row.groups, *columns(row).values()}
        self.places.learn(texts - {""})

    # Above

    def find(self, draft):
        """(node, whether the row says so itself, finding) of the unit above a row; no node where nothing is said."""
        row, texts = draft.row, columns(draft.row)
        for name in ("above_code", "above"):
            if text := row.text(name):
                return self.answer(draft, text, (row.text("above"), *reversed(row.groups)))
        if texts and (found := self.by_columns(draft, texts)):
            return found
        depth = draft.extra["depth"] if texts else depth_of(row)
        draft.extra["depth"] = depth
        if depth is not None and (over := [level for level in self.levels if level < depth]):
            return self.usable(self.levels[max(over)])
        if row.groups:
            return self.answer(draft, row.groups[-1], tuple(reversed(row.groups[:-1])))
        if text := self.context.settings.get("above", ""):
            node, _said, finding = self.answer(draft, text, ())
            return node, False, finding
        return None, False, None

    def by_columns(self, draft, texts):
        """The unit above by columns of levels: the one to the left in the same row, else the last one that stood there.

        With a name in a column of its own, all columns of levels are above it; otherwise the last is the unit.
        """
        depths = sorted(texts)
        own = max(LEVELS) + 1 if draft.row.text("name") else depths.pop()
        draft.extra["depth"] = own
        over = [level for level in self.levels if level < own]
        said = [depth for depth in depths if depth < own]
        if not said:
            return self.usable(self.levels[max(over)]) if over else None
        found = None
        for depth in said:
            found = self.at_level(draft, depth, texts)
            if found[2]:
                return found
        return found

    def at_level(self, draft, depth, texts):
        """The unit a column of an upper level names: the last one there if it is called so."""
        last = self.levels.get(depth)
        if last and fold(last.name) == fold(texts[depth]):
            return self.usable(last)
        around = tuple(texts[level] for level in sorted(texts, reverse=True) if level < depth)
        over = [level for level in self.levels if level < depth]
        found = self.answer(draft, texts[depth], around, self.levels[max(over)] if over else None)
        if found[0]:
            self.enter(depth, found[0])
        return found

    def enter(self, depth, node):
        """A unit stands at a level; what stood deeper is no longer above anything."""
        if depth is not None and node:
            self.levels = {level: one for level, one in self.levels.items() if level < depth} | {depth: node}

    def usable(self, node):
        if not node.why:
            return node, True, None
        title = _("The unit above is refused or undecided itself.")
        return None, True, Finding("above_open", "above", node.name, node.why, title)

    def answer(self, draft, text, around, under=None):
        """The node a text names; where nobody knows it and the clerk said it is new, it is brought before the row."""
        place, finding = self.places.find(text, "above", tuple(filter(None, around)))
        known = [] if self.context.mend("unit_several", "above", text) else self.brought(text, around, under)
        if place:
            known = [node for node in known if node.key == place.pk] or [self.node_of(place), *known]
        if len(known) == 1:
            return self.usable(known[0])
        if known:
            told = "; ".join(node.in_full for node in known[:NEAR])
            words = _("Several units are called “%(text)s”: %(units)s.") % {"text": text, "units": told}
            finding = Finding("unit_several", "above", text, words, one_value=True)
        elif finding.code == "unit_unknown":
            if self.context.mend("unit_unknown", "above", text) == NEW:
                return self.usable(self.bring(draft, text, around, under))
            words = _("Neither the register nor a row further up has a unit “%(text)s”.") % {"text": text}
            finding = Finding("unit_unknown", "above", text, words, one_value=True)
        return None, True, finding

    def brought(self, text, around, under):
        """The units that rows further up are about and that a text may name; by code before by name."""
        code = CODE_AT_END.search(text)
        for one in (text, *([code[1]] if code else [])):
            if fold(one) in self.by_code:
                return [self.by_code[fold(one)]]
        named = [node for node in self.by_name.get(fold(text), ()) if not node.why] or self.by_name.get(fold(text), [])
        if under:
            return [node for node in named if node.above is under]
        for over in filter(None, around):
            if narrowed := [node for node in named if node.above and fold(over) in words_of(node.above)]:
                return narrowed
        return list(named)

    # What rows bring

    def node_of(self, place):
        """The node of a unit of the register."""
        if place.pk not in self.by_pk:
            node = Node(place.name, place.code, place.pk, place.path, place.kind, place.dissolved)
            self.by_pk[place.pk] = node
        return self.by_pk[place.pk]

    def take(self, node):
        """Know the unit a row is about, for the rows under it."""
        if node.pk in self.by_pk:
            # Rows further down call it as this one does, and may not stand under it once it ended.
            known = self.by_pk[node.pk]
            known.name, known.dissolved, node = node.name, node.dissolved, known
        elif node.pk:
            self.by_pk[node.pk] = node
        if node.code:
            self.by_code.setdefault(fold(node.code), node)
        if node not in self.by_name[fold(node.name)]:
            self.by_name[fold(node.name)].append(node)
        return node

    def over(self, node):
        """The keys of a unit and of all above it, as they would be once the rows so far were written."""
        keys = []
        while node is not None:
            keys.append(node.key)
            if node.pk in self.moved:
                node = self.moved[node.pk]
            elif node.pk is None:
                node = node.above
            else:
                head = node.path[:-1].rpartition(".")[0]
                node = Node("", pk=int(head.rpartition(".")[2], 16), path=f"{head}.") if head else None
        return keys

    def make_code(self, name, above, row):
        """A code nobody has: the initials of the name after the code of the unit above."""
        if self.codes is None:
            self.codes = {code.casefold() for code in Unit.objects.values_list("code", flat=True)}
        stem = initials(name)
        if above and len(above.code) + len(stem) + 5 <= LONGEST:
            stem = f"{above.code}.{stem}"
        code, number = stem, 1
        while code.casefold() in self.codes or fold(code) in self.by_code:
            number += 1
            code = f"{stem}-{number}"
        self.codes.add(code.casefold())
        self.made[fold(code)] = row
        return code


def columns(row):
    """What the columns of levels say, by level."""
    return {level: text for level in LEVELS if (text := row.text(f"level_{level}"))}


def depth_of(row):
    """The level a row says by its number, None where it says none."""
    text = row.text("level").removesuffix(".0")
    return int(text) if text.isdecimal() and len(text) < 3 else None


def words_of(node):
    return {fold(node.name), fold(node.code)}


def initials(name):
    """The first letters of a name's words, numbers whole: “Chi bộ 12” gives CB12."""
    words = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in fold(name).replace("-", " ").split()]
    short = "".join(word if word.isdecimal() else word[0] for word in words if word)
    return short.upper()[:INITIALS] or "DV"
