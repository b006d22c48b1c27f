"""Records that are probably of one person, as pairs with what speaks for it; never the name alone, which one person in
five shares."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Q, TextChoices, Value, When
from django.db.models.functions import Cast, Concat, NullIf, Replace, Substr, Upper
from django.utils.translation import gettext_lazy as _

from records.models import Namesakes, Unit
from records.models.fields import DatePrecision
from records.models.members import PRESENT

# What a card number is written with beside its figures.
SIGNS = (" ", ".", "-", "/")
# Below a grassroots organisation: its branches keep their people together.
BELOW_GRASSROOTS = (Unit.Kind.SECTION, Unit.Kind.SUB_BRANCH, Unit.Kind.GROUP)
# So many records are looked at; more is not a day's work but an import gone wrong.
MOST = 2000


class Ground(TextChoices):
    """What speaks for two records being of one person, the strongest first."""

    CARD = "card", _("same card number, signs aside")
    BIRTH = "birth", _("same name and date of birth")
    PLACE = "place", _("same name, year of birth and grassroots organisation")


GROUNDS = list(Ground)


@dataclass
class Pair:
    """Two members, the one entered earlier first, and what speaks for their being one person."""

    first: Any
    second: Any
    grounds: list = field(default_factory=list)

    @property
    def weight(self):
        """Smaller is stronger."""
        return GROUNDS.index(self.grounds[0]), -len(self.grounds)


def year_of(field):
    """A date's year by the database's own means: SQLite would call Python for each row's ExtractYear."""
    return Cast(Substr(Cast(field, CharField()), 1, 4), IntegerField())


def keyed(rows):
    """The rows with a key for each ground; two with one key are a pair, and no key is none."""
    card = F("card_number")
    for sign in SIGNS:
        card = Replace(card, Value(sign), Value(""))
    born = Cast("birth_date", CharField())
    home = Case(When(unit__kind__in=BELOW_GRASSROOTS, then=F("unit__parent")), default=F("unit"))
    known = Q(birth_date__isnull=False) & ~Q(search_key="")
    mark = Value("|")
    return rows.order_by().annotate(
        card_key=NullIf(Upper(card), Value("")),
        birth_key=Case(When(known & Q(birth_precision=DatePrecision.DAY), then=Concat("search_key", mark, born))),
        place_key=Case(
            When(
                known & Q(standing__in=PRESENT),
                then=Concat("search_key", mark, Substr(born, 1, 4), mark, Cast(home, CharField())),
            )
        ),
    )


def suspects(rows):
    """The rows that share a key with another of the rows, with their keys."""
    found = Q(pk__in=[])
    for ground in GROUNDS:
        key = f"{ground.value}_key"
        groups = keyed(rows).filter(**{f"{key}__isnull": False}).values(key)
        found |= Q(**{f"{key}__in": groups.annotate(n=Count("pk")).filter(n__gt=1).values(key)})
    return keyed(rows).filter(found)


def pairs(rows, of=("pk", "standing")):
    """The pairs among the rows, without those that somebody told apart: the strongest first, two queries.

    Their members are dictionaries of the columns `of`. Two who are both gone are left in peace.
    """
    keys = [f"{ground.value}_key" for ground in GROUNDS]
    columns = {*of, "pk", "standing", "sort_key", *keys}
    people = sorted(suspects(rows).values(*columns)[:MOST], key=lambda one: one["pk"])
    if not people:
        return []
    groups = defaultdict(list)
    for person in people:
        for ground, key in zip(GROUNDS, keys, strict=True):
            if person[key] is not None:
                groups[ground, person[key]].append(person)
    found = {}
    for (ground, _key), group in groups.items():
        for first, second in combinations(group, 2):
            if first["standing"] in PRESENT or second["standing"] in PRESENT:
                found.setdefault((first["pk"], second["pk"]), Pair(first, second)).grounds.append(ground)
    for apart in Namesakes.objects.among({person["pk"] for person in people}):
        found.pop(apart, None)
    for pair in found.values():
        pair.grounds.sort(key=GROUNDS.index)
    return sorted(found.values(), key=lambda pair: (pair.weight, pair.first["sort_key"], pair.first["pk"]))


def in_pairs(rows):
    """The keys of the rows that are in a pair."""
    return {one["pk"] for pair in pairs(rows) for one in (pair.first, pair.second)}
