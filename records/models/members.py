"""People of the register and where they belong."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history

from records.models.awards import Award
from records.models.fields import DatePrecision, ExactField, KeyField, new_public_id, one_of, ordered
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet, within_path, within_paths
from records.models.units import Unit
from records.vietnamese import fold, name_sort_key, normalise


class Standing(models.TextChoices):
    """Where a person stands with the Party."""

    PROBATIONARY = "probationary", _("probationary member")
    FULL = "full", _("full member")
    EXEMPT = "exempt", _("exempt from work and meetings")
    LEFT = "left", _("left")
    EXPELLED = "expelled", _("expelled or struck off")
    DECEASED = "deceased", _("deceased")


# Those exempt from Party work and meetings still belong, but are not counted (Guide 09 of the 2018 campaign).
ACTIVE = (Standing.PROBATIONARY, Standing.FULL)
PRESENT = (*ACTIVE, Standing.EXEMPT)
# One by one, as PostgreSQL says it back: of a list it would say the same in other words.
IS_GONE = Q(standing=Standing.LEFT) | Q(standing=Standing.EXPELLED) | Q(standing=Standing.DECEASED)


class Gender(models.TextChoices):
    FEMALE = "female", _("female")
    MALE = "male", _("male")


class MembershipKind(models.TextChoices):
    OFFICIAL = "official", _("official")
    TEMPORARY = "temporary", _("temporary attachment")


def card_as_kept(written):
    """A card number as the register keeps it: without spaces, its figures without the dots and dashes between them."""
    number = re.sub(r"\s", "", written)
    return re.sub(r"[.-]", "", number) if re.fullmatch(r"[\d.-]+", number) else number


class MemberQuerySet(ScopedQuerySet):
    """Members; personal data throughout, so nothing is public but a name that a published award already shows."""

    def in_paths(self, paths):
        """In the subtrees by the own unit, or by the one the person is attached to for a time."""
        return within_paths("unit_path", paths) | within_paths("attached_path", paths)

    def editable_by(self, user, on=None):
        """Only the own unit's staff change a person, not those of the unit the person is attached to."""
        return self.keepable_by(user, user.EDITORS, on)

    def publishable_by(self, user, on=None):
        return self.keepable_by(user, user.PUBLISHERS, on)

    def keepable_by(self, user, roles, on=None):
        """Members whose own unit lies where the user holds one of the roles."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths("unit_path", user.paths(roles, on)))

    def published(self):
        """People with at least one published award."""
        return self.filter(Exists(Award.objects.published().filter(member=OuterRef("pk")))).only(
            "public_id", "full_name"
        )

    def active(self):
        """Members who take part in work and meetings."""
        return self.filter(standing__in=ACTIVE)

    def present(self):
        """Members who belong today, exempt or not."""
        return self.filter(standing__in=PRESENT)

    def eligible(self, unit):
        """Members a campaign counts in a subtree: active, with those attached there, less those attached elsewhere."""
        return self.active().filter(
            Q(within_path("unit_path", unit.path), attached_path="") | within_path("attached_path", unit.path)
        )

    def search(self, text):
        """Members whose name holds every word, tones aside."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def beginning(self, text):
        """Members whose name begins so, tones aside: some of those that `search` finds."""
        return self.filter(search_key__startswith=fold(text))

    def with_card(self, number):
        """Members whose card number has these figures in it, however they are parted; nobody knows a masked one by its
        beginning."""
        number, figures = number.strip(), card_as_kept(number)
        written = Q(card_number__holds=number)
        # Said again for the index over card numbers, which has none of those without.
        return self.exclude(card_number="").filter(
            written | Q(card_number__holds=figures) if figures not in ("", number) else written
        )

    def resembling(self, full_name, birth_date=None, unit=None):
        """Members who may be the same person: of the same name, tones aside, and the same year of birth or unit.

        The name alone says nothing: one person in five shares it.
        """
        likeness = Q(pk__in=[])
        if birth_date:
            likeness |= Q(birth_date__year=birth_date.year)
        if unit:
            likeness |= Q(unit=unit) | Q(attached_to=unit)
        key = fold(full_name)[:255]
        return self.filter(likeness, search_key=key) if key else self.none()

    def for_list(self):
        """What a list shows, in the order Vietnamese lists have: by given name, then family, then middle."""
        return self.select_related("unit").order_by("sort_key", "pk")

    def enrol(self, members, valid_from):
        """Create many members with their open membership from a day, histories and headcounts; returns them."""
        for member in members:
            member.prepare()
        with transaction.atomic():
            paths = Unit.objects.filter(pk__in={m.unit_id for m in members}).hold()
            for member in members:
                member.unit_path = paths[member.unit_id]
            created = bulk_create_with_history(members, Member, batch_size=500)
            bulk_create_with_history(
                [Membership(member=m, unit=m.unit, valid_from=valid_from) for m in created], Membership, batch_size=500
            )
            Unit.objects.filter(pk__in={m.unit_id for m in created}).recount()
        return created


