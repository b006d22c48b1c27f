"""What may be chosen in a campaign."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign, CampaignPartQuerySet
from campaigns.models.figures import activity_figures
from records.models.fields import one_of
from records.models.history import history
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
