"""The country's campaigns: who launched them, the units' plans, the registrations, what was chosen, the tallies."""

from collections import Counter
from datetime import date, timedelta
from itertools import count

from simple_history.utils import bulk_create_with_history

from campaigns.models import Activity, Campaign
from campaigns.models.plans import UnitPlan
from campaigns.scale.filling import NULL
from records.models import Unit

Status = Campaign.Status
# Registrations a member on average: 20 million of 5.6.
PER_MEMBER = 20 / 5.6
ENDED, RUNNING = "ended", "running"
# (status, rating, why withdrawn) of a registration, and how many of a hundred are so.
OUTCOMES = {
    ENDED: [
        (("done", "good", ""), 48), (("done", "excellent", ""), 20), (("done", "fair", ""), 12),
        (("registered", "", ""), 17), (("withdrawn", "", "Chuyển công tác"), 3),
    ],
    RUNNING: [
        (("registered", "", ""), 80), (("done", "good", ""), 12), (("pending", "", ""), 5),
        (("withdrawn", "", "Lý do sức khỏe"), 3),
    ],
}  # fmt: skip
PLAN_STATES = (("approved", 70), ("submitted", 22), ("draft", 5), ("returned", 3))


class Run:
    """One campaign as it is written: where, since when, how eagerly."""

    def __init__(self, campaign, place, activities, rate):
        self.campaign, self.place, self.activities, self.rate = campaign, place, activities, rate
        self.over = campaign.status == Status.CLOSED
        # Keys of its registrations: from `first`, and of each whether it counts as done.
        self.first, self.done = 0, bytearray()


