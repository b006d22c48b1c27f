"""How complete the records of a unit are, and of each unit directly below it: counted in one query over its members.

Of very many members that query takes too long for a page; a worker makes it, and the page says of when its figures are.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import StrIndex, Substr
from django.utils import timezone

from records.gaps import Family, Figures, summed
from records.models import Member, Unit
from records.models.scope import within_paths
from records.reckoning import reckoned

# Of so many members gaps and duplicates are looked for while a page is made; of more, apart from it or not at all.
COUNTED_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's figures over its subtree; without a unit, what belongs to the unit above them itself."""

    unit: Any
    figures: Figures

    @property
    def people(self):
        return self.figures.people

    @property
    def faulty(self):
        return self.figures.faulty

    @property
    def clean(self):
        """Records without any gap."""
        return self.people - self.faulty

    @property
    def rate(self):
        """Records without any gap in percent, None where nobody is."""
        return 100 * self.clean / self.people if self.people else None


@dataclass
class Quality:
    """The gaps of a unit's subtree by family, as (family, [(gap, number)]), and its lines, the worst first.

    `counted_at` is when a worker counted them, None for just now; `is_counted` whether they have been counted at all.
    """

    total: Line
    own: Line
    lines: list = field(default_factory=list)
    families: list = field(default_factory=list)
    counted_at: Any = None
    is_counted: bool = True


def by_step(unit, on):
    """Figures of a unit's subtree by the step of the path below the unit; "" for those of the unit itself."""
    rows = Member.objects.within(unit).annotate(below=Substr("unit_path", len(unit.path) + 1))
    return summed(rows, on, step=Substr(F("below"), 1, StrIndex(F("below"), Value("."))))


@reckoned(every=timedelta(hours=6))
def member_figures(unit):
    """`by_step` of today as JSON, of the unit with this key."""
    found = by_step(Unit.objects.get(pk=unit), timezone.localdate())
    return {step: [figures.people, figures.faulty, figures.gaps] for step, figures in found.items()}


def latest_figures(unit):
    """(`by_step` as a worker counted it last, when it did); ({}, None) before the first time."""
    kept, counted_at = member_figures.latest(unit.pk)
    found = {step: Figures(people, faulty, Counter(gaps)) for step, (people, faulty, gaps) in (kept or {}).items()}
    return found, counted_at


def kept_by(user, on):
    """The topmost units whose members a user may put right on a day, with their figures; the roots for a superuser."""
    units = Unit.objects.with_figures(on)
    if user.is_superuser:
        return list(units.filter(parent=None))
    paths = user.paths(user.EDITORS, on)
    tops = [path for path in paths if not any(path != above and path.startswith(above) for above in paths)]
    return list(units.filter(path__in=tops))


def too_many(units):
    """Whether the subtrees of units, fetched with figures, hold more members than are looked through for a page."""
    return sum(unit.members_below for unit in units) > COUNTED_AT_ONCE


def figures_over(units, on):
    """(Figures of the members in the subtrees of units fetched with figures, when they were counted).

    The time is None for just now; the figures are None where a worker has still to count them.
    """
    if not too_many(units):
        rows = Member.objects.filter(within_paths("unit_path", [unit.path for unit in units]))
        return summed(rows, on).get(None) or Figures(), None
    kept = [latest_figures(unit) for unit in units]
    if any(counted_at is None for _found, counted_at in kept):
        return None, None
    return total_of(figures for found, _at in kept for figures in found.values()), min(at for _found, at in kept)


def total_of(parts):
    total = Figures()
    for figures in parts:
        total.people += figures.people
        total.faulty += figures.faulty
        total.gaps.update(figures.gaps)
    return total


def quality(unit, children, on):
    """The quality of a unit's records on a day; `children` are the units directly below, with figures too."""
    found, counted_at = latest_figures(unit) if too_many([unit]) else (by_step(unit, on), None)
    lines = []
    for child in children:
        figures = found.get(child.path[len(unit.path) :])
        if figures or not child.dissolved_on:
            lines.append(Line(child, figures or Figures()))
    total = total_of(found.values())
    told = total.told()
    return Quality(
        total=Line(unit, total),
        own=Line(None, found.get("", Figures())),
        lines=sorted(lines, key=lambda line: (line.rate is None, line.rate, -line.faulty, line.unit.sort_key)),
        families=[(family, [one for one in told if one[0].family == family]) for family in Family],
        counted_at=counted_at,
        is_counted=counted_at is not None or not too_many([unit]),
    )
