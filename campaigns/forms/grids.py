"""Grids of a unit's people in a campaign: read from what was typed, judged row by row, saved all at once."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from campaigns.grids import NOTHING, TICK, Unreadable, is_untouched, read_cell, version_of
from campaigns.models import Campaign, Pledge, Registration
from campaigns.ranking import Row as Figures
from campaigns.templatetags.campaign_parts import quantity
from records.models import Member, Unit
from records.paging import keyset_page

VERSION = "v-"
# A page of fifty and what a script may add; more is no page of ours.
MOST_ROWS = 200
UNREADABLE = {
    "number": _("“%(text)s” is not a number yet"),
    "two_ways": _("“%(text)s” can be read in two ways: write it like 1200 or like 1,2"),
    "precise": _("“%(text)s” has more than two decimals"),
    "negative": _("A quantity is not negative."),
    "large": _("“%(text)s” is too large"),
}
Status = Registration.Status
# What was sent and is not in the register.
FAILED = ("wrong", "conflict", "asks", "locked")


@dataclass
class Column:
    """Something entered of each person: a quantity in a measure, a tick, or one of a few choices."""

    key: str
    name: str
    measure: str = ""
    kind: str = "number"
    choices: tuple = ()
    total: Decimal | None = None
    # What the total has beyond the page's own boxes.
    rest: Decimal = Decimal(0)


@dataclass
class Row:
    """A person, what the register has of the person in the campaign, and what was sent of them."""

    member: Member
    registration: Registration | None = None
    pledges: dict = field(default_factory=dict)
    cells: dict = field(default_factory=dict)
    version: str = ""
    # Why nothing can be entered, empty where it can.
    fixed: str = ""
    is_off: bool = False
    saved: tuple | None = None
    typed: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    outcome: str = ""
    is_fresh: bool = False
    # Of a row that somebody else changed: the cells they filled.
    kept: list = field(default_factory=list)
    url: str = ""

    @property
    def pk(self):
        return self.member.pk

    @property
    def year(self):
        return f"{self.member.birth_date:%Y}" if self.member.birth_date else "?"

    @property
    def about(self):
        """What tells the person from a namesake and why the person is in the list."""
        member, place = self.member, self.registration.unit_id if self.registration else None
        standing = "" if member.standing == member.Standing.FULL else member.get_standing_display()
        visits = _("temporarily attached") if member.attached_to_id and not self.is_off else ""
        is_gone = place and not self.is_off and place not in (member.unit_id, member.attached_to_id)
        left = _("has left the unit") if is_gone else ""
        return [str(part) for part in (self.year, member.position, standing, visits, left) if part]

    @property
    def status(self):
        return self.registration.status if self.registration else ""

    @property
    def is_held(self):
        """Whether its boxes hold what is not in the register."""
        return bool(self.typed)

    @property
    def is_refused(self):
        """Whether it was sent and could not be saved."""
        return self.outcome in FAILED


@dataclass
class Cell:
    """One cell as the page shows it: what stands in its box, what the register has, what is wrong, what was pledged."""

    column: Column
    text: str
    was: str
    error: str = ""
    # What stands beside the box to compare with, and what "done as pledged" writes into it.
    beside: str = ""
    pledged: str = ""


def written(value):
    """A cell's value as its box shows it."""
    return quantity(value) if isinstance(value, Decimal) else value


