"""Lists taken out and brought in again, as the pages and the worker do it."""

import io

import openpyxl
from django.http import QueryDict

from records import imports
from records.exports import Wanted, lists
from records.models import Import
from records.sheets.kinds import find_kind


def taken_out(user, code, form="xlsx", query="", columns=None, **where):
    """The file of a list, with all its columns unless told."""
    outgoing = lists()[code]
    found = outgoing.find(user, QueryDict(query), **where)
    names = tuple(part.name for part in (*outgoing.parts, *found.more)) if columns is None else columns
    file = io.BytesIO()
    Wanted(outgoing, found, user, names, form, "thử").write(file)
    return file.getvalue()


def brought_in(user, code, content, form="xlsx", **fixed):
    """An import of the file, planned."""
    batch = imports.take(user, find_kind(code), f"danh-sach.{form}", content)
    batch.fixed = fixed
    batch.save()
    batch.claim([Import.Status.MAPPING], Import.Status.PLANNING)
    imports.plan(batch)
    assert batch.status == Import.Status.PLANNED, batch.error
    return batch


def edited(content, header, row, value):
    """A workbook with one cell changed: under a header, in a row counted from 1 below it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    place = [cell.value for cell in sheet[1]].index(header) + 1
    sheet.cell(row + 1, place).value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cells(content):
    """The rows of a workbook's list as dictionaries by header."""
    header, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]
