"""Registering by oneself: a unit's link, and what members send through it for a clerk to match and confirm."""

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.activities import Activity
from campaigns.models.campaigns import Campaign
from campaigns.models.registrations import Registration
from records.models import Unit, User
from records.models.fields import KeyField, one_of
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet
from records.vietnamese import fold, normalise

YEARS = [MinValueValidator(1900), MaxValueValidator(2100)]


def new_token():
    """The secret part of a link: 22 characters, 128 bits."""
    return secrets.token_urlsafe(16)


class Invitation(FollowsUnit):
    """A link by which a unit's members register themselves in a campaign; it can be switched off and renewed."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="invitations", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="invitations", verbose_name=_("unit"))
    unit_path = KeyField(db_index=True)
    token = models.CharField(_("secret"), max_length=32, unique=True, default=new_token, editable=False)
    is_open = models.BooleanField(_("switched on"), default=True)

    objects = ScopedQuerySet.as_manager()
    # The secret would outlive its renewal in the history.
    history = history(excluded_fields=["unit_path", "token"])

    class Meta:
        verbose_name = _("link to register")
        verbose_name_plural = _("links to register")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="invitation_once",
                violation_error_message=_("This unit has a link for this campaign already."),
            )
        ]

    def __str__(self):
        return f"{self.unit} · {self.campaign}"

    def save(self, *args, **kwargs):
        self.unit_path = self.unit.path
        super().save(*args, **kwargs)


class SelfRegistrationStatus(models.TextChoices):
    WAITING = "waiting", _("waiting to be matched")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")


class SelfRegistrationQuerySet(ScopedQuerySet):
    """What members sent in by themselves."""

    def waiting(self):
        return self.filter(status=SelfRegistrationStatus.WAITING)


class SelfRegistration(FollowsUnit):
    """What somebody sent through a unit's link: a name, a birth year and choices, until a clerk says whose it is."""

    Status = SelfRegistrationStatus

    invitation = models.ForeignKey(
        Invitation, models.PROTECT, related_name="self_registrations", verbose_name=_("link to register")
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="self_registrations", verbose_name=_("campaign"), editable=False
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="self_registrations", verbose_name=_("unit"), editable=False
    )
    unit_path = KeyField(db_index=True)
    full_name = models.CharField(_("full name"), max_length=150)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), validators=YEARS)
    own_words = models.CharField(_("in the member's own words"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=SelfRegistrationStatus.choices,
        default=SelfRegistrationStatus.WAITING,
        editable=False,
    )
    registration = models.ForeignKey(
        Registration,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="self_registrations",
        verbose_name=_("registration"),
    )
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    answer_reason = models.CharField(_("why it was refused"), max_length=500, blank=True, editable=False)
    search_key = KeyField(db_index=True)

    objects = SelfRegistrationQuerySet.as_manager()
    history = history(excluded_fields=["unit_path", "search_key"])

    class Meta:
        verbose_name = _("registration sent by a member")
        verbose_name_plural = _("registrations sent by members")
        indexes = [models.Index(fields=["campaign", "status", "unit_path"], name="selfregistration_by_unit")]
        constraints = [
            one_of("status", SelfRegistrationStatus, "selfregistration_status_known"),
            models.CheckConstraint(
                condition=~Q(full_name=""),
                name="selfregistration_named",
                violation_error_message=_("Enter the full name."),
            ),
            models.CheckConstraint(
                condition=~Q(status=SelfRegistrationStatus.CONFIRMED) | Q(registration__isnull=False),
                name="selfregistration_confirmed_has_member",
                violation_error_message=_("Say whose registration this is."),
            ),
        ]

    def __str__(self):
        return f"{self.full_name} ({self.birth_year}) · {self.campaign}"

    def save(self, *args, **kwargs):
        self.full_name = normalise(self.full_name)
        self.search_key = fold(self.full_name)[:255]
        self.campaign_id, self.unit_id = self.invitation.campaign_id, self.invitation.unit_id
        self.unit_path = self.invitation.unit_path
        super().save(*args, **kwargs)


class SelfPledgeQuerySet(ScopedQuerySet):
    """What members chose by themselves."""

    scope_field = "self_registration__unit_path"


class SelfPledge(models.Model):
    """An activity chosen by a member through the link, and how much of it."""

    self_registration = models.ForeignKey(
        SelfRegistration, models.CASCADE, related_name="pledges", verbose_name=_("registration sent by a member")
    )
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="self_pledges", verbose_name=_("activity"))
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects = SelfPledgeQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("activity chosen by a member")
        verbose_name_plural = _("activities chosen by members")
        constraints = [
            models.UniqueConstraint(
                fields=["self_registration", "activity"],
                name="selfpledge_once",
                violation_error_message=_("The member has chosen this activity already."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gte=0),
                name="selfpledge_quantity_not_negative",
                violation_error_message=_("A quantity is not negative."),
            ),
        ]

    def __str__(self):
        return f"{self.self_registration} · {self.activity}"
