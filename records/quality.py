"""How complete the records of a unit are, and of each unit directly below it: counted in one query over its members."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import StrIndex, Substr

from records.gaps import Family, Figures, summed
from records.models import Member


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
    """The gaps of a unit's subtree by family, as (family, [(gap, number)]), and its lines, the worst first."""

    total: Line
    own: Line
    lines: list = field(default_factory=list)
    families: list = field(default_factory=list)


def quality(unit, children, on):
    """The quality of a unit's records on a day; `children` are the units directly below it."""
    below = Substr("unit_path", len(unit.path) + 1)
    rows = Member.objects.within(unit).annotate(below=below)
    found = summed(rows, on, step=Substr(F("below"), 1, StrIndex(F("below"), Value("."))))
    lines = []
    for child in children:
        figures = found.get(child.path[len(unit.path) :])
        if figures or not child.dissolved_on:
            lines.append(Line(child, figures or Figures()))
    total = Figures()
    for figures in found.values():
        total.people += figures.people
        total.faulty += figures.faulty
        total.gaps.update(figures.gaps)
    told = total.told()
    return Quality(
        total=Line(unit, total),
        own=Line(None, found.get("", Figures())),
        lines=sorted(lines, key=lambda line: (line.rate is None, line.rate, -line.faulty, line.unit.sort_key)),
        families=[(family, [one for one in told if one[0].family == family]) for family in Family],
    )
