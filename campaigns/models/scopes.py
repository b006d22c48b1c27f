"""Which units a campaign concerns, as a condition the database can evaluate."""

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Greatest, Length, Substr

from records.models import Unit


def path_end(field):
    """The first path after a subtree: the path with its last dot turned into the byte that follows, a slash.

    A sector scope has no path, and PostgreSQL takes no negative length.
    """
    return Concat(Substr(field, 1, Greatest(Length(field) - 1, 0)), Value("/"))


def lone_scopes(campaign):
    """The scope of a campaign that is one unit with all below it and nothing else; as for `covered_units`."""
    scopes = apps.get_model("campaigns", "CampaignScope").objects
    another = scopes.filter(campaign=OuterRef("campaign")).exclude(pk=OuterRef("pk"))
    return scopes.filter(~Exists(another), campaign=campaign, with_subordinates=True, unit__isnull=False)


def units_at(path):
    """Units standing at a path or below it, which an index finds; `path` may be an expression."""
    return Unit.objects.filter(path__gte=path, path__lt=path_end(path), dissolved_on__isnull=True)


def covered_units(campaign):
    """Units standing in the scope of a campaign; `campaign` is a key, or an outer reference to one."""
    scopes = apps.get_model("campaigns", "CampaignScope").objects.annotate(path_end=path_end(F("unit_path")))
    covering = scopes.filter(
        Q(unit=OuterRef("pk"))
        | Q(with_subordinates=True, unit__isnull=False, unit_path__lte=OuterRef("path"), path_end__gt=OuterRef("path"))
        | Q(sector=OuterRef("sector"))
    )
    return Unit.objects.filter(Exists(covering.filter(campaign=campaign)), dissolved_on__isnull=True)
