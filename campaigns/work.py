"""The day's work of one person: what waits in the units where they are posted, by what is pressing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, Window
from django.utils import timezone

from campaigns.models import Campaign, Exemplar, Inspection, Registration, SelfRegistration, UnitPlan
from campaigns.models.figures import scalar
from campaigns.ranking import Row, figures_of
from records import gaps
from records.duplicates import pairs
from records.models import CleanUp, Decision, Import, Member, Transfer
from records.models.history import begun_by
from records.quality import figures_over, kept_by, too_many

SHOWN = 6
DRAFTS_SHOWN = 5
# More than anybody has at once; beyond them a figure says that it is not the whole.
MOST_CAMPAIGNS = 30
MOST_DRAFTS = 99
OPEN = (Campaign.Status.LAUNCHED, Campaign.Status.REVIEWING)


@dataclass
class Below:
    """A unit under the campaign's target, with its figures over its subtree."""

    unit: Any
    row: Row


@dataclass
class Rest:
    """Of something of which more waits in a campaign than the page shows: how many in all."""

    campaign: Any
    number: int


@dataclass
class Work:
    """Everything the first page of the staff shows; nothing is asked of the database before it is read."""

    user: Any
    on: date
    # None for a superuser: the whole register.
    paths: list[str] | None = field(init=False)

    def __post_init__(self) -> None:
        self.paths = None if self.user.is_superuser else self.user.paths(self.user.READERS, self.on)

    # Campaigns

    @cached_property
    def campaigns(self):
        """Campaigns under way or under review, with the figures of my units and what waits there."""
        rows = Campaign.objects.visible_to(self.user, self.on).filter(status__in=OPEN).for_staff(self.paths)
        of_campaign = {"campaign": OuterRef("pk")}
        rows = rows.annotate(
            unresolved=scalar(self.unresolved.filter(**of_campaign), Count("pk")),
            handed_in=scalar(self.handed_in.filter(**of_campaign), Count("pk")),
        )
        campaigns = list(rows.order_by("turn", "-starts_on", "-pk")[:MOST_CAMPAIGNS])
        for campaign in campaigns:
            campaign.plans_left = max(0, campaign.owed - campaign.planned)
        return campaigns

    @cached_property
    def campaign(self):
        """The campaign whose table stands on the page: the first that concerns my units."""
        concerned = (campaign for campaign in self.campaigns if campaign.eligible or campaign.owed)
        return next(concerned, None)

    @cached_property
    def plans_missing(self):
        """Plans owed by my units and not handed in, in all campaigns open."""
        return sum(campaign.plans_left for campaign in self.campaigns)

    @cached_property
    def results_due(self):
        """Campaigns in which my units still have to say what came of their registrations."""
        due = (c for c in self.campaigns if c.status == Campaign.Status.REVIEWING or self.is_near(c.results_due_on))
        return [
            (campaign, campaign.registered - campaign.done) for campaign in due if campaign.registered > campaign.done
        ]

    def is_near(self, day):
        """Whether a last day is less than a month away, or over."""
        return day is not None and (day - self.on).days < 30

    @cached_property
    def next_day(self):
        """(days left, campaign, what is due) of the nearest last day to come, None where none is set."""
        days = [
            ((day - self.on).days, campaign, what)
            for campaign in self.campaigns
            for what, day in (
                ("plans", campaign.plans_due_on),
                ("registration", campaign.registration_to),
                ("results", campaign.results_due_on),
                ("end", campaign.ends_on),
            )
            if day is not None and day >= self.on
        ]
        return min(days, key=lambda found: found[0], default=None)

    @cached_property
    def below(self):
        """Units under the target of the campaign's table, most members missing first: those directly below mine, mine
        where none is, and each of mine where I have several."""
        if self.campaign is None:
            return []
        units = self.campaign.board_tops(self.user, self.on)
        if len(units) == 1:
            head, *beneath = self.campaign.board_units(under=units[0])
            units = beneath or [head]
        rows = [(unit, Row(**figures_of(unit), target=self.campaign.target_member_rate)) for unit in units]
        return sorted((Below(unit, row) for unit, row in rows if row.missing), key=lambda below: -below.row.missing)

    def rest(self, totals, shown):
        """Where more waits than the page shows: `totals` and `shown` are numbers by the campaign's key."""
        left = ((campaign, totals.get(campaign.pk, 0)) for campaign in self.campaigns)
        return [Rest(campaign, number) for campaign, number in left if number > shown.get(campaign.pk, 0)]

    # Papers and people that wait

    @cached_property
    def plans_by_campaign(self):
        """Numbers of plans by status and the campaign's key, of my units, in all campaigns open."""
        plans = UnitPlan.objects.visible_to(self.user, self.on).filter(campaign__status__in=OPEN)
        found = {}
        for status, campaign, number in plans.order_by().values_list("status", "campaign").annotate(Count("pk")):
            found.setdefault(status, {})[campaign] = number
        return found

    @property
    def plan_counts(self):
        """Numbers of plans by status, of my units, in all campaigns open."""
        return {status: sum(numbers.values()) for status, numbers in self.plans_by_campaign.items()}

    def more_plans(self, status):
        shown = Counter(plan.campaign_id for plan in self.plans if plan.status == status)
        return self.rest(self.plans_by_campaign.get(status, {}), shown)

    @property
    def more_submitted(self):
        return self.more_plans(UnitPlan.Status.SUBMITTED)

    @property
    def more_returned(self):
        return self.more_plans(UnitPlan.Status.RETURNED)

    @cached_property
    def plans(self):
        """Plans handed in and not looked at, and plans returned; first those that the user is to act on."""
        plans = UnitPlan.objects.visible_to(self.user, self.on).filter(
            campaign__status__in=OPEN, status__in=(UnitPlan.Status.SUBMITTED, UnitPlan.Status.RETURNED)
        )
        # "returned" comes before "submitted" in the alphabet.
        turn = "-status" if self.may_publish else "status"
        plans = plans.select_related("campaign", "unit__parent")
        return list(plans.order_by(turn, F("due_on").asc(nulls_last=True), "pk")[:SHOWN])

    @cached_property
    def may_publish(self):
        """Whether the user approves and publishes for some unit."""
        return self.user.is_superuser or bool(self.user.paths(self.user.PUBLISHERS, self.on))

    @property
    def handed_in(self):
        """Good models handed in to me, the longest waiting first."""
        return Exemplar.objects.publishable_by(self.user, self.on).submitted().order_by("submitted_at", "pk")

    @cached_property
    def to_publish(self):
        """Good models handed in, for those who publish them."""
        if not self.may_publish:
            return []
        return list(self.handed_in.select_related("campaign", "unit").defer("story")[:SHOWN])

    @property
    def more_to_publish(self):
        shown = Counter(exemplar.campaign_id for exemplar in self.to_publish)
        return self.rest({campaign.pk: campaign.handed_in for campaign in self.campaigns}, shown)

    @cached_property
    def sent_in(self):
        """What members sent in by themselves and nobody matched yet, by campaign and unit, most first."""
        waiting = SelfRegistration.objects.visible_to(self.user, self.on).waiting().filter(campaign__status__in=OPEN)
        return self.by_unit(waiting.annotate(since=F("sent_at__date")))

    @cached_property
    def pending(self):
        """Registrations waiting to be confirmed, by campaign and unit, most first; for whoever has very many people
        the campaigns' own counts must do."""
        if too_many(self.keeping):
            return []
        pending = Registration.objects.visible_to(self.user, self.on).filter(
            status=Registration.Status.PENDING, campaign__status__in=OPEN
        )
        return self.by_unit(pending.annotate(since=F("registered_on")))

    def by_unit(self, rows):
        names = {"code": F("unit__code"), "name": F("unit__name"), "above": F("unit__parent__name")}
        grouped = rows.order_by().values("campaign", "campaign__slug", "unit", **names)
        return list(grouped.annotate(count=Count("pk"), oldest=Min("since")).order_by("-count", "oldest")[:SHOWN])

    @property
    def more_sent_in(self):
        return self.rest({campaign.pk: campaign.waiting for campaign in self.campaigns}, people_in(self.sent_in))

    @property
    def more_pending(self):
        return self.rest({campaign.pk: campaign.pending for campaign in self.campaigns}, people_in(self.pending))

    @cached_property
    def waiting(self):
        """How many registrations wait to be confirmed, whoever sent them."""
        return sum(campaign.pending + campaign.waiting for campaign in self.campaigns)

    @cached_property
    def oldest(self):
        """Since when the longest waiting registration waits."""
        return min((group["oldest"] for group in (*self.sent_in, *self.pending)), default=None)

    @cached_property
    def transfers(self):
        """People sent to my units and not received yet."""
        rows = Transfer.objects.to_answer(self.user, self.on).select_related("member__unit", "from_unit", "to_unit")
        return list(with_total(rows).order_by("asked_at", "pk")[:SHOWN])

    @property
    def more_transfers(self):
        return more_than(self.transfers)

    @property
    def unresolved(self):
        """What inspections asked of my units and has not been put right, the nearest day first."""
        rows = Inspection.objects.visible_to(self.user, self.on).unresolved().filter(campaign__status__in=OPEN)
        return rows.order_by(F("due_on").asc(nulls_last=True), "pk")

    @cached_property
    def inspections(self):
        return list(self.unresolved.select_related("campaign", "unit")[:SHOWN])

    @property
    def more_inspections(self):
        shown = Counter(inspection.campaign_id for inspection in self.inspections)
        return self.rest({campaign.pk: campaign.unresolved for campaign in self.campaigns}, shown)

    # What I began

    @cached_property
    def decisions(self):
        """Decisions I entered that are not published yet, with the number of their awards."""
        mine = Decision.objects.editable_by(self.user, self.on).filter(published_at__isnull=True)
        mine = mine.filter(pk__in=begun_by(self.user, Decision)).annotate(award_count=Count("awards"))
        return list(mine.order_by("-pk")[: MOST_DRAFTS + 1])

    @cached_property
    def plan_drafts(self):
        """Plans I began and nobody has handed in."""
        mine = UnitPlan.objects.editable_by(self.user, self.on).filter(
            status=UnitPlan.Status.DRAFT, campaign__status__in=OPEN, pk__in=begun_by(self.user, UnitPlan)
        )
        return list(mine.select_related("campaign", "unit").order_by("-pk")[: MOST_DRAFTS + 1])

    @cached_property
    def exemplars(self):
        """Exemplars I began that are not published yet."""
        mine = Exemplar.objects.editable_by(self.user, self.on).filter(
            published_at__isnull=True, pk__in=begun_by(self.user, Exemplar)
        )
        return list(mine.select_related("campaign").defer("story").order_by("-pk")[: MOST_DRAFTS + 1])

    @cached_property
    def imports(self):
        """Spreadsheets I sent that are not finished, and those written since yesterday."""
        status = Import.Status
        lately = Q(status=status.APPLIED, applied_at__gte=timezone.now() - timedelta(days=1))
        mine = Import.objects.filter(by=self.user.pk).exclude(status__in=(status.APPLIED, status.UNDONE))
        mine |= Import.objects.filter(lately, by=self.user.pk)
        return list(mine.newest_first().defer("layouts", "notes", "groups", "mends", "picks")[: MOST_DRAFTS + 1])

    @cached_property
    def imports_to_approve(self):
        """Spreadsheets handed in by others, for those who approve, the longest waiting first."""
        if not self.may_publish:
            return []
        rows = Import.objects.to_approve(self.user, self.on).select_related("by", "unit")
        rows = rows.defer("layouts", "notes", "groups", "mends", "picks")
        return list(with_total(rows).order_by("pk")[:SHOWN])

    @property
    def more_imports_to_approve(self):
        return more_than(self.imports_to_approve)

    @property
    def more_decisions(self):
        """How many decisions of mine are drafts, where not all of them are shown."""
        return len(self.decisions) if len(self.decisions) > DRAFTS_SHOWN else 0

    @property
    def more_imports(self):
        return len(self.imports) if len(self.imports) > DRAFTS_SHOWN else 0

    @property
    def more_plan_drafts(self):
        return hidden_in(self.plan_drafts)

    @property
    def more_exemplars(self):
        return hidden_in(self.exemplars)

    @cached_property
    def draft_count(self):
        return sum(map(len, self.drafts))

    @property
    def drafts(self):
        return self.decisions, self.plan_drafts, self.exemplars, self.imports

    @property
    def has_more_drafts(self):
        """Whether even the figure does not count all."""
        return any(len(drafts) > MOST_DRAFTS for drafts in self.drafts)

    # What is missing or impossible

    @cached_property
    def figures(self):
        """The members I may put right by what is wrong with them (records.gaps.Figures)."""
        return self.counted_figures[0] or gaps.Figures()

    @cached_property
    def keeping(self):
        """The topmost units whose members I may put right, with their figures."""
        return kept_by(self.user, self.on)

    @cached_property
    def counted_figures(self):
        """(figures, when they were counted), as `records.quality.figures_over` has them."""
        return figures_over(self.keeping, self.on)

    @property
    def counted_at(self):
        return self.counted_figures[1]

    @property
    def counting(self):
        """Whether a worker has still to count my members."""
        return self.counted_figures[0] is None

    @property
    def member_gaps(self):
        """(gap, number) for the members I may put right."""
        return self.figures.told()

    @cached_property
    def pairs(self):
        """How many pairs of records I may merge are probably one person; not looked for among very many."""
        return 0 if too_many(self.keeping) else len(pairs(Member.objects.editable_by(self.user, self.on)))

    @cached_property
    def clean_up(self):
        """The day by which records of mine are to be in order, the nearest; None where no manager set one."""
        days = CleanUp.objects.open() if self.paths is None else CleanUp.objects.over(self.paths)
        return days.nearest()

    @property
    def clean_rate(self):
        """Records of mine without any gap in percent, None where I keep nobody."""
        people = self.figures.people
        return 100 * (people - self.figures.faulty) / people if people else None

    @cached_property
    def counted_decisions(self):
        """(gap, number) for the decisions I may put right that are not published yet, the last of them all."""
        mine = Decision.objects.editable_by(self.user, self.on).filter(published_at__isnull=True)
        return gaps.counted(mine, (*gaps.DECISION_GAPS, gaps.UNPUBLISHED), self.on)

    @property
    def decision_gaps(self):
        return [(gap, number) for gap, number in self.counted_decisions if gap is not gaps.UNPUBLISHED]

    @property
    def unpublished(self):
        """How many decisions wait for somebody like me to publish them."""
        return dict(self.counted_decisions).get(gaps.UNPUBLISHED, 0) if self.may_publish else 0

    @cached_property
    def gap_count(self):
        return self.pairs + sum(number for _gap, number in (*self.member_gaps, *self.decision_gaps))

    @property
    def is_done(self):
        """Whether nothing at all waits."""
        return not (
            self.plans_missing
            or self.plans
            or self.below
            or self.waiting
            or self.draft_count
            or self.gap_count
            or self.counting
            or self.transfers
            or self.to_publish
            or self.unpublished
            or self.imports_to_approve
            or self.inspections
            or self.results_due
        )


def people_in(groups):
    """Registrations by the campaign's key, of groups by unit."""
    numbers = Counter()
    for group in groups:
        numbers[group["campaign"]] += group["count"]
    return numbers


def with_total(rows):
    """Adds of_all, how many rows there are however few are read."""
    return rows.annotate(of_all=Window(Count("pk")))


def more_than(rows):
    """How many there are in all where the rows, read with_total, are not all; else 0."""
    return rows[0].of_all if rows and rows[0].of_all > len(rows) else 0


def hidden_in(drafts):
    """The campaigns of drafts that are not among those shown, each once."""
    return list({draft.campaign_id: draft.campaign for draft in drafts[DRAFTS_SHOWN:]}.values())
