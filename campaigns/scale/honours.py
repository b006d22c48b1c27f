"""The country's decisions and awards: few of the state's, many of the provinces', most of the communes'."""

from datetime import date, datetime, timedelta
from itertools import accumulate, count
from zoneinfo import ZoneInfo

from campaigns.scale.filling import NULL
from campaigns.scale.people import GONE, public_ids
from records.models import AwardType, Decision, Unit
from records.vietnamese import fold

AWARDS_PER_MEMBER = 6 / 5.6
PER_DECISION = 50
FIRST_YEAR = 1990
# By the level of the keeper: awards in a hundred, issuer, the number's series, and the codes of the types by recipient
# with their weights (what each is: records/data/award_types.csv). One of them is rare on purpose.
KEEPERS = {
    0: (1, "Chủ tịch nước", "QĐ-CTN", {
        "person": {"HC-LAO-DONG-3": 600, "HC-LAO-DONG-2": 250, "HC-LAO-DONG-1": 149, "HC-SAO-VANG": 1},
        "collective": {"HC-LAO-DONG-3": 70, "HC-LAO-DONG-2": 30},
    }),
    1: (39, "Ban Thường vụ", "QĐ/TU", {
        "person": {"HHD-30": 36, "HHD-40": 26, "HHD-50": 14, "HHD-60": 5, "HHD-75": 1, "DANG-BK-TINH-UY": 18},
        "collective": {"DANG-BK-TINH-UY": 70, "DANG-CO-TINH-UY": 30},
    }),
    2: (60, "Ban Thường vụ", "QĐ/ĐU", {
        "person": {"DANG-GK-XA-PHUONG": 85, "DANG-GK-CO-SO": 15}, "collective": {"DANG-GK-XA-PHUONG": 100},
    }),
}  # fmt: skip


class Lots:
    """Keys of award types with how often each is given."""

    def __init__(self, weights):
        self.keys, self.cumulative = list(weights), list(accumulate(weights.values()))

    def draw(self, draw, many):
        return draw.choices(self.keys, cum_weights=self.cumulative, k=many)


class Honours:
    """Decisions by the day, and the awards of each."""

    AWARD = (
        "id", "public_id", "decision_id", "type_id", "recipient_kind", "member_id", "collective_id", "recipient_name",
        "recipient_unit", "unit_id", "unit_path", "kept_path", "mode", "list_position", "decided_on", "published_at",
        "search_key",
    )  # fmt: skip

    def __init__(self, draw, country, people, seed, today):
        self.draw, self.country, self.people, self.seed, self.today = draw, country, people, seed, today
        self.decisions = []
        self.plans = []

    def decide(self, members):
        """Make the decisions, oldest first: (decision, how many awards, keeper's place, types)."""
        draw = self.draw
        types = dict(AwardType.objects.values_list("code", "pk"))
        keepers = {0: [self.country.root], 1: self.country.root.below}
        keepers[2] = [place for province in keepers[1] for place in province.below if place.last > place.first]
        weights = {level: list(accumulate(self.size(place) for place in places)) for level, places in keepers.items()}
        made = []
        for level, (share, issuer, series, by_recipient) in KEEPERS.items():
            wanted = members * AWARDS_PER_MEMBER * share / 100
            lots = {whom: Lots({types[code]: n for code, n in codes.items()}) for whom, codes in by_recipient.items()}
            given = 0
            while given < wanted:
                many = min(500, 1 + int(draw.expovariate(1 / PER_DECISION)), max(1, round(wanted - given)))
                given += many
                keeper = draw.choices(keepers[level], cum_weights=weights[level])[0]
                # The nearer to today the more; some on the days on which awards are given.
                year = self.today.year - int((self.today.year - FIRST_YEAR + 1) * draw.random() ** 1.5)
                day = date(year, *draw.choice([(2, 3), (5, 19), (9, 2), (11, 7)])) + timedelta(days=draw.randrange(40))
                made.append((min(day, self.today), level, issuer, series, many, keeper, lots))
        made.sort(key=lambda one: one[0])
        numbers = {}
        for key, (day, level, issuer, series, many, keeper, lots) in enumerate(made, 1):
            where = keeper.name.removeprefix("Đảng bộ ")
            if level == 2:
                # Communes of two provinces may have one name, and both begin at number 1.
                where += f", {keeper.parent.name.removeprefix('Đảng bộ ')}"
            of_year = (fold(where), day.year)
            numbers[of_year] = number = numbers.get(of_year, 0) + 1
            decision = Decision(
                pk=key,
                number=f"{number}/{series}" if series == "QĐ-CTN" else f"{number}-{series}",
                issuer=f"{issuer} Đảng bộ {where}" if level else issuer,
                issued_on=day,
                subject=f"Về việc khen thưởng của {where}" if level else "Về việc tặng thưởng Huân chương",
                unit=Unit(pk=keeper.key, path=keeper.path),
                published_at=None if draw.chance(2) else noon(day),
            )
            decision.prepare()
            self.decisions.append(decision)
            self.plans.append((many, keeper, lots))

    @staticmethod
    def size(place):
        return place.last - place.first + 1

    def awards(self, tail):
        """The rows of awards, decision by decision."""
        draw, people, branches = self.draw, self.people, self.country.branches
        keys, codes = count(1), public_ids(self.seed, 2)
        state = people.state
        folded = [(branch.folded, branch.name) for branch in branches]
        for decision, (many, keeper, lots) in zip(self.decisions, self.plans, strict=True):
            persons, collectives = (iter(lots[whom].draw(draw, many)) for whom in ("person", "collective"))
            shown = f"{decision.published_at:%Y-%m-%d %H:%M:%S+00:00}" if decision.published_at else NULL
            kept = f"\t{keeper.path}"
            head, last = f"\t{decision.pk}\t", f"{decision.issued_on}\t{shown}"
            lines = []
            for position in range(1, many + 1):
                at = keeper.first + int((keeper.last - keeper.first) * draw.random())
                branch = branches[at]
                where, name_of_unit = folded[at]
                member = branch.members + int(branch.count * draw.random())
                if draw.random() < 0.09 or not branch.count or state[member] == GONE:
                    lines.append(
                        f"{next(keys)}\t{next(codes)}{head}{next(collectives)}\tcollective\t\\N\t{branch.key}\t{name_of_unit}\t\t"
                        f"{branch.key}\t{branch.path}{kept}\tmerit\t{position}\t{last}\t{where}{tail}"
                    )
                    continue
                name, search, _sort = people.name(member)
                lines.append(
                    f"{next(keys)}\t{next(codes)}{head}{next(persons)}\tperson\t{member}\t\\N\t{name}\t{name_of_unit}\t"
                    f"{branch.key}\t{branch.path}{kept}\tmerit\t{position}\t{last}\t{search} {where}{tail}"
                )
            yield "".join(lines)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("UTC"))