class Member(FollowsUnit):
    """A person who belongs, or belonged, to a unit of the register."""

    path_copies = ("unit_path", "attached_path")

    Standing = Standing
    Gender = Gender

    public_id = ExactField(max_length=12, unique=True, editable=False, default=new_public_id)
    full_name = models.CharField(_("full name"), max_length=150)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender.choices, blank=True)
    birth_date = models.DateField(_("born on"), null=True, blank=True)
    birth_precision = models.CharField(
        _("known of it"), max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    card_number = models.CharField(_("Party card number"), max_length=20, blank=True)
    admitted_on = models.DateField(_("admitted on"), null=True, blank=True)
    full_member_on = models.DateField(_("full member on"), null=True, blank=True)
    position = models.CharField(_("position"), max_length=255, blank=True)
    # Its index is `member_by_unit`.
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="members", verbose_name=_("unit"))
    unit_path = KeyField(db_index=True)
    attached_to = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="visitors",
        verbose_name=_("temporarily attached to"),
    )
    attached_path = KeyField(db_index=True)
    standing = models.CharField(_("standing"), max_length=12, choices=Standing.choices, default=Standing.FULL)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    search_key = KeyField(db_index=True)
    sort_key = KeyField(max_length=500)

    # The units whose paths were copied, as far as this object knows.
    copied_places = None

    objects = MemberQuerySet.as_manager()
    history = history(excluded_fields=["unit_path", "attached_path", "search_key", "sort_key"])

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="member_by_name"),
            models.Index(fields=["unit", "sort_key"], name="member_by_unit"),
            # Nearly everybody is attached nowhere: an index that held them all was read whole to count one unit's.
            models.Index(fields=["attached_to"], condition=Q(attached_to__isnull=False), name="member_by_attachment"),
            # Who is asked for by what is rare, in the order of the list: those who are gone, those who lack something.
            models.Index(fields=["sort_key", "id"], condition=IS_GONE, name="member_gone_by_name"),
            models.Index(
                fields=["sort_key", "id"],
                condition=Q(card_number="")
                | Q(birth_date__isnull=True)
                | Q(admitted_on__isnull=True)
                | Q(full_member_on__isnull=True),
                name="member_lacking_by_name",
            ),
        ]
        constraints = [
            one_of("standing", Standing, "member_standing_known"),
            one_of("birth_precision", DatePrecision, "member_birth_precision_known"),
            models.CheckConstraint(
                condition=~Q(full_name=""),
                name="member_named",
                violation_error_message=_("Enter the full name."),
            ),
            models.UniqueConstraint(
                fields=["card_number"],
                condition=~Q(card_number=""),
                name="member_card_unique",
                violation_error_message=_("Another member has this card number."),
            ),
            ordered(
                "admitted_on",
                "full_member_on",
                "member_full_after_admitted",
                _("The date of full membership is before the date of admission."),
            ),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(admitted_on__isnull=True) | Q(birth_date__lt=F("admitted_on")),
                name="member_born_before_admitted",
                violation_error_message=_("The date of birth is not before the date of admission."),
            ),
        ]

    def __str__(self):
        year = f"{self.birth_date:%Y}" if self.birth_date else "?"
        return f"{self.full_name} ({year}, {self.unit.short_name or self.unit.name})"

    def save(self, *args, **kwargs):
        self.prepare()
        places = (self.unit_id, self.attached_to_id)
        if not self._state.adding and kwargs.get("update_fields") is None and places == self.copied_places:
            kwargs["update_fields"] = self.own_columns()
        super().save(*args, **kwargs)
        self.copied_places = places

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        row.copied_places = row.__dict__.get("unit_id"), row.__dict__.get("attached_to_id")
        return row

    def clean(self):
        super().clean()
        # A name of spaces must meet the constraint's words here, not the database's refusal.
        self.full_name = normalise(self.full_name)
        if self._state.adding and self.unit_id and self.unit.dissolved_on:
            raise ValidationError({"unit": _("This unit has been dissolved.")})

    def get_absolute_url(self):
        return reverse("records:person_detail", args=[self.public_id])

    def prepare(self):
        """Clean the name and derive the keys and the path from what they follow."""
        self.full_name = normalise(self.full_name)
        self.search_key = fold(self.full_name)[:255]
        self.sort_key = name_sort_key(self.full_name)[:500]
        self.unit_path = self.unit.path
        self.attached_path = self.attached_to.path if self.attached_to_id else ""

    @classmethod
    def taken_back(cls, members):
        """Count anew where members came, went or changed as an act was taken back."""
        places = {key for one in members for key in (one.unit_id, one.attached_to_id)}
        places |= {one.was[name] for one in members if hasattr(one, "was") for name in ("unit_id", "attached_to_id")}
        Unit.objects.filter(pk__in=places - {None}).recount()

    @property
    def is_active(self):
        """Whether a campaign counts this person."""
        return self.standing in ACTIVE

    @property
    def is_present(self):
        """Whether the person belongs today, exempt or not."""
        return self.standing in PRESENT

    @property
    def place_path(self):
        """The path of the unit where the person takes part."""
        return self.attached_path or self.unit_path

    @property
    def place(self):
        """The unit where the person takes part: the temporary one while attached, else the own."""
        return self.attached_to or self.unit

    def take(self, values):
        """Set some columns together and save; raises ValidationError where they do not fit each other."""
        for name, value in values.items():
            setattr(self, name, value)
        self.prepare()
        self.validate_constraints()
        self.save()

    @transaction.atomic
    def admit(self, valid_from, decision=None):
        """Enter the person into the register with an open membership of the unit from a day."""
        units = self.lock(self.unit)
        self.save()
        self.belong(self.unit, valid_from, decision)
        units.recount()
        return self

    @transaction.atomic
    def transfer_to(self, unit, on, decision=None, reason=""):
        """End the membership of the unit on a day and start one in another from that day (chuyển sinh hoạt đảng).

        Raises ValidationError when it is the same unit or the day is not after the open membership's start.
        """
        units = self.lock(self.unit, unit, self.attached_to)
        if unit.pk == self.unit_id:
            raise ValidationError(_("The person already belongs to this unit."))
        self.end_membership(Membership.Kind.OFFICIAL, on, reason or Membership.EndReason.TRANSFER)
        if unit.pk == self.attached_to_id:
            self.end_membership(Membership.Kind.TEMPORARY, on, Membership.EndReason.TRANSFER)
            self.attached_to = None
        self.belong(unit, on, decision)
        self.unit = unit
        self.save()
        units.recount()

    @transaction.atomic
    def attach_to(self, unit, on, decision=None):
        """Attach the person temporarily to another unit from a day (sinh hoạt đảng tạm thời)."""
        units = self.lock(self.unit, unit, self.attached_to)
        if unit.pk == self.unit_id:
            raise ValidationError(_("The person already belongs to this unit."))
        if self.attached_to_id:
            raise ValidationError(_("End the present temporary attachment first."))
        self.belong(unit, on, decision, Membership.Kind.TEMPORARY)
        self.attached_to = unit
        self.save()
        units.recount()

    @transaction.atomic
    def end_attachment(self, on):
        """End the temporary attachment on a day; the person counts at the own unit again."""
        units = self.lock(self.unit, self.attached_to)
        self.end_membership(Membership.Kind.TEMPORARY, on, Membership.EndReason.RETURN)
        self.attached_to = None
        self.save()
        units.recount()

    @transaction.atomic
    def change_standing(self, standing, on, decision=None):
        """Change the standing on a day; leaving for good, by whatever way, ends the memberships, and coming back
        starts one of the own unit, by a decision."""
        units = self.lock(self.unit, self.attached_to)
        self.standing = standing
        if standing not in PRESENT:
            reason = Membership.EndReason.DECEASED if standing == Standing.DECEASED else Membership.EndReason.LEFT
            for membership in self.memberships.filter(valid_to__isnull=True):
                membership.end(on, reason)
            self.attached_to = None
        elif not self.memberships.filter(kind=Membership.Kind.OFFICIAL, valid_to__isnull=True).exists():
            self.belong(self.unit, on, decision)
        self.save()
        units.recount()

    def belong(self, unit, on, decision=None, kind=MembershipKind.OFFICIAL):
        """Open a membership from a day; raises ValidationError where another of its kind covers a day of it, and for a
        unit that is no more."""
        if Unit.objects.filter(pk=unit.pk, dissolved_on__isnull=False).exists():
            raise ValidationError(_("This unit has been dissolved."))
        membership = Membership(member=self, unit=unit, kind=kind, valid_from=on, decision=decision)
        membership.clean()
        membership.save()

    def end_membership(self, kind, on, reason):
        """Close the open membership of a kind; raises ValidationError when there is none."""
        membership = self.memberships.filter(kind=kind, valid_to__isnull=True).first()
        if membership is None:
            raise ValidationError(_("The person has no open membership of this kind."))
        membership.end(on, reason)

    def lock(self, *concerned):
        """Lock the units concerned, in one order, so that two writers cannot each miss the other when counting.

        Brings their paths up to date and returns them; raises ValidationError when another clerk has placed the person
        elsewhere meanwhile.
        """
        concerned = [unit for unit in concerned if unit]
        units = Unit.objects.filter(pk__in=[unit.pk for unit in concerned])
        paths = units.hold()
        for unit in concerned:
            unit.path = paths[unit.pk]
        places = Member.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list("unit", "attached_to")
        if any(place != (self.unit_id, self.attached_to_id) for place in places):
            raise ValidationError(_("The member has changed meanwhile; look at it again."))
        return units


