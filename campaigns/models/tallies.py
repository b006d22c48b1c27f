"""Counts per campaign and unit, kept with every registration so that a board need not count millions of rows."""

from collections import Counter

from django.db import models, transaction
from django.db.models import Case, Count, F, Q, When
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.figures import owing, with_plan
from records.models import Unit
from records.models.fields import KeyField
from records.models.scope import FollowsUnit, ScopedQuerySet

# What a status adds to (registered, done).
WEIGHT = {"registered": (1, 0), "done": (1, 1)}


def weight(status):
    return WEIGHT.get(status, (0, 0))


class TallyQuerySet(ScopedQuerySet):
    """Tallies; a unit's figure is the sum over its path range."""

    def add(self, registrations):
        """Count new registrations."""
        registered, done = Counter(), Counter()
        for registration in registrations:
            key = (registration.campaign_id, registration.unit_id, registration.unit_path)
            plus, finished = weight(registration.status)
            registered[key] += plus
            done[key] += finished
        for key in sorted(registered):
            self.shift(*key, registered[key], done[key])

    def remove(self, registrations):
        """Count registrations no longer that are taken out."""
        for registration in registrations:
            registered, done = weight(registration.status)
            place = registration.campaign_id, registration.unit_id, registration.unit_path
            self.shift(*place, -registered, -done)

    def change(self, registration, old, new):
        """Follow a registration from one status to another."""
        (registered, done), (plus, finished) = weight(old), weight(new)
        self.shift(
            registration.campaign_id, registration.unit_id, registration.unit_path, plus - registered, finished - done
        )

    def shift(self, campaign_id, unit_id, unit_path, registered, done):
        """Add to one tally in a single statement, making it first where there is none."""
        if not (registered or done):
            return
        self.bulk_create([Tally(campaign_id=campaign_id, unit_id=unit_id, unit_path=unit_path)], ignore_conflicts=True)
        self.filter(campaign=campaign_id, unit=unit_id).update(
            registered=F("registered") + registered, done=F("done") + done
        )

    @transaction.atomic
    def shift_all(self, changes):
        """Add to many tallies at once; `changes` maps (campaign, unit, path) to (registered, done)."""
        changes = {key: changes[key] for key in sorted(changes) if any(changes[key])}
        rows = [Tally(campaign_id=campaign, unit_id=unit, unit_path=path) for campaign, unit, path in changes]
        self.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        for campaign in dict.fromkeys(key[0] for key in changes):
            here = {unit: change for (key, unit, _path), change in changes.items() if key == campaign}
            for start in range(0, len(here), 500):
                some = dict(list(here.items())[start : start + 500])
                tallies = self.filter(campaign=campaign, unit__in=some)
                # In one order, whoever comes; an update alone takes them as it finds them.
                list(tallies.select_for_update().order_by("unit").values_list("pk"))
                registered = [When(unit=unit, then=F("registered") + change[0]) for unit, change in some.items()]
                done = [When(unit=unit, then=F("done") + change[1]) for unit, change in some.items()]
                tallies.update(registered=Case(*registered), done=Case(*done))

    @transaction.atomic
    def freeze(self, campaign):
        """Keep what is eligible, owed and planned today for a campaign that closes."""
        # As all who write tallies: a move of the units waits, or is waited for, and they are then found where they are.
        campaign.units().hold()
        campaign.forget_head()
        units = campaign.units()
        paths = units.hold()
        owe = owing(units, campaign)
        planned = set(with_plan(owe, campaign.pk).values_list("pk", flat=True))
        owe = set(owe.values_list("pk", flat=True))
        rows = [
            Tally(
                campaign=campaign,
                unit=unit,
                unit_path=paths[unit.pk],
                eligible=unit.headcount,
                owes_plan=unit.pk in owe,
                has_plan=unit.pk in planned,
            )
            for unit in units.only("headcount")
            if unit.pk in paths
        ]
        self.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["campaign", "unit"],
            update_fields=["eligible", "owes_plan", "has_plan"],
            batch_size=500,
        )

    def differences(self):
        """(campaign, unit, stored, counted) wherever a tally is not what a live count gives; stored and counted are
        (registered, done)."""
        registration = self.model._meta.apps.get_model("campaigns", "Registration")
        rows = registration.objects.order_by().values_list("campaign", "unit")
        counted = {
            (campaign, unit): (registered, done)
            for campaign, unit, registered, done in rows.annotate(
                registered=Count("pk", filter=Q(status__in=WEIGHT)), done=Count("pk", filter=Q(status="done"))
            )
        }
        stored = {(c, u): (r, d) for c, u, r, d in self.values_list("campaign", "unit", "registered", "done")}
        return [
            (*key, stored.get(key, (0, 0)), counted.get(key, (0, 0)))
            for key in sorted(stored.keys() | counted.keys())
            if stored.get(key, (0, 0)) != counted.get(key, (0, 0))
        ]


class Tally(FollowsUnit):
    """How many of a unit's own members registered and finished; frozen at closing, how many could have.

    Derived from registrations, so it has no history of its own.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tallies", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tallies", verbose_name=_("unit"))
    unit_path = KeyField()
    registered = models.IntegerField(_("registered"), default=0)
    done = models.IntegerField(_("done"), default=0)
    eligible = models.PositiveIntegerField(_("eligible"), null=True)
    owes_plan = models.BooleanField(_("owes a plan"), null=True)
    has_plan = models.BooleanField(_("has handed in a plan"), null=True)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        # With the numbers themselves, so that a sum over fifty thousand units does not visit their rows.
        indexes = [
            models.Index(
                fields=["campaign", "unit_path"],
                include=["registered", "done", "eligible", "owes_plan", "has_plan"],
                name="tally_by_subtree",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="tally_once"),
            models.CheckConstraint(
                condition=Q(registered__gte=F("done"), done__gte=0), name="tally_done_within_registered"
            ),
        ]

    def __str__(self):
        return f"{self.campaign} · {self.unit}: {self.registered}"

    @classmethod
    def moving_with_units(cls):
        """A closed campaign keeps the units as they stood."""
        # By their keys: the index over paths begins with the campaign.
        moving = Campaign.objects.exclude(status=Campaign.Status.CLOSED).values_list("pk", flat=True)
        return cls.objects.filter(campaign__in=list(moving))
