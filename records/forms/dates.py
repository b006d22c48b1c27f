"""Days as people type them: 1/2/1990, 01-02-1990, 01021990; of some only the month or the year is known."""

import re
from calendar import monthrange

from django import forms
from django.utils.translation import gettext as _

from records.sheets.cells import PartialDate, UnreadableCell, read_date
from records.templatetags.marks import partial_date
from records.vietnamese import normalise

TOGETHER = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
NUMBERS = re.compile(r"^(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})$")
SHORT_YEAR = re.compile(r"^\d{1,2}\s*[/.\- ]\s*\d{1,2}\s*[/.\- ]\s*\d{2}$")
FIRST_YEAR = 1900


def read_typed(text):
    """What was typed as a PartialDate, None for nothing; raises ValidationError that says what is wrong with it."""
    text = normalise(text)
    if SHORT_YEAR.match(text):
        raise forms.ValidationError(_("“%(text)s”: write the year in four digits.") % {"text": text})
    if match := TOGETHER.match(text) or NUMBERS.match(text):
        day, month, year = map(int, match.groups())
        refuse_unreal(day, month, year)
        text = f"{day}/{month}/{year}"
    try:
        found = read_date(text)
    except UnreadableCell as error:
        raise forms.ValidationError(str(error)) from error
    if found and found.day.year < FIRST_YEAR:
        raise forms.ValidationError(_("The year %(year)s lies before 1900.") % {"year": found.day.year})
    return found


def refuse_unreal(day, month, year):
    """Raises ValidationError that says why no calendar has the day."""
    written = {"date": f"{day:02d}/{month:02d}/{year:04d}", "month": month}
    if not 1 <= month <= 12:
        raise forms.ValidationError(_("%(date)s does not exist: there is no month %(month)s.") % written)
    if not year:
        raise forms.ValidationError(_("%(date)s does not exist.") % written)
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        said = _("%(date)s does not exist: month %(month)s has %(days)s days.")
        raise forms.ValidationError(said % {**written, "days": days})


class TypedDateField(forms.DateField):
    """A day, with or without its separators."""

    widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value):
        if value in self.empty_values or not isinstance(value, str):
            return super().to_python(value)
        found = read_typed(value)
        if found is None:
            return None
        if found.precision != "day":
            said = _("“%(text)s” is not a whole date. Write day, month and year, for example 28/11/2020.")
            raise forms.ValidationError(said % {"text": value})
        return found.day


class PartialDateField(forms.DateField):
    """A day, or as much of it as is known: 05/1990 or 1990; cleans to a PartialDate or None."""

    widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, PartialDate):
            return value or None
        return read_typed(str(value))

    def has_changed(self, initial, data):
        try:
            return self.to_python(initial) != self.to_python(data)
        except forms.ValidationError:
            return True

    def written(self, day, precision):
        """A stored date as the box shows it."""
        return partial_date(day, precision)
