"""Who volunteered for what in a campaign, and what came of it."""

from collections import Counter, defaultdict

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from campaigns.models.activities import Activity
from campaigns.models.campaigns import PUBLIC, Campaign
from campaigns.models.tallies import Tally, weight
from records.models import AwardType, Member, Unit
from records.models.fields import KeyField, one_of
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet
from records.vietnamese import fold


class RegistrationStatus(models.TextChoices):
    PENDING = "pending", _("waiting to be confirmed")
    REGISTERED = "registered", _("registered")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("withdrawn")


COUNTED = (RegistrationStatus.REGISTERED, RegistrationStatus.DONE)


class Rating(models.TextChoices):
    EXCELLENT = "excellent", _("excellent")
    GOOD = "good", _("good")
    FAIR = "fair", _("fair")
    POOR = "poor", _("not reached")


class Source(models.TextChoices):
    STAFF = "staff", _("entered by staff")
    SHEET = "sheet", _("from a spreadsheet")
    SELF = "self", _("by the member")


# Of two registrations of one person in one campaign the one that says more stays.
RANK = (
    RegistrationStatus.WITHDRAWN,
    RegistrationStatus.PENDING,
    RegistrationStatus.REGISTERED,
    RegistrationStatus.DONE,
)
# So many of the rows that cannot be taken back are named.
TOLD = 100
FROZEN = _("The campaign is closed; its figures are frozen.")
# Of a member, what a public list may read; sort_key for its order only.
PUBLIC_FIELDS = ("full_name", "sort_key")


class RegistrationQuerySet(ScopedQuerySet):
    """Registrations; the tallies follow every change made through these verbs."""

    def counted(self):
        """Registered or done: what the member rate counts."""
        return self.filter(status__in=COUNTED)

    def published(self):
        """Registrations whose names the campaign makes public."""
        return self.counted().filter(campaign__names_public=True, campaign__status__in=PUBLIC)

    def search(self, text):
        """Registrations of members whose name holds every word, tones aside."""
        found = self
        for word in fold(text).split():
            found = found.filter(member__search_key__contains=word)
        return found

    def for_public_list(self):
        """What a public list shows and nothing else of a person: name, unit, the activities chosen."""
        pledges = Pledge.objects.select_related("activity").only("registration", "activity__name")
        return (
            self.select_related("member", "unit")
            .only("unit__code", "unit__name", "unit__listed", *(f"member__{name}" for name in PUBLIC_FIELDS))
            .prefetch_related(Prefetch("pledges", pledges.order_by("activity__order", "activity")))
            .order_by("member__sort_key", "pk")
        )

    @transaction.atomic
    def enrol(self, registrations):
        """Create many registrations with history, and count them; each needs campaign, member and status."""
        for registration in registrations:
            registration.note_place()
        paths = Unit.objects.filter(pk__in={registration.unit_id for registration in registrations}).hold()
        # Once the units are held: whoever closes the campaign holds them, and may just have done so.
        self.model.refuse_closed({registration.campaign_id for registration in registrations})
        for registration in registrations:
            registration.unit_path = paths[registration.unit_id]
        created = bulk_create_with_history(registrations, self.model, batch_size=500)
        Tally.objects.add(created)
        return created

    @transaction.atomic
    def finish_all(self, registrations):
        """Record many as done, each with the rating set on it, and count them; the caller holds their rows locked."""
        self.model.refuse_closed({registration.campaign_id for registration in registrations})
        finished = Counter()
        for registration in registrations:
            if registration.status not in COUNTED:
                raise ValidationError(_("The registration has changed meanwhile; look at it again."))
            if registration.status != RegistrationStatus.DONE:
                finished[registration.campaign_id, registration.unit_id, registration.unit_path] += 1
            registration.status = RegistrationStatus.DONE
        bulk_update_with_history(registrations, self.model, ["status", "rating"], batch_size=500)
        for key in sorted(finished):
            Tally.objects.shift(*key, 0, finished[key])

    def last_changes(self):
        """The newest history row of each registration or of what it chose, by the registration's key."""
        newest = {}
        for model, key in ((self.model, "id"), (Pledge, "registration_id")):
            rows = model.history.filter(**{f"{key}__in": self.order_by().values("pk")}).order_by()
            last = rows.values(key).annotate(last=Max("history_id")).values("last")
            for row in model.history.filter(history_id__in=last).select_related("history_user"):
                registration = getattr(row, key)
                if registration not in newest or newest[registration].history_date < row.history_date:
                    newest[registration] = row
        return newest

    def for_staff_list(self):
        """What a staff list shows, unit by unit, with the activities chosen."""
        pledges = Pledge.objects.select_related("activity").order_by("activity__order", "activity")
        return self.select_related("member", "unit").prefetch_related(Prefetch("pledges", pledges))


