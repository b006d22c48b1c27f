"""Quantities as people print them: 1.200 or 0,5."""

import re
from decimal import Decimal

from django import forms
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from campaigns.templatetags.campaign_parts import quantity


class QuantityField(forms.DecimalField):
    """A quantity not below nought with at most two decimals, read and shown the reader's way.

    One dot or comma that cannot part thousands is a decimal one, whichever the language uses: 0.5 is never 5.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs):
        words = {
            "invalid": _("Write a number, for example 1200 or 0,5."),
            "min_value": _("A quantity is not negative."),
            "max_decimal_places": _("Write two decimals at most."),
            "max_digits": _("This number is too large."),
            "max_whole_digits": _("This number is too large."),
        }
        super().__init__(**{"min_value": 0, "max_digits": 12, "decimal_places": 2, "error_messages": words, **kwargs})

    def to_python(self, value):
        return super().to_python(plain(value) if isinstance(value, str) else value)

    def prepare_value(self, value):
        return quantity(value) if isinstance(value, Decimal) else value


def plain(text):
    """A typed number with a decimal point and nothing else in it."""
    text = "".join(text.split())
    thousands, decimal = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d*)?", text):
        text = text.replace(thousands, "")
    return text.replace(",", ".")
