"""The tree of a country: its five levels, skewed in number and in size."""

from dataclasses import dataclass, field

from campaigns.sample.draws import texts
from campaigns.scale.filling import NULL, escaped
from records.models import Unit
from records.vietnamese import fold, sort_key

Kind = Unit.Kind
# Members to a branch, branches to a grassroots committee and to a commune: 5.6 million members make 59,000 units.
PER_BRANCH, PER_GRASSROOTS, PER_COMMUNE = 116, 7, 14
LEVELS = [
    Kind.OTHER, Kind.PROVINCIAL_COMMITTEE, Kind.DIRECT_COMMITTEE, Kind.GRASSROOTS_COMMITTEE, Kind.SUB_BRANCH,
]  # fmt: skip


@dataclass
class Place:
    """A unit to be written, with what the rows that belong to it repeat."""

    key: int
    parent: "Place | None"
    name: str
    code: str
    level: int
    path: str = ""
    folded: str = ""
    headcount: int = 0
    # The branches below are branches[first:last] of the country.
    first: int = 0
    last: int = 0
    # Members of a branch have the keys from `members` on, `count` of them.
    members: int = 0
    count: int = 0
    below: list = field(default_factory=list)

    def __post_init__(self):
        self.path = f"{self.parent.path if self.parent else ''}{self.key:x}."
        self.folded = fold(self.name)


class Country:
    """Units in five levels: the country, 34 provinces and six central bodies, communes, grassroots, branches."""

    def __init__(self, draw, members):
        self.draw = draw
        self.facts = texts("country.toml")
        self.places = []
        self.branches = []
        branches = max(60, members // PER_BRANCH)
        self.root = self.add(None, self.facts["root"], "VN")
        self.grow_provinces(branches)
        self.seat(members)

    def add(self, parent, name, code):
        level = parent.level + 1 if parent else 0
        place = Place(len(self.places) + 1, parent, name, code, level)
        self.places.append(place)
        if parent:
            parent.below.append(place)
        if level == len(LEVELS) - 1:
            self.branches.append(place)
        return place

    def grow_provinces(self, branches):
        names = [f"Đảng bộ {name}" for name in (*self.facts["provinces"], *self.facts["central"])]
        # Few are large: the third has half of what the first has, the last a fifteenth.
        names = names[: max(3, min(len(names), branches // 20))]
        weights = [1 / (rank + 3) ** 0.9 for rank in range(len(names))]
        for number, (name, many) in enumerate(zip(names, shares(branches, weights), strict=True), 1):
            province = self.add(self.root, name, f"T{number:02d}")
            self.grow_communes(province, many)
        self.root.last = len(self.branches)

    def grow_communes(self, province, branches):
        province.first = len(self.branches)
        many = max(1, branches // PER_COMMUNE)
        for number, share in enumerate(shares(branches, self.skewed(many)), 1):
            name = f"Đảng bộ {self.draw.choice(['xã', 'xã', 'xã', 'phường'])} {self.place_name()}"
            commune = self.add(province, name, f"{province.code}-{number:04d}")
            self.grow_grassroots(commune, share)
        province.last = len(self.branches)

    def grow_grassroots(self, commune, branches):
        commune.first = len(self.branches)
        many = max(1, round(branches / PER_GRASSROOTS))
        for number, share in enumerate(shares(branches, self.skewed(many)), 1):
            name = f"Đảng bộ {self.draw.choice(self.facts['grassroots'])} {self.place_name()}"
            grassroots = self.add(commune, name, f"{commune.code}-{number:02d}")
            grassroots.first = len(self.branches)
            for place in range(1, share + 1):
                name = f"{self.draw.choice(self.facts['branches'])} {place}"
                self.add(grassroots, name, f"{grassroots.code}-{place:03d}")
            grassroots.last = len(self.branches)
        commune.last = len(self.branches)

    def skewed(self, many):
        """Weights of so many siblings, a few of them several times the others."""
        return [self.draw.lognormvariate(0, 0.6) for _ in range(many)]

    def place_name(self):
        names = self.draw.names
        return f"{names.family.draw(self.draw)} {names.given['female'].draw(self.draw)}"

    def seat(self, members):
        """How many members each branch has; their keys run on from branch to branch."""
        first = 1
        for branch, many in zip(self.branches, shares(members, self.skewed(len(self.branches))), strict=True):
            branch.members, branch.count = first, many
            first += many

    def lines(self, tail):
        """The rows of units: id, code, name, kind, parent_id, path, headcount, search_key, sort_key."""
        for place in self.places:
            parent = place.parent.key if place.parent else NULL
            search = fold(f"{place.name} {place.code}")
            yield (
                f"{place.key}\t{place.code}\t{place.name}\t{LEVELS[place.level]}\t{parent}\t{place.path}\t"
                f"{place.headcount}\t{search}\t{escaped(sort_key(place.name))}{tail}"
            )


def shares(total, weights):
    """Whole numbers that add up to `total` in proportion to the weights, in one pass."""
    whole, given, run, parts = sum(weights), 0, 0.0, []
    for weight in weights:
        run += weight
        upto = round(total * run / whole)
        parts.append(upto - given)
        given = upto
    return parts