class Registration(FollowsUnit):
    """A member's voluntary registration in a campaign, once per campaign."""

    Status, Rating, Source = RegistrationStatus, Rating, Source

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="registrations", verbose_name=_("campaign"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="registrations", verbose_name=_("member"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="registrations", verbose_name=_("unit at the time"), editable=False
    )
    unit_path = KeyField()
    own_words = models.CharField(_("in the member's own words"), max_length=500, blank=True)
    aims_at = models.ForeignKey(
        AwardType, models.PROTECT, null=True, blank=True, related_name="registrations", verbose_name=_("title aimed at")
    )
    source = models.CharField(_("source"), max_length=5, choices=Source.choices, default=Source.STAFF)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=RegistrationStatus.choices,
        default=RegistrationStatus.REGISTERED,
        editable=False,
    )
    rating = models.CharField(_("rating"), max_length=9, choices=Rating.choices, blank=True)
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=500, blank=True, editable=False)
    registered_on = models.DateField(_("registered on"))

    objects = RegistrationQuerySet.as_manager()
    history = history(excluded_fields=["unit_path"])

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [
            models.Index(fields=["campaign", "unit_path", "id"], name="registration_by_unit"),
            # Few of millions wait, and each board asks how many.
            models.Index(fields=["campaign", "unit_path"], condition=Q(status="pending"), name="registration_waiting"),
        ]
        constraints = [
            one_of("status", RegistrationStatus, "registration_status_known"),
            one_of("source", Source, "registration_source_known"),
            models.CheckConstraint(
                condition=Q(rating__in=["", *Rating.values]),
                name="registration_rating_known",
                violation_error_message=_("Choose one of the listed values."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "member"],
                name="registration_once",
                violation_error_message=_("This member has registered in this campaign already."),
            ),
            models.CheckConstraint(
                condition=~Q(status=RegistrationStatus.WITHDRAWN) | ~Q(withdrawn_reason=""),
                name="registration_withdrawn_with_reason",
                violation_error_message=_("Say why the registration is withdrawn."),
            ),
        ]

    def __str__(self):
        return f"{self.member} · {self.campaign}"

    @classmethod
    def moving_with_units(cls):
        """A closed campaign keeps the units as they stood."""
        # By their keys: the index over paths begins with the campaign.
        moving = Campaign.objects.exclude(status=Campaign.Status.CLOSED).values_list("pk", flat=True)
        return cls.objects.filter(campaign__in=list(moving))

    @transaction.atomic
    def save(self, *args, **kwargs):
        new = self._state.adding
        if new:
            self.note_place()
            self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
            self.refuse_closed([self.campaign_id])
        elif kwargs.get("update_fields") is None:
            kwargs["update_fields"] = self.own_columns()
        super().save(*args, **kwargs)
        if new:
            Tally.objects.add([self])

    def clean(self):
        super().clean()
        if self.campaign_id and self.member_id and self._state.adding:
            self.refuse_closed([self.campaign_id])
            if not self.campaign.units().filter(pk=self.member.place.pk).exists():
                raise ValidationError({"member": _("The campaign does not concern this member's unit.")})
            if not self.member.is_active:
                raise ValidationError({"member": _("This member does not take part in campaigns now.")})

    def note_place(self):
        """Note where the member takes part at the time."""
        self.unit = self.member.place
        self.unit_path = self.unit.path

    @staticmethod
    def refuse_closed(campaigns):
        """Raises ValidationError when one of the campaigns, given by key, is closed: its figures stand."""
        if Campaign.objects.filter(pk__in=campaigns, status=Campaign.Status.CLOSED).exists():
            raise ValidationError(FROZEN)

    # When an import is taken back (records.undoing)

    @classmethod
    def withheld(cls, keys):
        """Of the registrations with these keys those of closed campaigns, and why they stay as they are."""
        closed = cls.objects.filter(pk__in=keys, campaign__status=Campaign.Status.CLOSED)
        return [(row, FROZEN) for row in closed.select_related("member", "campaign").order_by("pk")[:TOLD]]

    @classmethod
    def taken_back(cls, registrations):
        """Count no more what an act created, and count as before what it changed."""
        changes = defaultdict(Counter)
        for row in registrations:
            was = getattr(row, "was", None)
            if was == {}:
                # One that had been removed counts since it was saved.
                continue
            registered, done = weight(row.status) if was else (0, 0)
            plus, finished = weight(was["status"] if was else row.status)
            place = row.campaign_id, row.unit_id, row.unit_path
            changes[place].update(registered=registered - plus, done=done - finished)
        Tally.objects.shift_all({key: (change["registered"], change["done"]) for key, change in changes.items()})

    # When two records of one person are merged (records.models.folding); a closed campaign's figures follow as well,
    # since they counted one person twice.

    def prevails_over(self, rival):
        """Whether this one says more than the same person's other in the campaign."""
        return RANK.index(self.status) > RANK.index(rival.status)

    @classmethod
    def taken_out(cls, rows):
        """Registrations are about to go: they count no more."""
        Tally.objects.remove(rows)

    @classmethod
    def put_back(cls, rows):
        """Registrations are there again, and count."""
        Tally.objects.add(rows)

    @transaction.atomic
    def move_on(self, before, status, reason="", **values):
        """Change the status where it is one of `before`, and the tally with it; of two clerks at once one is told."""
        # Before its own row, in the order of all who write registrations: a unit that moves waits, or is waited for.
        Unit.objects.filter(pk=self.unit_id).hold()
        self.refuse_closed([self.campaign_id])
        rows = Registration.objects.filter(pk=self.pk)
        old = rows.select_for_update().values_list("status", flat=True).first()
        if old not in before or not rows.filter(status=old).update(status=status, **values):
            raise ValidationError(_("The registration has changed meanwhile; look at it again."))
        for name, value in {"status": status, **values}.items():
            setattr(self, name, value)
        self._change_reason = reason or None
        self.save(update_fields=["status", *values])
        Tally.objects.change(self, old, status)

    def confirm(self):
        """Accept what a member registered by themselves."""
        self.move_on((RegistrationStatus.PENDING,), RegistrationStatus.REGISTERED)

    def finish(self, rating=""):
        """Record that the work was done, with its rating."""
        self.move_on(COUNTED, RegistrationStatus.DONE, rating=rating)

    def withdraw(self, reason):
        """Take the registration back; raises ValidationError without a reason."""
        if not reason:
            raise ValidationError(_("Say why the registration is withdrawn."))
        before = (RegistrationStatus.PENDING, RegistrationStatus.REGISTERED)
        self.move_on(before, RegistrationStatus.WITHDRAWN, reason, withdrawn_reason=reason)

    def register_again(self):
        """Register anew after a withdrawal."""
        self.move_on((RegistrationStatus.WITHDRAWN,), RegistrationStatus.REGISTERED, withdrawn_reason="")

    def reopen(self, reason):
        """Take back that the work was done, with its rating; the quantities stay. Raises ValidationError without a
        reason."""
        if not reason:
            raise ValidationError(_("Say why the result is reopened."))
        self.move_on((RegistrationStatus.DONE,), RegistrationStatus.REGISTERED, reason, rating="")


