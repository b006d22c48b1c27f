"""Forms of imports: the file or the rows pasted, what the columns are, why something is returned or taken back."""

import tempfile
from pathlib import Path

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.forms.suggest import SuggestField
from records.imports import ending
from records.mapping import look_at, said_of, template_for
from records.models import AwardType, ColumnTemplate, Unit
from records.sheets.cells import UnreadableCell, read_date
from records.sheets.formats import Limits
from records.sheets.kinds import find_kind, kinds
from records.sheets.planning import Context, Type
from records.sheets.reading import UnreadableSheet

LONGEST_PASTE = 2_000_000
LONGEST_NAME = 200
NOT_READ = "-"
ENDINGS = ".xlsx,.xlsm,.xlsb,.xls,.ods,.csv,.tsv,.txt"


class ImportForm(forms.Form):
    """A file, or rows copied out of a spreadsheet, and what it is a list of; the file is opened before it is taken."""

    kind = forms.ChoiceField(label=_("What the list is of"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Spreadsheet file"),
        required=False,
        help_text=_("Excel (xlsx, xls), OpenDocument (ods), csv or tsv, at most 20 MB. It need not follow our form."),
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        error_messages={"empty": _("The file is empty."), "invalid": _("Choose the file again.")},
    )
    pasted = forms.CharField(
        label=_("Or rows copied from Excel"),
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        help_text=_("Mark the rows in Excel together with their header, copy, click here and paste."),
        widget=forms.Textarea(attrs={"rows": 6, "wrap": "off", "spellcheck": "false", "class": "paste"}),
        error_messages={"max_length": _("That is too much to paste: save the list as a file and choose it above.")},
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("For which of your units"), empty_label=None, required=False
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.look, self.template = user, None, None
        self.fields["kind"].choices = [(code, capfirst(str(kind.title))) for code, kind in kinds().items()]
        keys = {posting.unit_id for posting in user.postings_on() if posting.role in user.EDITORS}
        self.units = Unit.objects.filter(pk__in=keys).order_by("path")
        if len(keys) > 1:
            self.fields["unit"].queryset, self.fields["unit"].required = self.units, True
        else:
            del self.fields["unit"]

    @property
    def sources(self):
        """The two boxes of which one is to be filled."""
        return [self["file"], self["pasted"]]

    def clean_pasted(self):
        return self.cleaned_data["pasted"].replace("\x00", "") if self.cleaned_data["pasted"].strip() else ""

    def clean(self):
        cleaned = super().clean()
        file, pasted = cleaned.get("file"), cleaned.get("pasted")
        if {"file", "pasted", "kind"} & self.errors.keys():
            return cleaned
        if file and pasted:
            self.add_error(
                "pasted", _("Send either a file or pasted rows, not both: empty this box, or do without the file.")
            )
        elif not file and not pasted:
            self.add_error("file", _("Choose a file, or paste rows below."))
        else:
            self.open("file" if file else "pasted", find_kind(cleaned["kind"]))
        return cleaned

    def open(self, name, kind):
        """Look into what was sent; whatever is wrong with it becomes an error of its field."""
        file = self.cleaned_data["file"]
        if file and file.size > Limits().file_bytes:
            said = _("The file is too large: %(size)d MB, where at most %(most)d MB is taken. Split the list.")
            params = {"size": -(-file.size // 1_000_000), "most": Limits().file_bytes // 1_000_000}
            return self.add_error(name, ValidationError(said, params=params))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"list{ending(self.sent_name)}"
            path.write_bytes(self.content)
            try:
                self.look = look_at(path, kind, Context(self.user, timezone.localdate()), name=self.sent_name)
            except UnreadableSheet as refusal:
                return self.add_error(name, ValidationError(str(refusal)))
        self.template = template_for(self.user, kind, self.look)
        return None

    @property
    def content(self):
        """What was sent, as bytes."""
        file = self.cleaned_data["file"]
        if not file:
            return self.cleaned_data["pasted"].encode("utf-8", "replace")
        file.seek(0)
        return file.read()

    @property
    def sent_name(self):
        """The name the list goes by."""
        file = self.cleaned_data["file"]
        if file:
            name = Path(file.name.replace("\\", "/")).name or "list"
            return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending(name))] + ending(name)
        return f"{_('Pasted')} {timezone.localtime():%H:%M %d/%m/%Y}.tsv"

    @property
    def sender(self):
        """The unit that sends it: the one chosen, or the only one there is."""
        return self.cleaned_data["unit"] if "unit" in self.fields else self.units.first()


class ColumnsForm(forms.Form):
    """What each column is, what holds for every row, and whether to keep that for the sender's next file."""

    keep = forms.BooleanField(label=_("Keep this way of reading for the next file of this sender"), required=False)
    sender = forms.CharField(
        label=_("Who sends such files"), required=False, max_length=80,
        help_text=_(
            "A name for yourself, for example “Party committee of Châu Đức”. A file with the same header is then read "
            "the same way."
        ),
    )  # fmt: skip

    def __init__(self, *args, look, batch, user, template=None, **kwargs):
        self.look, self.batch, self.user, self.kind = look, batch, user, look.kind
        super().__init__(*args, **kwargs)
        fields = [(known.name, capfirst(str(known.title))) for known in self.kind.fields]
        choices = [(NOT_READ, _("not read")), *fields]
        for place, column in enumerate(look.columns):
            said = batch.columns.get(column.key, column.guess or NOT_READ)
            label = f"{column.letter} “{column.label}”" if column.label else column.letter
            self.fields[f"column-{place}"] = forms.ChoiceField(label=label, choices=choices, initial=said)
        for name in self.kind.settings:
            self.fields[f"fixed-{name}"] = fixed_field(self.kind, name, user, batch.fixed.get(name, ""))
        if template:
            self.fields["sender"].initial = template.name

    @property
    def columns(self):
        """Each column with its box."""
        return [(column, self[f"column-{place}"]) for place, column in enumerate(self.look.columns)]

    @property
    def fixed(self):
        """The boxes of what holds for all rows."""
        return [self[f"fixed-{name}"] for name in self.kind.settings]

    @property
    def is_fixed(self):
        return bool(self.batch.fixed) or any(field.errors for field in self.fixed)

    def clean(self):
        cleaned = super().clean()
        taken = {}
        for column, box in self.columns:
            name = cleaned.get(box.name, NOT_READ)
            known = self.kind.field(name)
            if known and name in taken and not known.several:
                said = _("Column %(first)s is “%(field)s” already; a list has only one.")
                params = {"first": taken[name], "field": known.title}
                self.add_error(box.name, ValidationError(said, params=params))
            taken.setdefault(name, column.letter)
        for known in self.kind.fields:
            if known.required and known.name not in taken and not cleaned.get(f"fixed-{known.name}"):
                said = _("No column is “%(field)s” yet. Choose which one it is.")
                self.add_error(None, ValidationError(said, params={"field": known.title}))
        if cleaned.get("keep") and not cleaned.get("sender"):
            self.add_error("sender", _("Give the sender a name, so that you know it again."))
        return cleaned

    @property
    def said(self):
        """What was said of the columns beyond the guess."""
        names = [self.cleaned_data[box.name] for _column, box in self.columns]
        return said_of(self.look.columns, ["" if name == NOT_READ else name for name in names])

    @property
    def values(self):
        """What holds for every row, as the planner reads it."""
        found = {}
        for name in self.kind.settings:
            value = self.cleaned_data.get(f"fixed-{name}")
            if value:
                found[name] = setting_text(value)
        return found

    def store_template(self):
        """Keep the way of reading under the sender's name, in place of one kept before."""
        ColumnTemplate.objects.update_or_create(
            user=self.user, kind=self.kind.code, name=self.cleaned_data["sender"],
            defaults={"signature": self.look.signature, "columns": self.said, "fixed": self.values},
        )  # fmt: skip


class CellField(forms.CharField):
    """A value for all rows that is read as the cells of its column are."""

    def __init__(self, known, **kwargs):
        super().__init__(max_length=known.longest or 255, required=False, **kwargs)
        self.known = known

    def clean(self, value):
        value = super().clean(value)
        if value and self.known.type in (Type.DATE, Type.YEAR):
            try:
                found = read_date(value)
            except UnreadableCell as refusal:
                raise ValidationError(str(refusal)) from refusal
            if self.known.type == Type.DATE and not self.known.partial and found.precision != "day":
                raise ValidationError(_("Write day, month and year, for example 28/11/2020."))
        return value


# Settings that name a record, and how it is written for the planner that looks it up again.
UNITS = {"unit", "above", "keeper", "from", "to"}


def fixed_field(kind, name, user, said):
    """The box for what holds in all rows for a field."""
    known = kind.field(name)
    given = {"label": capfirst(str(known.title)) if known else name, "required": False}
    if name in kind.offers:
        title, offered = kind.offers[name]
        given["label"] = capfirst(str(title))
        return forms.ChoiceField(choices=[("", _("as the file says")), *offered(user)], initial=said, **given)
    if name in UNITS:
        units = Unit.objects.editable_by(user).select_related("parent").order_by("sort_key")
        initial = Unit.objects.editable_by(user).filter(code=said).first() if said else None
        return SuggestField(units, kind="unit", initial=initial, **given)
    if name == "type":
        rows = AwardType.objects.visible_to(user).order_by("precedence", "pk")
        initial = rows.filter(name=said).first() if said else None
        return SuggestField(rows, kind="award_type", initial=initial, **given)
    if known is None:
        return forms.CharField(max_length=255, initial=said, **given)
    if known.type == Type.CHOICE:
        choices = [("", _("as the rows say")), *words_of(known)]
        return forms.ChoiceField(choices=choices, initial=said, **given)
    return CellField(known, initial=said, label=given["label"])


def setting_text(value):
    """A value for all rows as the planner reads it."""
    if isinstance(value, Unit):
        return value.code
    return value.name if isinstance(value, AwardType) else str(value)


def words_of(known):
    """The words a field of choices takes, one for each value: pairs for a select."""
    first = {}
    for word, value in known.words.items():
        first.setdefault(value, word)
    return [(word, capfirst(word)) for word in first.values()]


class ReasonForm(forms.Form):
    """Why something is returned or taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why; it is kept.")},
    )
