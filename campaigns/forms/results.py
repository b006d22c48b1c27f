"""What came of registrations: the grid of what was done, and the photos that show it."""

from decimal import Decimal
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.forms.grids import Column, Grid, written
from campaigns.grids import NOTHING, TICK
from campaigns.models import Campaign, Pledge, Registration
from campaigns.models.figures import rate
from campaigns.models.photos import refuse_unfit
from campaigns.models.registrations import COUNTED
from records.models import Member

Status = Registration.Status
DONE, RATING = "done", "rating"
MOST_PHOTOS = 20


class ResultGrid(Grid):
    """What those registered in a unit have done of what they chose, whether they are through, and how well."""

    link = "campaigns:staff_result_grid"
    is_about_results = True
    summed = "done_quantity"
    ticked = Q(done_quantity__gt=0)

    @cached_property
    def columns(self):
        chosen = [
            Column(str(one.pk), one.name, one.measure, "number" if one.measure else "tick") for one in self.activities
        ]
        ratings = (("", "–"), *((value, capfirst(label)) for value, label in Registration.Rating.choices))
        return [
            *chosen,
            Column(DONE, _("Finished"), kind="tick"),
            Column(RATING, _("Rating"), kind="rating", choices=ratings),
        ]

    @property
    def done_rate(self):
        """Finished, in percent of those registered; None where nobody is."""
        return rate(self.figures.done, self.figures.registered)

    def columns_of(self, row):
        """Results are entered of what was chosen."""
        return [column for column in self.columns if column.key in row.cells]

    @cached_property
    def closed_because(self):
        """Why nobody may enter results now, empty while they may."""
        match self.campaign.status:
            case Campaign.Status.LAUNCHED | Campaign.Status.REVIEWING:
                return ""
            case Campaign.Status.CANCELLED:
                return _("The campaign was cancelled; nothing more is entered.")
            case Campaign.Status.DRAFT:
                return _("The campaign has not been launched yet; registrations are entered once it is.")
        return _("The campaign is closed; its figures are frozen.")

    def people(self):
        """Those whose registration counts in this unit."""
        return Member.objects.filter(
            registrations__campaign=self.campaign,
            registrations__unit=self.unit,
            registrations__status__in=COUNTED,
        )

    def fixed_because(self, row):
        return ""

    def cells_of(self, row):
        """What is entered as done of each chosen activity; nought done is said, nothing said is empty."""
        registration = row.registration
        cells = {DONE: TICK if registration.status == Status.DONE else NOTHING, RATING: registration.rating}
        for column in self.activities_of(row):
            amount = row.pledges[column.key].done_quantity
            if amount is None:
                cells[column.key] = NOTHING
            elif column.kind == "tick":
                cells[column.key] = TICK if amount else NOTHING
            else:
                cells[column.key] = amount
        return cells

    def activities_of(self, row):
        return [column for column in self.columns if column.key in row.pledges]

    def beside(self, row, column):
        """What was pledged."""
        pledge = row.pledges.get(column.key)
        if pledge is None or column.kind == "tick":
            return "", TICK if pledge or column.key == DONE else ""
        amount = "" if pledge.quantity is None else written(pledge.quantity)
        return amount or "?", amount

    def accept(self, row):
        if row.status == Status.DONE and row.values[DONE] == NOTHING:
            row.errors[DONE] = _("Only an approver reopens it, with a reason")
        for column in self.activities_of(row):
            if column.kind == "number" and row.values[column.key] == TICK:
                row.errors[column.key] = _("Enter how much was done")
        return "wrong" if row.errors else "saved"

    def write(self, rows):
        """Enter many people's results in as many statements as for one."""
        finished, changed = [], []
        for row in rows:
            for column in self.activities_of(row):
                value, pledge = row.values[column.key], row.pledges[column.key]
                if value != row.cells[column.key]:
                    pledge.done_quantity = {NOTHING: None, TICK: Decimal(1)}.get(value, value)
                    changed.append(pledge)
            rating = row.values[RATING]
            is_done = row.values[DONE] == TICK or bool(rating)
            if is_done and (row.status != Status.DONE or row.registration.rating != rating):
                row.registration.rating = rating
                finished.append(row.registration)
        Pledge.objects.write(changed=changed)
        if finished:
            Registration.objects.finish_all(finished)

    def fill(self, data):
        """Write what was pledged as done into the rows ticked; returns how many, or the sentence that says why not."""
        rows = self.picked(data)
        for row in rows:
            row.typed = {key: written(value) for key, value in row.cells.items()} | {DONE: TICK}
            for column in self.activities_of(row):
                amount = row.pledges[column.key].quantity
                row.typed[column.key] = TICK if column.kind == "tick" else "" if amount is None else written(amount)
        return len(rows) or _("Tick the people to fill in first.")


class PhotosInput(forms.ClearableFileInput):
    """A box that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Several photos; each that is none is refused by its name, the others are kept."""

    widget = PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data, initial=None):
        """A pair: the photos to keep, and a sentence for each file refused; raises ValidationError without any."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        kept, refused = [], []
        for file in files[:MOST_PHOTOS]:
            try:
                refuse_unfit(super().clean(file, initial))
            except ValidationError as error:
                refused += error.messages
            else:
                kept.append(file)
        if len(files) > MOST_PHOTOS:
            refused.append(_("At most %(n)s photos are taken at once; the others were left out.") % {"n": MOST_PHOTOS})
        if not kept:
            raise ValidationError(refused)
        return kept, refused


class EvidenceForm(forms.Form):
    """Photos that show what a member did."""

    images = PhotosField(
        label=gettext_lazy("Photos"),
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, at most 10 MB each; several at once. The place and device kept inside are removed."
        ),
        error_messages={"required": gettext_lazy("Choose at least one photo.")},
    )
    caption = forms.CharField(label=gettext_lazy("What they show"), max_length=200, required=False)