class PledgeQuerySet(ScopedQuerySet):
    """What members chose."""

    scope_field = "registration__unit_path"

    @transaction.atomic
    def write(self, new=(), changed=(), struck=()):
        """Create, change and take out many with history; the caller has seen that their campaign is not closed."""
        if new:
            bulk_create_with_history(new, self.model, batch_size=500)
        if changed:
            bulk_update_with_history(changed, self.model, ["quantity", "done_quantity"], batch_size=500)
        if struck:
            # A plain delete() writes one history row a statement.
            rows = self.model.history.bulk_history_create(struck, update=True, batch_size=500)
            self.model.history.filter(pk__in=[row.pk for row in rows]).update(history_type="-")
            self.filter(pk__in=[pledge.pk for pledge in struck])._raw_delete(self.db)


class Pledge(models.Model):
    """An activity a member chose, how much of it, and how much was done."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="pledges", verbose_name=_("registration")
    )
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="pledges", verbose_name=_("activity"))
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=2, null=True, blank=True)
    done_quantity = models.DecimalField(_("done"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects = PledgeQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("chosen activity")
        verbose_name_plural = _("chosen activities")
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "activity"],
                name="pledge_once",
                violation_error_message=_("The member has chosen this activity already."),
            ),
            models.CheckConstraint(
                condition=(Q(quantity__isnull=True) | Q(quantity__gte=0))
                & (Q(done_quantity__isnull=True) | Q(done_quantity__gte=0)),
                name="pledge_quantities_not_negative",
                violation_error_message=_("A quantity is not negative."),
            ),
        ]

    def __str__(self):
        return f"{self.registration} · {self.activity}"

    def save(self, *args, **kwargs):
        Registration.refuse_closed([self.registration.campaign_id])
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        Registration.refuse_closed([self.registration.campaign_id])
        return super().delete(*args, **kwargs)

    @classmethod
    def withheld(cls, keys):
        """Of the pledges with these keys those of closed campaigns, and why they stay as they are."""
        closed = cls.objects.filter(pk__in=keys, registration__campaign__status=Campaign.Status.CLOSED)
        closed = closed.select_related("activity", "registration__member", "registration__campaign")
        return [(row, FROZEN) for row in closed.order_by("pk")[:TOLD]]

    def clean(self):
        super().clean()
        if self.registration_id:
            Registration.refuse_closed([self.registration.campaign_id])
        if self.registration_id and self.activity_id and self.activity.campaign_id != self.registration.campaign_id:
            raise ValidationError({"activity": _("This activity belongs to another campaign.")})
