"""Emulation campaigns, whom they concern, what may be chosen in them, and what they rest on."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns.models.figures import board_figures, campaign_counts, scalar, unit_counts, with_counts
from campaigns.models.scopes import covered_units, lone_scopes, path_end, units_at
from records.models import AuditEvent, Award, Decision, Sector, Unit
from records.models.fields import KeyField, one_of, ordered
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet, within_paths
from records.vietnamese import fold, normalise

PERCENT = [MaxValueValidator(100)]


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    LAUNCHED = "launched", _("under way")
    REVIEWING = "reviewing", _("under review")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


# Of a superuser's board: more roots than these do not fit beside one another.
TABS = 20
PUBLIC = (Status.LAUNCHED, Status.REVIEWING, Status.CLOSED)
# What may follow what; nothing leads back to a draft once members have been told.
NEXT = {
    Status.DRAFT: (Status.LAUNCHED, Status.CANCELLED),
    Status.LAUNCHED: (Status.REVIEWING, Status.CLOSED, Status.CANCELLED),
    Status.REVIEWING: (Status.CLOSED, Status.LAUNCHED),
    Status.CLOSED: (),
    Status.CANCELLED: (),
}


class Mode(models.TextChoices):
    """Law 06/2022, art. 16."""

    REGULAR = "regular", _("regular")
    THEMATIC = "thematic", _("thematic")


class PlansFrom(models.TextChoices):
    GRASSROOTS = "grassroots", _("grassroots Party organisations")
    ALL = "all", _("every unit in scope")


class CampaignQuerySet(ScopedQuerySet):
    """Campaigns; any unit in scope may see one once launched, the unit that launched it changes it."""

    scope_field = "launched_by__path"

    def published(self):
        """Campaigns the public may read: launched, and not cancelled."""
        return self.filter(status__in=PUBLIC)

    def visible_to(self, user, on=None):
        if user.is_active and user.is_superuser:
            return self.all()
        paths = user.paths(user.READERS, on)
        steps = [path.split(".")[:-1] for path in paths]
        heads = {".".join(step[:length]) + "." for step in steps for length in range(1, len(step) + 1)}
        sectors = Unit.objects.filter(within_paths("path", paths)).values("sector")
        concerned = CampaignScope.objects.filter(
            within_paths("unit_path", paths) | Q(unit_path__in=heads, with_subordinates=True) | Q(sector__in=sectors)
        )
        return self.filter(
            within_paths("launched_by__path", paths)
            | (Q(pk__in=concerned.values("campaign")) & ~Q(status=Status.DRAFT))
        )

    def running(self):
        return self.filter(status=Status.LAUNCHED)

    def finished(self):
        return self.filter(status__in=[Status.REVIEWING, Status.CLOSED])

    def search(self, text):
        """Campaigns whose title or theme holds every word, tones aside."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def for_list(self):
        """Running campaigns first, then by when they began, the newest first."""
        running = Case(When(status=Status.LAUNCHED, then=0), default=1, output_field=IntegerField())
        return self.select_related("launched_by").order_by(running, "-starts_on", "-pk")

    def with_rates(self, paths=None):
        """Adds owed, planned, eligible, registered and done, each counted from rows by the rules of `figures`; of the
        subtrees at `paths` where these are given."""
        return with_counts(self, campaign_counts(paths))

    def with_waiting(self, paths=None):
        """Adds pending and waiting, the registrations and self-registrations to be confirmed, of the subtrees."""
        mine = Q() if paths is None else within_paths("unit_path", paths)
        parts = {name: Campaign._meta.get_field(name).related_model for name in ("registrations", "self_registrations")}
        of_campaign = {name: model.objects.filter(mine, campaign=OuterRef("pk")) for name, model in parts.items()}
        return self.annotate(
            pending=scalar(of_campaign["registrations"].filter(status="pending"), Count("*")),
            waiting=scalar(of_campaign["self_registrations"].filter(status="waiting"), Count("*")),
        )

    def for_staff(self, paths=None):
        """The staff's list: campaigns under way first, each with the figures of the subtrees at `paths`."""
        turn = Case(
            When(status=Status.LAUNCHED, then=0),
            When(status=Status.REVIEWING, then=1),
            When(status=Status.DRAFT, then=2),
            default=3,
            output_field=IntegerField(),
        )
        return self.select_related("launched_by").with_rates(paths).with_waiting(paths).with_head().annotate(turn=turn)

    def with_head(self):
        """Adds head_id and head_path; see `Campaign.head_id`."""
        head = lone_scopes(OuterRef("pk"))
        return self.annotate(head_id=Subquery(head.values("unit")), head_path=Subquery(head.values("unit_path")))

    def with_public_counts(self):
        """Adds the numbers of published awards that came of a campaign, and of its published exemplars."""
        decisions = Campaign.documents.through.objects.filter(role="award", campaign=OuterRef(OuterRef("pk")))
        awards = Award.objects.published().filter(decision__in=decisions.values("decision"))
        exemplars = Campaign._meta.get_field("exemplars").related_model.objects.published()
        return self.annotate(
            award_count=scalar(awards, Count("pk")),
            exemplar_count=scalar(exemplars.filter(campaign=OuterRef("pk")), Count("pk")),
        )

    def of_unit(self, unit):
        """Campaigns a unit launched (`launched`) or launches together with others."""
        together = Campaign.together_with.through.objects.filter(unit=unit).values("campaign")
        launched = Case(When(launched_by=unit, then=Value(True)), default=Value(False))
        return self.filter(Q(launched_by=unit) | Q(pk__in=together)).annotate(launched=launched)

    def of_decision(self, decision):
        """Campaigns a decision launched (`launches`), granted awards for (`grants`), or is a basis of."""
        documents = Campaign.documents.through.objects.filter(decision=decision)
        grants = documents.filter(role="award", campaign=OuterRef("pk"))
        launches = Case(When(decision=decision, then=Value(True)), default=Value(False))
        return self.filter(Q(decision=decision) | Q(pk__in=documents.values("campaign"))).annotate(
            launches=launches, grants=Exists(grants)
        )


