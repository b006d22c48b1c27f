"""Everything the sample draws by lot: names by their real frequencies, days, public ids."""

import csv
import random
import tomllib
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from records.models import Member
from records.models.fields import ALPHABET

DATA = Path(__file__).resolve().parent / "data"
FEMALE, MALE = Member.Gender.FEMALE, Member.Gender.MALE
# A fictional member must not carry the name of someone every reader knows.
KNOWN = {
    "Hồ Chí Minh", "Lê Duẩn", "Lưu Tài Đoàn", "Nguyễn Phú Trọng", "Nguyễn Văn Linh", "Nguyễn Xuân Phúc",
    "Phạm Minh Chính", "Phạm Văn Đồng", "Tô Lâm", "Trần Phú", "Trường Chinh", "Trương Tấn Sang", "Võ Thị Sáu",
    "Võ Văn Kiệt", "Võ Văn Thưởng",
}  # fmt: skip


def table(name):
    """The rows of a data file, as dicts."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def texts(name):
    """The content of a TOML data file."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


class Weighted:
    """Values with how often each occurs, ready to draw from."""

    def __init__(self, pairs):
        self.values, weights = zip(*pairs, strict=True)
        self.cumulative = list(accumulate(weights))

    def draw(self, draw):
        return draw.choices(self.values, cum_weights=self.cumulative)[0]


def frequencies(name, value, fits=lambda text: True):
    return Weighted([(row[value], int(row["count"])) for row in table(f"names/{name}.csv") if fits(row[value])])


class Names:
    """Fictional full names; the syllables occur as often as among real people."""

    def __init__(self):
        hints = {row["given"]: row["listed_as"] for row in table("names/given_gender_hint.csv")}
        other = {FEMALE: "Văn", MALE: "Thị"}
        self.family = frequencies("family", "family")
        self.length = Weighted([(int(row["syllables"]), int(row["count"])) for row in table("names/name_length.csv")])
        self.middle = {g: frequencies("middle", "middle_syllable", lambda m, g=g: m != other[g]) for g in other}
        self.given = {
            g: frequencies("given", "given", lambda n, g=g: g[0].upper() in hints.get(n, "FM").upper()) for g in other
        }

    def draw(self, draw, gender):
        """A full name for a woman or a man."""
        middles = [self.middle[gender].draw(draw) for _ in range(self.length.draw(draw) - 2)]
        middles.sort(key=lambda syllable: syllable not in ("Văn", "Thị"))
        syllables = [self.family.draw(draw), *middles, self.given[gender].draw(draw)]
        name = " ".join(syllables)
        return self.draw(draw, gender) if name in KNOWN or len(set(syllables)) < len(syllables) else name


class Draw(random.Random):
    """A seeded source of chance: the same seed gives the same province."""

    def __init__(self, seed):
        super().__init__(seed)
        self.names = Names()
        self.given_out = set()

    def public_id(self):
        """A public id nobody has had yet."""
        code = "".join(self.choices(ALPHABET, k=8))
        if code in self.given_out:
            return self.public_id()
        self.given_out.add(code)
        return code

    def day(self, first, last):
        """A day from the first to the last, both included."""
        return first + timedelta(days=self.randint(0, max(0, (last - first).days)))

    def chance(self, percent):
        return self.random() * 100 < percent

    def gender(self):
        return FEMALE if self.chance(42) else MALE

    def person(self):
        """A fictional full name."""
        return self.names.draw(self, self.gender())


def years_later(day, years):
    """The same day some years on; 29 February becomes 28 February in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def share_out(total, weights, caps=None):
    """Whole numbers that add up to `total` in proportion to the weights, none above its cap (largest remainder)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    caps = caps or [total] * len(weights)
    parts = [min(int(part), cap) for part, cap in zip(exact, caps, strict=True)]
    while sum(parts) < total:
        open_ones = [i for i, cap in enumerate(caps) if parts[i] < cap]
        parts[max(open_ones, key=lambda i: (exact[i] - parts[i], -i))] += 1
    return parts
