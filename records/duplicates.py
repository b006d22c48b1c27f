"""Records that are probably of one person, as pairs with what speaks for it; never the name alone, which one person in
five shares."""

from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Aggregate, Case, CharField, Count, F, IntegerField, Q, TextChoices, TextField, Value, When
from django.db.models.functions import Cast, Concat, Replace, Substr
from django.utils.translation import gettext_lazy as _

from records.models import Namesakes, Unit
from records.models.fields import DatePrecision
from records.models.members import PRESENT

# What a card number is written with beside its figures.
SIGNS = (" ", ".", "-", "/")
# Below a grassroots organisation: its branches keep their people together.
BELOW_GRASSROOTS = (Unit.Kind.SECTION, Unit.Kind.SUB_BRANCH, Unit.Kind.GROUP)
# More of one kind is not one person but a list that was read wrongly; the first of them are enough to see it.
LARGEST = 20
APART = "apart"


class Ground(TextChoices):
    """What speaks for two records being of one person, the strongest first."""

    CARD = "card", _("same card number, signs aside")
    BIRTH = "birth", _("same name and date of birth")
    PLACE = "place", _("same name, year of birth and grassroots organisation")


GROUNDS = list(Ground)


@dataclass
class Pair:
    """Two members by key, the one entered earlier first, and what speaks for their being one person."""

    keys: tuple
    grounds: list = field(default_factory=list)

    @property
    def weight(self):
        """Smaller is stronger."""
        return GROUNDS.index(self.grounds[0]), -len(self.grounds)


class Listed(Aggregate):
    """The values of a group as one text, commas between."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(
            compiler,
            connection,
            function="STRING_AGG",
            template="%(function)s(CAST(%(expressions)s AS text), ',')",
            **extra,
        )


def year_of(field):
    """A date's year by the database's own means: SQLite would call Python for each row's ExtractYear."""
    return Cast(Substr(Cast(field, CharField()), 1, 4), IntegerField())


def grouped(rows):
    """(ground, the rows that can share it, the expressions that they share) for each ground.

    The name comes last: SQLite would go through its index, and so from row to row all over the table.
    """
    card = F("card_number")
    for sign in SIGNS:
        card = Replace(card, Value(sign), Value(""))
    named = rows.filter(birth_date__isnull=False).exclude(search_key="")
    home = Case(When(unit__kind__in=BELOW_GRASSROOTS, then=F("unit__parent")), default=F("unit"))
    yield Ground.CARD, rows.exclude(card_number=""), {"card": card}
    yield (
        Ground.BIRTH,
        named.filter(birth_precision=DatePrecision.DAY),
        {"born": F("birth_date"), "name": F("search_key")},
    )
    place = {"home": home, "year": year_of("birth_date"), "name": F("search_key")}
    yield Ground.PLACE, named.filter(standing__in=PRESENT), place


def pairs(rows):
    """The pairs among the rows, without those that somebody told apart: the strongest first, one query.

    Where all of a group are gone they are left in peace.
    """
    both = Concat(Cast("first", TextField()), Value(","), Cast("second", TextField()), output_field=TextField())
    arms = [Namesakes.objects.order_by().values_list(Value(APART), both)]
    for ground, known, shared in grouped(rows.order_by()):
        groups = known.values(**shared).annotate(
            n=Count("pk"),
            here=Count("pk", filter=Q(standing__in=PRESENT)),
            ground=Value(ground.value),
            keys=Listed("pk"),
        )
        arms.append(groups.filter(n__gt=1, here__gt=0).values_list("ground", "keys"))
    found, told = {}, set()
    for ground, keys in arms[0].union(*arms[1:], all=True):
        keys = sorted(int(key) for key in keys.split(","))
        if ground == APART:
            told.add(tuple(keys))
            continue
        for pair in combinations(keys[:LARGEST], 2):
            found.setdefault(pair, Pair(pair)).grounds.append(Ground(ground))
    kept = [pair for keys, pair in found.items() if keys not in told]
    for pair in kept:
        pair.grounds.sort(key=GROUNDS.index)
    return sorted(kept, key=lambda pair: (pair.weight, pair.keys))


def in_pairs(rows):
    """The keys of the rows that are in a pair."""
    return {key for pair in pairs(rows) for key in pair.keys}