class Campaign(models.Model):
    """A campaign of emulation: who launched it, for whom, what to choose and what to reach (Law 06/2022, art. 17)."""

    Status, Mode, PlansFrom = Status, Mode, PlansFrom

    slug = models.SlugField(_("address"), max_length=100, unique=True, help_text=_("The last part of its web address."))
    title = models.CharField(_("title"), max_length=255)
    theme = models.CharField(_("theme"), max_length=255, blank=True)
    mode = models.CharField(_("form"), max_length=8, choices=Mode.choices, default=Mode.THEMATIC)
    launched_by = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns", verbose_name=_("launched by"))
    together_with = models.ManyToManyField(
        Unit, blank=True, related_name="campaigns_together", verbose_name=_("together with")
    )
    decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns_launched",
        verbose_name=_("launched by decision"),
    )
    documents = models.ManyToManyField(Decision, through="CampaignDocument", related_name="campaigns")
    summary = models.TextField(_("summary"), max_length=600, blank=True, help_text=_("One or two sentences, public."))
    body = models.TextField(_("content"), blank=True, help_text=_("Aim, criteria, measures. Markdown, public."))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty while no end has been set."))
    registration_from = models.DateField(_("registration from"), null=True, blank=True)
    registration_to = models.DateField(_("registration, last day"), null=True, blank=True)
    plans_due_on = models.DateField(
        _("plans due by"), null=True, blank=True, help_text=_("The last day on which units hand in their plans.")
    )
    results_due_on = models.DateField(
        _("results due by"), null=True, blank=True, help_text=_("The last day on which units report what was done.")
    )
    target_plan_rate = models.PositiveSmallIntegerField(_("target: plans, %"), default=90, validators=PERCENT)
    target_member_rate = models.PositiveSmallIntegerField(_("target: members, %"), default=90, validators=PERCENT)
    plans_from = models.CharField(
        _("plans from"), max_length=10, choices=PlansFrom.choices, default=PlansFrom.GRASSROOTS
    )
    names_public = models.BooleanField(_("names of those registered are public"), default=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False, db_index=True
    )
    status_reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    search_key = KeyField(max_length=600)

    objects = CampaignQuerySet.as_manager()
    history = history(m2m_fields=[together_with], excluded_fields=["search_key"])

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            one_of("status", Status, "campaign_status_known"),
            one_of("mode", Mode, "campaign_mode_known"),
            one_of("plans_from", PlansFrom, "campaign_plans_from_known"),
            ordered("starts_on", "ends_on", "campaign_ends_after_start", _("The campaign ends before it starts.")),
            ordered(
                "registration_from",
                "registration_to",
                "campaign_window_in_order",
                _("Registration ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(target_plan_rate__lte=100, target_member_rate__lte=100),
                name="campaign_targets_are_percent",
                violation_error_message=_("A target is a percentage, at most 100."),
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.title = normalise(self.title)
        self.search_key = fold(f"{self.title} {self.theme}")[:600]
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("campaigns:campaign_detail", args=[self.slug])

    @property
    def is_public(self):
        return self.status in PUBLIC

    def units(self):
        """The units in scope."""
        # An index gives the range of a subtree; any other scope is asked of unit by unit.
        return units_at(Value(self.head_path)) if self.head_path else covered_units(self.pk)

    def open_on(self, day):
        """Whether members may register on a day: under way, and inside the registration window where one is set."""
        after = self.registration_from or self.starts_on
        until = self.registration_to or self.ends_on
        return self.status == Status.LAUNCHED and after <= day and (until is None or day <= until)

    @cached_property
    def head_id(self):
        """Key of the one unit whose whole subtree the campaign concerns; None where it is several units or a sector."""
        self.find_head()
        return self.head_id

    @cached_property
    def head_path(self):
        """The path of the unit that `head_id` names."""
        self.find_head()
        return self.head_path

    def forget_head(self):
        """Have the head looked for anew when it is asked for."""
        for name in ("head_id", "head_path"):
            self.__dict__.pop(name, None)

    def find_head(self):
        """Ask for the head of a campaign that was fetched without."""
        head = Campaign.objects.with_head().values_list("head_id", "head_path")
        self.__dict__["head_id"], self.__dict__["head_path"] = head.get(pk=self.pk)

    def ranked_units(self, under=None):
        """The units a table compares: those directly below the unit with key `under`, or below the scope's one unit.

        Where the scope is several units or a sector, these themselves, the topmost of them. Each has owed, planned,
        eligible, registered, done over its whole subtree. In one query, for a table's frame: the unit they are below
        comes with them (`is_head`) and so do, unless `under` is given, those who launched the campaign together
        (`is_partner`).
        """
        head = under or self.head_id
        partners = Q(pk__in=Campaign.together_with.through.objects.filter(campaign=self.pk).values("unit"))
        if head:
            compared = Q(parent=head)
        else:
            scopes = self.scopes.order_by()
            named = Q(pk__in=scopes.values("unit")) | Q(sector__in=scopes.values("sector"))
            above = Unit.objects.annotate(path_end=path_end(F("path"))).filter(
                named, path__lt=OuterRef("path"), path_end__gt=OuterRef("path")
            )
            compared = named & ~Exists(above)
        frame = Q(pk=head) if under else Q(pk=head) | partners
        units = Unit.objects.filter(compared | frame).annotate(
            is_compared=truth(compared), is_head=truth(Q(pk=head)), is_partner=truth(partners)
        )
        units = with_counts(units, unit_counts(self)).order_by("sort_key", "pk")
        return [unit for unit in units if unit.is_head or unit.is_partner or unit.eligible or unit.owed]

    def board_tops(self, user, on=None):
        """The topmost units a user is posted to with their figures, those that the campaign concerns first; for a
        superuser without a posting the roots of the tree that it concerns."""
        postings = user.postings_on(on)
        if not postings and user.is_superuser:
            roots = with_counts(Unit.objects.filter(parent__isnull=True), unit_counts(self))
            roots = [unit for unit in roots.order_by("sort_key", "pk") if is_concerned(unit)]
            return roots[:TABS]
        paths = [posting.unit.path for posting in postings]
        tops = {p.unit_id for p in postings if not any(p.unit.path != a and p.unit.path.startswith(a) for a in paths)}
        units = with_counts(Unit.objects.filter(pk__in=tops), unit_counts(self)).order_by("path")
        return sorted(units, key=lambda unit: not is_concerned(unit))

    def board_units(self, under):
        """What the board shows: the unit `under` first (`is_head`) and those directly below it that the campaign
        concerns or concerned, each with the figures of its subtree and what waits there."""
        units = Unit.objects.filter(Q(pk=under.pk) | Q(parent=under.pk))
        units = units.annotate(is_head=truth(Q(pk=under.pk)), **board_figures(self))
        units = with_counts(units, unit_counts(self)).order_by("-is_head", "sort_key", "pk")
        # A unit may have been founded without members yet, or only its plan may tie it to the campaign.
        waits = ("begun", "waiting", "pending")
        return [u for u in units if u.is_head or is_concerned(u) or any(getattr(u, name) for name in waits)]

    def reach(self):
        """Whom it would concern today, in numbers: units, plans owed, eligible members."""
        counted = Campaign.objects.with_rates().get(pk=self.pk)
        return {"units": self.units().count(), "owed": counted.owed, "eligible": counted.eligible}

    def unfinished(self):
        """What closing would leave open: pending, waiting, plans (owed and not handed in), undone (registered)."""
        counted = Campaign.objects.with_rates().with_waiting().get(pk=self.pk)
        return {
            "pending": counted.pending,
            "waiting": counted.waiting,
            "plans": counted.owed - counted.planned,
            "undone": counted.registered - counted.done,
        }

    @transaction.atomic
    def become(self, status, reason="", by=None):
        """Move on to another status; raises ValidationError when it cannot follow the present one.

        Closing freezes the figures; cancelling asks for a reason.
        """
        before = [old for old, following in NEXT.items() if status in following]
        if status == Status.CANCELLED and not reason:
            raise ValidationError(_("Say why the campaign is cancelled."))
        if not Campaign.objects.filter(pk=self.pk, status__in=before).update(status=status):
            raise ValidationError(_("The campaign cannot become “%(status)s” now.") % {"status": Status(status).label})
        if status == Status.CLOSED:
            self.tallies.model.objects.freeze(self)
        self.status, self.status_reason = status, reason
        self._history_user = by
        self._change_reason = reason
        self.save(update_fields=["status", "status_reason"])
        AuditEvent.record("campaign_status", actor=by, subject=self, reason=reason, status=str(status))

    def launch(self, by=None):
        """Open the campaign; raises ValidationError when it concerns nobody or offers nothing to choose."""
        if not self.scopes.exists() or not self.activities.exists():
            raise ValidationError(_("Before launching, say whom it concerns and what may be chosen."))
        self.become(Status.LAUNCHED, by=by)

    def review(self, by=None):
        self.become(Status.REVIEWING, by=by)

    def close(self, by=None):
        """Close the campaign and freeze its figures as they stand."""
        self.become(Status.CLOSED, by=by)

    def cancel(self, reason, by=None):
        self.become(Status.CANCELLED, reason, by)


def is_concerned(unit):
    """Whether a campaign with whose figures the unit was fetched concerns it, or concerned it."""
    return bool(unit.eligible or unit.owed or unit.registered)


def truth(condition):
    """A condition as a column."""
    return Case(When(condition, then=Value(True)), default=Value(False))


class CampaignPartQuerySet(ScopedQuerySet):
    """Parts of a campaign; seen and changed with it."""

    def visible_to(self, user, on=None):
        return self.filter(campaign__in=Campaign.objects.visible_to(user, on))

    def editable_by(self, user, on=None):
        return self.filter(campaign__in=Campaign.objects.editable_by(user, on))

    def publishable_by(self, user, on=None):
        return self.filter(campaign__in=Campaign.objects.publishable_by(user, on))

    def published(self):
        return self.filter(campaign__status__in=PUBLIC)


class CampaignScope(FollowsUnit):
    """Part of whom a campaign concerns: a unit, with or without what is below it, or a sector across the tree."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="scopes", verbose_name=_("campaign"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="campaign_scopes", verbose_name=_("unit")
    )
    unit_path = KeyField()
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="campaign_scopes", verbose_name=_("sector")
    )
    with_subordinates = models.BooleanField(_("with the units below it"), default=True)

    objects = CampaignPartQuerySet.as_manager()
    history = history(excluded_fields=["unit_path"])

    class Meta:
        verbose_name = _("scope of a campaign")
        verbose_name_plural = _("scope of a campaign")
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True, sector__isnull=False) | Q(unit__isnull=False, sector__isnull=True),
                name="campaignscope_unit_or_sector",
                violation_error_message=_("Choose a unit or a sector, one of the two."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="campaignscope_unit_once",
                violation_error_message=_("This unit is in the scope already."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "sector"],
                name="campaignscope_sector_once",
                violation_error_message=_("This sector is in the scope already."),
            ),
        ]

    def __str__(self):
        return f"{self.campaign} · {self.unit or self.sector}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id] if self.unit_id else ""
        super().save(*args, **kwargs)
