"""The grid in which a unit's people are registered for a campaign."""

from decimal import Decimal
from functools import cached_property

from django.db.models import F, Q
from django.utils.translation import gettext as _

from campaigns.forms.grids import UNREADABLE, Column, Grid, written
from campaigns.grids import NOTHING, TICK, Unreadable
from campaigns.models import Campaign, Pledge, Registration
from records.models import Member
from records.models.members import PRESENT
from records.vietnamese import fold

Status = Registration.Status


class RegistrationGrid(Grid):
    """Who of a unit registers for what: a filled row is a registration, an emptied one asks to be withdrawn."""

    link = "campaigns:staff_registration_grid"
    summed = "quantity"

    @cached_property
    def columns(self):
        return [
            Column(str(one.pk), one.name, one.measure, "number" if one.measure else "tick") for one in self.activities
        ]

    def columns_of(self, row):
        return self.columns

    @cached_property
    def closed_because(self):
        """Why nobody may enter registrations now, empty while they may."""
        match self.campaign.status:
            case Campaign.Status.LAUNCHED:
                return ""
            case Campaign.Status.DRAFT:
                return _("The campaign has not been launched yet; registrations are entered once it is.")
            case Campaign.Status.REVIEWING:
                return _("The campaign is under review: registration has ended, results may still be entered.")
            case Campaign.Status.CANCELLED:
                return _("The campaign was cancelled; nothing more is entered.")
        return _("The campaign is closed; its figures are frozen.")

    @property
    def is_late(self):
        """Whether members may no longer, or not yet, register today; a clerk still enters what came on paper."""
        return self.is_open and not self.campaign.open_on(self.on)

    def people(self):
        """Who takes part here, those exempt or away beside them, and whoever registered here and has left since."""
        here = Q(standing__in=PRESENT) & (Q(unit=self.unit) | Q(attached_to=self.unit))
        left = self.registrations.exclude(
            Q(member__standing__in=PRESENT), Q(member__unit=self.unit) | Q(member__attached_to=self.unit)
        )
        gone = list(left.values_list("member", flat=True))
        return Member.objects.filter(here | Q(pk__in=gone) if gone else here).select_related("attached_to")

    def cells_of(self, row):
        """What was chosen; nothing where the person registered elsewhere."""
        if row.is_off:
            return {}
        return {
            column.key: NOTHING
            if (pledge := row.pledges.get(column.key)) is None
            else TICK
            if pledge.quantity is None or column.kind == "tick"
            else pledge.quantity
            for column in self.columns
        }

    def fixed_because(self, row):
        """Why a row is not typed in."""
        registration, member = row.registration, row.member
        if registration and registration.unit_id != self.unit.pk:
            row.is_off = True
            name = registration.unit.short_name or registration.unit.name
            return _("Registered at %(unit)s already; a person registers once in a campaign.") % {"unit": name}
        if registration:
            return {
                Status.DONE: _("The result is entered."),
                Status.WITHDRAWN: _("Withdrawn: %(reason)s") % {"reason": registration.withdrawn_reason},
            }.get(registration.status, "")
        row.is_off = True
        if member.standing == Member.Standing.EXEMPT:
            return _("Exempt from work and meetings: does not register and is not counted.")
        if member.attached_to_id and member.attached_to_id != self.unit.pk:
            name = member.attached_to.short_name or member.attached_to.name
            return _("Temporarily attached to %(unit)s: registers and is counted there.") % {"unit": name}
        row.is_off = False
        return ""

    def value(self, column, text):
        value = super().value(column, text)
        # Spreadsheets fill empty cells with zeros; nobody registers for none of something.
        return NOTHING if value == Decimal(0) else value

    def accept(self, row):
        if all(value == NOTHING for value in row.values.values()):
            return "asks"
        for key, pledge in row.pledges.items():
            if row.values.get(key) == NOTHING and pledge.done_quantity is not None:
                row.errors[key] = _("Its result is entered already")
        return "wrong" if row.errors else "saved"

    def write(self, rows):
        """Register and change many people's choices in as many statements as for one."""
        new = [row for row in rows if row.registration is None]
        for row in new:
            row.registration = Registration(
                campaign=self.campaign, member=row.member, registered_on=self.on, status=Status.REGISTERED
            )
        if new:
            Registration.objects.enrol([row.registration for row in new])
        added, changed, struck = [], [], []
        for row in rows:
            for key, value in row.values.items():
                pledge = row.pledges.get(key)
                amount = value if isinstance(value, Decimal) else None
                if value == NOTHING:
                    if pledge is not None:
                        struck.append(row.pledges.pop(key))
                elif pledge is None:
                    row.pledges[key] = Pledge(registration=row.registration, activity_id=int(key), quantity=amount)
                    added.append(row.pledges[key])
                # A ticked box says nothing of the quantity that a sheet may have brought.
                elif value != row.cells[key]:
                    pledge.quantity = amount
                    changed.append(pledge)
        Pledge.objects.write(added, changed, struck)

    # Filling many boxes; nothing is saved by it

    def fill(self, data):
        """Write one activity and quantity into the rows ticked; returns how many, or the sentence that says why not."""
        column = next((one for one in self.columns if one.key == data.get("fill_activity")), None)
        if column is None:
            return _("Choose the activity to fill in.")
        text = TICK if column.kind == "tick" else data.get("fill_quantity", "").strip()
        try:
            value = self.value(column, text)
        except Unreadable as error:
            return str(UNREADABLE[error.code] % {"text": text[:20]})
        if value == NOTHING:
            return _("Enter the quantity for each person.")
        rows = self.picked(data)
        for row in rows:
            row.typed = {one.key: written(row.cells[one.key]) for one in self.columns} | {column.key: written(value)}
        return len(rows) or _("Tick the people to fill in first.")

    def earlier(self):
        """Other campaigns in which people of the unit registered, the newest first."""
        there = Registration.objects.filter(unit=self.unit).exclude(campaign=self.campaign).values("campaign")
        return Campaign.objects.visible_to(self.user).filter(pk__in=there).order_by("-starts_on", "-pk")

    def copy(self, earlier):
        """Write what the same people chose in an earlier campaign into their empty rows, activities matched by name;
        returns how many rows."""
        keys = {fold(one.name): one.key for one in self.columns}
        empty = {row.pk: row for row in self.rows if self.is_boxed(row) and row.registration is None}
        chosen = Pledge.objects.visible_to(self.user).filter(
            registration__campaign=earlier,
            registration__member__in=list(empty),
            registration__status__in=(Status.REGISTERED, Status.DONE),
        )
        names = {one.key: one for one in self.columns}
        for member, name, amount in chosen.values_list(
            F("registration__member"), F("activity__name"), F("quantity")
        ).order_by("pk"):
            if key := keys.get(fold(name)):
                row = empty[member]
                row.typed = row.typed or dict.fromkeys(names, "")
                row.typed[key] = TICK if amount is None or names[key].kind == "tick" else written(amount)
        return sum(row.is_held for row in empty.values())
