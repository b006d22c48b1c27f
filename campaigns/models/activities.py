"""What may be chosen in a campaign."""

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign, CampaignPartQuerySet
from campaigns.models.figures import activity_figures
from records.models import Reckoning
from records.models.fields import one_of
from records.models.history import history
from records.reckoning import reckoned
from records.vietnamese import normalise


class Icon(models.TextChoices):
    """The drawing beside an activity."""

    LAMP = "lamp", _("street lamp")
    CAMERA = "camera", _("camera")
    FLOWER = "flower", _("flower")
    BROOM = "broom", _("broom")
    PIG = "pig", _("piggy bank")
    BASKET = "basket", _("basket")
    BOOK = "book", _("book")
    HOUSE = "house", _("house")
    CARD = "card", _("card")
    SHELTER = "shelter", _("shelter")
    OTHER = "check", _("tick")


class ActivityQuerySet(CampaignPartQuerySet):
    """What may be chosen in campaigns."""

    def with_figures(self):
        """Adds members (who chose it), done and aimed (quantities, None where none stands); the most chosen first."""
        return self.annotate(**activity_figures()).order_by("-members", "order", "pk")


# Of so many registrations what was chosen is counted while the page is made; of more, apart from it.
COUNTED_AT_ONCE = 20_000


@reckoned(every=timedelta(minutes=10))
def chosen_numbers(campaign):
    """By each activity's key, as text, what members chose: [members, done, aimed], quantities as text or None."""
    rows = Activity.objects.filter(campaign=campaign).with_figures().values_list("pk", "members", "done", "aimed")
    return {str(pk): [n, *(None if one is None else str(one) for one in sums)] for pk, n, *sums in rows}


def chosen(campaign):
    """(the campaign's activities with figures, the most chosen first; when they were counted, None for just now).

    Of a campaign fetched with its rates. One with very many registrations is counted by a worker; before its first
    count `members` is None.
    """
    activities = campaign.activities.all()
    if campaign.registered <= COUNTED_AT_ONCE:
        return list(activities.with_figures()), None
    # The numbers come with the activities, in one query.
    about = chosen_numbers.about(campaign.pk)
    kept = Reckoning.objects.filter(about=about)
    names = ("figures", "counted_at", "asked_at")
    activities = list(
        activities.order_by("order", "pk").annotate(**{name: Subquery(kept.values(name)) for name in names})
    )
    known = {name: getattr(activities[0], name) for name in names} if activities else {}
    numbers, counted_at = chosen_numbers.renewed(campaign.pk, Reckoning(about=about, **known))
    for activity in activities:
        members, *sums = (numbers or {}).get(str(activity.pk), [0 if numbers else None, None, None])
        activity.members = members
        activity.done, activity.aimed = (None if one is None else Decimal(one) for one in sums)
    return sorted(activities, key=lambda activity: -(activity.members or 0)), counted_at


class Activity(models.Model):
    """Something a unit may plan and a member may choose in a campaign, with the measure its results are counted in."""

    Icon = Icon
    part_of = ("campaign",)

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="activities", verbose_name=_("campaign"))
    name = models.CharField(_("activity"), max_length=255)
    measure = models.CharField(
        _("unit of measure"), max_length=40, blank=True, help_text=_("Lamps, houses, million đồng …")
    )
    icon = models.CharField(_("drawing"), max_length=8, choices=Icon.choices, default=Icon.OTHER)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = ActivityQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            one_of("icon", Icon, "activity_icon_known"),
            models.UniqueConstraint(
                fields=["campaign", "name"],
                name="activity_once",
                violation_error_message=_("The campaign has this activity already."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name = normalise(self.name)
        super().save(*args, **kwargs)