class EndReason(models.TextChoices):
    TRANSFER = "transfer", _("transferred")
    RETURN = "return", _("returned to the own unit")
    LEFT = "left", _("left")
    DECEASED = "deceased", _("deceased")
    REORGANISED = "reorganised", _("unit reorganised")


class MembershipQuerySet(ScopedQuerySet):
    """Who belonged where, when."""

    scope_field = "unit__path"

    def current(self, on):
        """Memberships in force on a day."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


class Membership(models.Model):
    """A person's belonging to a unit for a time; of one kind there is at most one on any day."""

    Kind = MembershipKind
    EndReason = EndReason
    part_of = ("member",)

    member = models.ForeignKey(Member, models.PROTECT, related_name="memberships", verbose_name=_("member"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=10, choices=MembershipKind.choices, default=MembershipKind.OFFICIAL)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))
    decision = models.ForeignKey(
        "records.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("decision"),
    )
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason.choices, blank=True)

    objects = MembershipQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            one_of("kind", MembershipKind, "membership_kind_known"),
            ordered(
                "valid_from", "valid_to", "membership_ends_after_start", _("A membership cannot end before it starts.")
            ),
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(valid_to__isnull=True),
                name="membership_one_open",
                violation_error_message=_("This person already has an open membership of this kind."),
            ),
        ]

    def __str__(self):
        return f"{self.member.full_name} · {self.unit.name} · {self.valid_from:%d/%m/%Y}"

    def clean(self):
        super().clean()
        if not (self.member_id and self.valid_from):
            return
        others = Membership.objects.filter(member=self.member_id, kind=self.kind).exclude(pk=self.pk)
        if self.valid_to:
            others = others.filter(valid_from__lt=self.valid_to)
        if others.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=self.valid_from)).exists():
            raise ValidationError(_("This person already belongs to a unit in that time."))

    def meets(self, other):
        """Whether there is a day on which both hold; one that ended on its first day holds on none."""
        spans = [(one.valid_from, one.valid_to or date.max) for one in (self, other)]
        return max(start for start, _end in spans) < min(end for _start, end in spans)

    def end(self, on, reason):
        """Close the membership on a day: the first day it no longer holds. Raises ValidationError before its start."""
        if on < self.valid_from:
            raise ValidationError(_("A membership cannot end before it starts."))
        self.valid_to, self.end_reason = on, reason
        self.save(update_fields=["valid_to", "end_reason"])