class Grid:
    """Rows of a unit's people; a subclass says who they are, what its columns hold and how a row is saved."""

    SIZE = 50
    link = ""
    is_about_results = False
    # The pledges that are ticks in a column of ticks.
    ticked = Q()

    def __init__(self, campaign, unit, user, on):
        self.campaign, self.unit, self.user, self.on = campaign, unit, user, on
        self.rows, self.paging = [], None
        self.errors = {}

    # What the page shows

    @cached_property
    def activities(self):
        return list(self.campaign.activities.order_by("order", "pk"))

    @cached_property
    def may_edit(self):
        return self.user.may(self.user.EDITORS, self.unit.path)

    @property
    def is_open(self):
        """Whether the user may enter anything now."""
        return self.may_edit and not self.closed_because

    @cached_property
    def registrations(self):
        """Those that count in this unit, wherever the person is today."""
        return Registration.objects.filter(campaign=self.campaign, unit=self.unit)

    def open(self, params):
        """Read the page of rows that the address asks for, with when and by whom each was last changed."""
        self.paging = keyset_page(self.people(), ["sort_key", "pk"], params, self.SIZE)
        self.rows = self.rows_of(self.paging.rows)
        known = [row.registration.pk for row in self.rows if row.registration]
        changes = Registration.objects.filter(pk__in=known).last_changes() if known else {}
        for row in self.rows:
            if row.registration and (change := changes.get(row.registration.pk)):
                row.saved = change.history_date, change.history_user
        self.add_up()
        return self

    def rows_of(self, members, lock=False):
        """The rows of some people; locked, they stay as they are until the transaction ends."""
        found = Registration.objects.filter(campaign=self.campaign, member__in=members).order_by("pk")
        # Another unit's name is said where the person registered there.
        found = found.select_for_update(of=("self",), no_key=True) if lock else found
        registrations = {r.member_id: r for r in found.select_related("unit")}
        pledges = {}
        for pledge in Pledge.objects.filter(registration__in=registrations.values()):
            pledges.setdefault(pledge.registration_id, {})[str(pledge.activity_id)] = pledge
        rows = []
        for member in members:
            self.place(member)
            registration = registrations.get(member.pk)
            row = Row(member, registration, pledges.get(registration.pk, {}) if registration else {})
            row.fixed = self.fixed_because(row)
            if self.unit.pk in (member.unit_id, member.attached_to_id):
                row.url = reverse("records:staff_member_detail", args=[member.public_id])
            self.describe(row)
            rows.append(row)
        return rows

    def place(self, member):
        """Spare a query for each person's unit."""
        if member.unit_id == self.unit.pk:
            member.unit = self.unit
        if member.attached_to_id == self.unit.pk:
            member.attached_to = self.unit

    def describe(self, row):
        """Say what a row's cells hold and mark its version."""
        row.cells = self.cells_of(row)
        registration = row.registration
        row.version = version_of(row.cells, row.status, registration.rating if registration else "")

    def shown(self, row):
        """A row's cells; None where there is nothing to enter in a column."""
        cells = []
        for column in self.columns:
            if (value := row.cells.get(column.key)) is None:
                cells.append(None)
                continue
            was = written(value)
            text = row.typed.get(column.key, was)
            cells.append(Cell(column, text, was, row.errors.get(column.key, ""), *self.beside(row, column)))
        return cells

    def beside(self, row, column):
        """What stands beside a box to compare with, and what a button may write into it."""
        return "", ""

    @property
    def lines(self):
        """Each row with its cells and whether they are boxes."""
        return [(row, self.shown(row), self.is_boxed(row)) for row in self.rows]

    @property
    def refused(self):
        """The rows that were sent and not saved."""
        return [row for row in self.rows if row.is_refused]

    def is_boxed(self, row):
        """Whether a row's cells are boxes to type in."""
        return self.is_open and not row.fixed

    def add_up(self):
        """Add up the columns of quantities over the whole unit, and what of it lies outside the page's boxes."""
        totals = {}
        if self.paging.previous_url or self.paging.next_url:
            chosen = Pledge.objects.filter(registration__in=self.registrations.exclude(status=Status.WITHDRAWN))
            sums = {"amount": Sum(self.summed), "ticks": Count("pk", filter=self.ticked)}
            for key, amount, ticks in chosen.values_list("activity").annotate(**sums):
                totals[str(key)] = amount or Decimal(0), ticks
        for column in self.columns:
            if column.kind == "rating" or column.key == "done":
                continue
            shown = [(self.is_boxed(row), row.cells.get(column.key, NOTHING)) for row in self.rows if self.counts(row)]
            here = sum(self.weight(column, value) for _boxed, value in shown)
            boxed = sum(self.weight(column, value) for is_boxed, value in shown if is_boxed)
            amount, ticks = totals.get(column.key, (None, None))
            column.total = here if amount is None and not totals else (ticks if column.kind == "tick" else amount) or 0
            column.total = Decimal(column.total)
            column.rest = column.total - boxed

    def counts(self, row):
        return row.registration and row.status != Status.WITHDRAWN and row.registration.unit_id == self.unit.pk

    @staticmethod
    def weight(column, value):
        if column.kind == "tick":
            return Decimal(value != NOTHING)
        return value if isinstance(value, Decimal) else Decimal(0)

    @cached_property
    def figures(self):
        """The unit's own eligible, registered and done, against the campaign's target."""
        tally = self.campaign.tallies.filter(unit=self.unit).first()
        frozen = tally.eligible if tally and self.campaign.status == Campaign.Status.CLOSED else None
        return Figures(
            eligible=self.unit.headcount if frozen is None else frozen,
            registered=tally.registered if tally else 0,
            done=tally.done if tally else 0,
            target=self.campaign.target_member_rate,
        )

    def neighbours(self):
        """The units before and after this one among those of the same superior that the user may see."""
        beside = self.campaign.units().visible_to(self.user).filter(parent=self.unit.parent_id)
        key, pk = self.unit.sort_key, self.unit.pk
        before = beside.filter(Q(sort_key__lt=key) | Q(sort_key=key, pk__lt=pk)).order_by("-sort_key", "-pk").first()
        after = beside.filter(Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=pk)).order_by("sort_key", "pk").first()
        return before, after

    # What was sent

    def save(self, data):
        """Save every row that was sent and can be saved; returns the rows sent, each with its outcome.

        same: nothing to do. saved. wrong: see errors. conflict: somebody else changed it since the page was opened.
        asks: emptied, which is no withdrawal. locked: see fixed. The others are saved whatever becomes of one.
        """
        asked = [name[len(VERSION) :] for name in data if name.startswith(VERSION)][:MOST_ROWS]
        keys = [int(key) for key in asked if key.isascii() and key.isdigit() and len(key) < 19]
        with transaction.atomic():
            # Before people and registrations, in the order of all who write them; rows of one unit are saved in turn.
            Unit.objects.filter(pk=self.unit.pk).hold()
            self.campaign.refresh_from_db(fields=["status"])
            self.__dict__.pop("closed_because", None)
            members = list(self.people().filter(pk__in=keys).order_by("pk"))
            rows = self.rows_of(members, lock=True)
            for row in rows:
                self.judge(row, data)
            saved = [row for row in rows if row.outcome == "saved"]
            if saved:
                self.write(saved)
        for row in saved:
            self.describe(row)
            row.saved, row.is_fresh = (timezone.now(), self.user), True
        self.tell(rows)
        self.errors = {row.pk: row.outcome for row in rows if row.outcome in FAILED}
        return rows

    def judge(self, row, data):
        """Decide what becomes of a row that was sent."""
        texts = {column.key: data.get(f"{row.pk}-{column.key}", "").strip() for column in self.columns_of(row)}
        sent = data.get(f"{VERSION}{row.pk}", "")
        self.read(row, texts)
        if not row.errors and (is_untouched(sent, row.values) or row.values == row.cells):
            row.outcome = "same"
        elif row.fixed or not self.is_open:
            row.outcome, row.errors = "locked", {}
            row.fixed = row.fixed or self.closed_because
        elif row.errors:
            row.outcome = "wrong"
            row.version = sent
        elif sent != row.version:
            row.outcome = "conflict"
        else:
            row.outcome = self.accept(row)
        row.typed = texts if row.outcome in FAILED else {}

    def read(self, row, texts):
        """Turn a row's texts into values, or into a sentence for each cell that cannot be read."""
        kinds = {column.key: column for column in self.columns}
        for key, text in texts.items():
            try:
                row.values[key] = self.value(kinds[key], text)
            except Unreadable as error:
                row.errors[key] = UNREADABLE[error.code] % {"text": text[:20]}

    def value(self, column, text):
        """A cell's value; raises Unreadable."""
        if column.kind == "rating":
            if text not in dict(column.choices):
                raise Unreadable("number")
            return text
        if column.kind == "tick":
            return TICK if text and text != "0" else NOTHING
        return read_cell(text[:40], get_format("DECIMAL_SEPARATOR"))

    def tell(self, rows):
        """For rows that somebody else changed meanwhile: who and when."""
        disputed = [row for row in rows if row.outcome == "conflict" and row.registration]
        if not disputed:
            return
        changes = Registration.objects.filter(pk__in=[row.registration.pk for row in disputed]).last_changes()
        for row in disputed:
            row.kept = [cell for cell in self.shown(row) if cell and cell.was]
            if change := changes.get(row.registration.pk):
                row.saved = change.history_date, change.history_user

    def keep_typed(self, failed):
        """Put what could not be saved back into the rows of the page."""
        typed = {row.pk: row for row in failed}
        for row in self.rows:
            if one := typed.get(row.pk):
                row.typed, row.errors, row.outcome, row.version = one.typed, one.errors, one.outcome, one.version
                row.kept = one.kept

    def picked(self, data):
        """The rows of the page whose boxes were ticked."""
        keys = set(data.getlist("pick"))
        return [row for row in self.rows if str(row.pk) in keys and self.is_boxed(row)]
