"""Columns and constraints that several models share."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Crockford's alphabet without i, l, o, u: what is read off paper cannot be mistaken.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


class ExactField(models.CharField):
    """Text that is looked up whole.

    Django gives an indexed `varchar` of PostgreSQL a second index for LIKE, which every row written pays for; by the
    type's other name it does not.
    """

    def db_type(self, connection):
        kind = super().db_type(connection)
        return kind.replace("varchar", "character varying", 1) if connection.vendor == "postgresql" else kind


class KeyField(ExactField):
    """Text compared byte by byte, so that order and prefix ranges agree on both databases.

    SQLite compares so by itself; PostgreSQL needs the "C" collation, under which a plain index serves prefixes too.
    """

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 255)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection):
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


class DatePrecision(models.TextChoices):
    """How much of a date is known; the unknown part is stored as 1."""

    DAY = "day", _("day")
    MONTH = "month", _("month and year")
    YEAR = "year", _("year")


def new_public_id():
    """A short code for a permanent address: eight characters, 2⁴⁰ values, not guessable in sequence."""
    return public_id_of(int.from_bytes(secrets.token_bytes(5)))


def public_id_of(number):
    """The code that stands for a number below 2⁴⁰."""
    return PAIRS[number >> 30] + PAIRS[number >> 20 & 1023] + PAIRS[number >> 10 & 1023] + PAIRS[number & 1023]


def one_of(field, choices, name):
    """A database constraint that holds a column to its choices, which `choices=` alone does not."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=name,
        violation_error_message=_("Choose one of the listed values."),
    )


def ordered(start, end, name, message):
    """A period, open while `end` is null, does not end before it starts."""
    return models.CheckConstraint(
        condition=Q(**{f"{end}__isnull": True})
        | Q(**{f"{start}__isnull": True})
        | Q(**{f"{end}__gte": models.F(start)}),
        name=name,
        violation_error_message=message,
    )
