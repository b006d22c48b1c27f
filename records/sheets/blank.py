"""An empty workbook for a kind of list: its columns, and a second sheet that says what each of them takes."""

from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .planning import Field, Kind, Type

WORDS = 8


def blank_workbook(kind: Kind) -> bytes:
    """Return an xlsx with the header of the kind and no rows; what it takes stands on the second sheet."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    fields = [known for known in kind.fields if known.name != "ordinal"]
    sheet = book.add_worksheet(_("List"))
    for place, known in enumerate(fields):
        # As text: a card number keeps its leading nought, a date is read as it was typed.
        sheet.set_column(place, place, max(14, len(header(known)) + 2), text)
        sheet.write_string(0, place, header(known), bold)
    sheet.freeze_panes(1, 0)
    guide = book.add_worksheet(_("Guide"))
    guide.set_column(0, 0, 34, wrapped)
    guide.set_column(1, 1, 80, wrapped)
    guide.write_row(0, 0, [_("Column"), _("What it takes")], bold)
    for place, known in enumerate(fields, start=1):
        guide.write_row(place, 0, [header(known), what(known)], wrapped)
    guide.write_string(
        len(fields) + 2, 1, _("An empty cell erases nothing; where something is to be erased, write (xoá)."), wrapped
    )
    book.close()
    return stream.getvalue()


def header(known: Field) -> str:
    """Return the header of a column: the first it goes by, which is Vietnamese."""
    return known.synonyms[0] if known.synonyms else str(capfirst(str(known.title)))


def what(known: Field) -> str:
    """Return what a column takes, in a sentence or two."""
    parts: list[Any] = [_("Must be filled in.") if known.required else _("May stay empty.")]
    if known.type == Type.DATE:
        parts.append(_("A date: 28/11/2020; where no more is known 11/2020 or 2020.") if known.partial
                     else _("A whole date: 28/11/2020."))  # fmt: skip
    elif known.type == Type.CHOICE:
        first: dict[Any, str] = {}
        for word, value in known.words.items():
            first.setdefault(value, word)
        parts.append(_("One of these words: %(words)s.") % {"words": ", ".join(list(first.values())[:WORDS])})
    elif known.type == Type.NUMBER:
        parts.append(_("A number: 1.234,5."))
    elif known.type == Type.YEAR:
        parts.append(_("A year in four digits."))
    elif known.longest:
        parts.append(_("Text, at most %(most)d characters.") % {"most": known.longest})
    return " ".join(str(part) for part in parts)
