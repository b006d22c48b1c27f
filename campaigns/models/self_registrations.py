"""Registering by oneself: a unit's link, and what members send through it for a clerk to match and confirm."""

import secrets
from copy import copy

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history

from campaigns.models.activities import Activity
from campaigns.models.campaigns import Campaign
from campaigns.models.registrations import COUNTED, Pledge, Registration, RegistrationStatus
from records.models import Member, Unit, User
from records.models.fields import KeyField, one_of
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet
from records.vietnamese import fold, normalise

YEARS = [MinValueValidator(1900), MaxValueValidator(2100)]


def new_token():
    """The secret part of a link: 22 characters, 128 bits."""
    return secrets.token_urlsafe(16)


class InvitationQuerySet(ScopedQuerySet):
    """Links by which members register themselves."""

    def make(self, campaign, units):
        """Make the links that are missing of some units, with history; returns how many were made."""
        there = set(self.filter(campaign=campaign, unit__in=units).values_list("unit", flat=True))
        new = [Invitation(campaign=campaign, unit=unit, unit_path=unit.path) for unit in units if unit.pk not in there]
        bulk_create_with_history(new, self.model, batch_size=500)
        return len(new)


class Invitation(FollowsUnit):
    """A link by which a unit's members register themselves in a campaign; it can be switched off and renewed."""

    part_of = ("campaign",)

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="invitations", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="invitations", verbose_name=_("unit"))
    unit_path = KeyField(db_index=True)
    token = models.CharField(_("secret"), max_length=32, unique=True, default=new_token, editable=False)
    is_open = models.BooleanField(_("switched on"), default=True)

    objects = InvitationQuerySet.as_manager()
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

    @transaction.atomic
    def save(self, *args, **kwargs):
        if kwargs.get("update_fields") is None:
            self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("campaigns:self_registration_add", args=[self.token])

    def accepts_on(self, day):
        """Whether members may register through the link on a day: switched on, and the campaign open to them."""
        return self.is_open and self.campaign.open_on(day)

    def switch(self, is_open):
        """Switch the link on or off."""
        self.is_open = is_open
        self.save(update_fields=["is_open"])

    def renew(self):
        """Give the link a new secret; the old one leads nowhere from now on."""
        self.token = new_token()
        self._change_reason = "renew"
        self.save(update_fields=["token"])


class SelfRegistrationStatus(models.TextChoices):
    WAITING = "waiting", _("waiting to be matched")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("put aside")


class SelfRegistrationQuerySet(ScopedQuerySet):
    """What members sent in by themselves."""

    def waiting(self):
        """What nobody has matched yet."""
        return self.filter(status=SelfRegistrationStatus.WAITING)

    def search(self, text):
        """Those whose name as typed holds every word, tones aside."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def for_list(self):
        """What a list shows: the unit, the activities chosen."""
        pledges = SelfPledge.objects.select_related("activity").order_by("activity__order", "activity")
        return self.select_related("unit", "registration__member").prefetch_related(Prefetch("pledges", pledges))

    def meet(self, rows, user, on=None):
        """Give each row its `people`: members at the unit or below it whose name is the one typed, tones aside.

        `same_year` of a person tells those born in the year typed, who come first. Only people the user may see.
        """
        names = {row.search_key for row in rows}
        found = Member.objects.visible_to(user, on).active().filter(search_key__in=names)
        people = list(found.select_related("unit").order_by("sort_key", "pk")) if names else []
        for row in rows:
            row.people = ranked(row, people)


def ranked(sent, people):
    """The people who may be whoever sent this, those born in the year typed first, as rows of their own."""
    alike = [
        copy(person)
        for person in people
        if person.search_key == sent.search_key and person.place_path.startswith(sent.unit_path)
    ]
    for person in alike:
        person.same_year = person.birth_date is not None and person.birth_date.year == sent.birth_year
    return sorted(alike, key=lambda person: not person.same_year)


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

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.full_name = normalise(self.full_name)
        self.search_key = fold(self.full_name)[:255]
        if self._state.adding:
            self.campaign_id, self.unit_id = self.invitation.campaign_id, self.invitation.unit_id
            self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
        super().save(*args, **kwargs)

    @property
    def is_waiting(self):
        return self.status == SelfRegistrationStatus.WAITING

    @transaction.atomic
    def confirm(self, member, by, on):
        """Say whose it is: the member is registered with what was chosen, or what is new is added to a registration
        that stands. Raises ValidationError for somebody outside the unit, or where another clerk was faster.
        """
        self.refuse_another_unit(member)
        Registration.refuse_closed([self.campaign_id])
        if Campaign.objects.filter(pk=self.campaign_id, status=Campaign.Status.CANCELLED).exists():
            raise ValidationError(_("The campaign was cancelled; nothing more is entered."))
        registration = Registration.objects.filter(campaign=self.campaign_id, member=member).first()
        if registration is None:
            registration = Registration(
                campaign=self.campaign,
                member=member,
                own_words=self.own_words,
                source=Registration.Source.SELF,
                registered_on=on,
            )
            registration.clean()
            registration.save()
        elif registration.status == RegistrationStatus.WITHDRAWN:
            registration.register_again()
        elif registration.status not in COUNTED:
            registration.confirm()
        self.choose(registration)
        self.answer(SelfRegistrationStatus.CONFIRMED, by, registration=registration)
        return registration

    def refuse_another_unit(self, member):
        path = Unit.objects.values_list("path", flat=True).get(pk=self.unit_id)
        if not member.place_path.startswith(path):
            raise ValidationError(_("This person does not take part at this unit."))

    def choose(self, registration):
        """Add what was chosen to a registration; what a clerk wrote there already stays."""
        there = set(registration.pledges.values_list("activity", flat=True))
        new = [
            Pledge(registration=registration, activity_id=pledge.activity_id, quantity=pledge.quantity)
            for pledge in self.pledges.all()
            if pledge.activity_id not in there
        ]
        bulk_create_with_history(new, Pledge)

    def refuse(self, by, reason):
        """Put it aside as nobody's, saying why."""
        if not reason:
            raise ValidationError(_("Say why it is refused."))
        self.answer(SelfRegistrationStatus.REFUSED, by, answer_reason=reason)

    @transaction.atomic
    def answer(self, status, by, **values):
        """End the waiting in one statement: of two clerks at once one is told."""
        values |= {"status": status, "answered_by": by, "answered_at": timezone.now()}
        if not SelfRegistration.objects.waiting().filter(pk=self.pk).update(**values):
            raise ValidationError(_("This has been answered meanwhile; look at it again."))
        for name, value in values.items():
            setattr(self, name, value)
        self._change_reason = values.get("answer_reason") or None
        self.save(update_fields=[*values])


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