class Work:
    """Plans, registrations, pledges and tallies of a country's campaigns, line by line."""

    PLAN = ("id", "campaign_id", "unit_id", "unit_path", "number", "dated", "status", "return_reason", "submitted_at")
    REGISTRATION = (
        "id", "campaign_id", "member_id", "unit_id", "unit_path", "source", "registered_on", "status", "rating",
        "withdrawn_reason",
    )  # fmt: skip
    PLEDGE = ("id", "registration_id", "activity_id", "quantity", "done_quantity")
    TALLY = (
        "id", "campaign_id", "unit_id", "unit_path", "registered", "done", "eligible", "owes_plan", "has_plan",
    )  # fmt: skip

    def __init__(self, draw, country, people, today):
        self.draw, self.country, self.people, self.today = draw, country, people, today
        self.runs = []
        self.planned = set()
        self.tallies = {}

    def launch(self):
        """The campaigns with scope and activities: three of the whole country, four a province, some of a commune."""
        facts = self.country.facts["campaigns"]
        provinces = [place for place in self.country.root.below]
        communes = [place for province in provinces for place in province.below if place.last > place.first]
        these = [(title, self.country.root, 0.72) for title in facts["national"]]
        these += [(title, place, 0.45) for place in provinces for title in facts["provincial"]]
        these += [(facts["commune"], place, 0.8) for place in self.draw.sample(communes, min(37, len(communes)))]
        for number, (title, place, rate) in enumerate(these):
            self.runs.append(self.begin(number, title, place, rate))
        # So that the registrations come to what a country has, whatever the lots were.
        wanted = PER_MEMBER * sum(branch.count for branch in self.country.branches)
        drawn = sum(run.rate * sum(branch.headcount for branch in self.covered(run)) for run in self.runs)
        for run in self.runs:
            run.rate = min(0.98, run.rate * wanted / drawn)

    def begin(self, number, title, place, rate):
        running = number % 4 == 0
        year = self.today.year if running else self.today.year - 1 - number % 6
        begins = date(year, 1 + number % 3, 3)
        campaign = Campaign(
            slug=f"cd-{number:03d}-{year}",
            title=f"{title} năm {year}",
            theme=title,
            launched_by=Unit(pk=place.key),
            summary="Phong trào của dữ liệu thử quy mô toàn quốc.",
            starts_on=begins,
            ends_on=begins + timedelta(days=300),
            plans_due_on=begins + timedelta(days=60),
            status=Status.LAUNCHED if running else Status.CLOSED,
            names_public=number % 2 == 0,
        )
        campaign.save()
        campaign.scopes.create(unit_id=place.key)
        names = self.country.facts["campaigns"]["activities"]
        activities = [Activity(campaign=campaign, name=name, measure="việc", order=n) for n, name in enumerate(names)]
        bulk_create_with_history(activities, Activity)
        return Run(
            campaign, place, list(campaign.activities.values_list("pk", flat=True)), rate * self.draw.uniform(0.7, 1.3)
        )

    def covered(self, run):
        """The branches a campaign concerns."""
        return self.country.branches[run.place.first : run.place.last]

    def plans(self, tail):
        """Plans of the grassroots committees in scope, nine of ten."""
        keys, draw = count(1), self.draw
        states, weights = zip(*PLAN_STATES, strict=True)
        for run in self.runs:
            owing = [place for place in self.grassroots(run.place) if draw.random() < 0.93]
            dated = run.campaign.starts_on + timedelta(days=30)
            lines = []
            for place, state in zip(owing, draw.choices(states, weights, k=len(owing)), strict=True):
                key = next(keys)
                if state in UnitPlan.HANDED_IN:
                    self.planned.add((run.campaign.pk, place.key))
                handed = f"{dated} 02:00:00+00:00" if state != "draft" else NULL
                why = "Chưa nêu chỉ tiêu" if state == "returned" else ""
                number = f"{key % 300 + 1}-KH/ĐU"
                lines.append(
                    f"{key}\t{run.campaign.pk}\t{place.key}\t{place.path}\t{number}\t{dated}\t{state}\t{why}\t{handed}{tail}"
                )
            yield "".join(lines)

    def grassroots(self, place):
        """Grassroots committees of a subtree."""
        if place.level == 3:
            return [place]
        return [one for below in place.below for one in self.grassroots(below)]

    def registrations(self, tail):
        """The rows of registrations, campaign by campaign, branch by branch; counts the tallies as it goes."""
        draw, keys, next_key = self.draw, count(1), 1
        for run in self.runs:
            outcomes, weights = zip(*OUTCOMES[ENDED if run.over else RUNNING], strict=True)
            begins = run.campaign.starts_on
            days = [f"{begins + timedelta(days=n)}" for n in range(5, 60, 5)]
            # Everything of a line after the place, and what it counts; by lot one of these.
            ends = [
                (f"\tsheet\t{day}\t{status}\t{rating}\t{why}{tail}", status)
                for day in days
                for status, rating, why in outcomes
            ]
            texts, statuses = zip(*ends, strict=True)
            lots, chances = range(len(ends)), [weight for _day in days for weight in weights]
            run.first = next_key
            for branch in self.covered(run):
                active = self.people.active(branch)
                many = min(len(active), int(len(active) * run.rate * (0.6 + 0.8 * draw.random()) + draw.random()))
                if not many:
                    continue
                since = draw.randrange(len(active))
                members = (active[since:] + active[:since])[:many]
                drawn = draw.choices(lots, chances, k=many)
                head, place = f"\t{run.campaign.pk}\t", f"\t{branch.key}\t{branch.path}"
                yield "".join(
                    [
                        f"{key}{head}{member}{place}{texts[lot]}"
                        for key, member, lot in zip(keys, members, drawn, strict=False)
                    ]
                )
                next_key += many
                keys = count(next_key)
                met = Counter(map(statuses.__getitem__, drawn))
                self.tallies[run.campaign.pk, branch.key] = (met["registered"] + met["done"], met["done"])
                if not run.over:
                    run.done += bytes([statuses[lot] == "done" for lot in drawn])

    def pledges(self, tail):
        """What those registered in the running campaigns chose: one activity each, some of them more often chosen."""
        keys, draw = count(1), self.draw
        for run in self.runs:
            if run.over:
                continue
            activities = run.activities
            weights = [1 / (rank + 1) for rank in range(len(activities))]
            size = 5000
            for start in range(0, len(run.done), size):
                done = run.done[start : start + size]
                chosen = draw.choices(activities, weights, k=len(done))
                first = run.first + start
                yield "".join(
                    [
                        f"{next(keys)}\t{first + n}\t{activity}\t1\t{1 if done[n] else NULL}{tail}"
                        for n, activity in enumerate(chosen)
                    ]
                )

    def tally_lines(self, tail):
        """The rows of tallies: of a running campaign one a branch that registered, of a closed one every unit's."""
        keys = count(1)
        for run in self.runs:
            campaign = run.campaign.pk
            concerned = self.subtree(run.place) if run.over else self.covered(run)
            lines = []
            for place in concerned:
                counted = self.tallies.get((campaign, place.key))
                if counted is None and not run.over:
                    continue
                registered, done = counted or (0, 0)
                frozen = "\t".join([NULL] * 3)
                if run.over:
                    owes, has = place.level == 3, (campaign, place.key) in self.planned
                    frozen = f"{place.headcount}\t{int(owes)}\t{int(owes and has)}"
                lines.append(
                    f"{next(keys)}\t{campaign}\t{place.key}\t{place.path}\t{registered}\t{done}\t{frozen}{tail}"
                )
            yield "".join(lines)

    def subtree(self, place):
        """A unit and all below it."""
        return [place] + [one for below in place.below for one in self.subtree(below)]
