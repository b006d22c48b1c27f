"""Finding the list in a sheet: the header under its titles, which column is which field, which sheets are no lists."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from records.vietnamese import fold

from . import codes
from .codes import CodeList
from .headers import IGNORE, Matcher, find_header, force_header, guess_header, letter
from .layout import Column, Layout, PassedOver, signature
from .legacy import convert_legacy
from .planning import Kind
from .reading import Sheet, UnreadableSheet, Workbook

__all__ = [
    "IGNORE", "Choice", "Column", "Layout", "PassedOver", "choose", "letter", "recognise", "signature",
]  # fmt: skip

GUIDANCE = re.compile(r"\b(?:huong dan|mau|vi du|example|sample|template|guide|readme|danh muc|danhmuc)\b")


@dataclass(slots=True)
class Choice:
    """The sheets of a workbook that are lists of the kind, those passed over, notes about the text, and code lists."""

    layouts: list[Layout]
    passed_over: list[PassedOver]
    notes: list[str] = field(default_factory=list)
    code_lists: list[CodeList] = field(default_factory=list)


def choose(
    workbook: Workbook,
    kind: Kind,
    *,
    only: str | None = None,
    overrides: Mapping[str, str] | None = None,
    header: int | None = None,
    lenient: bool = False,
) -> Choice:
    """Recognise every sheet that is a list of the kind; `only` names one sheet and takes it even if hidden or a guide.

    `overrides` and `header` are those of `recognise`, `lenient` takes sheets that only look like a list, for a screen
    on which somebody says what their columns are. Raises UnreadableSheet where the named sheet does not exist, is no
    such list, or where no sheet is.
    """
    names = [sheet.name for sheet in workbook.sheets]
    if only is not None and only not in names:
        raise UnreadableSheet(
            _("There is no sheet “%(name)s” in the file; its sheets are: %(names)s.")
            % {"name": only, "names": ", ".join(names)}
        )
    choice = Choice([], [])
    choice.code_lists = _find_code_lists(workbook, kind, only, overrides)
    for sheet in workbook.sheets:
        if only is not None and sheet.name != only:
            continue
        reason = "" if only is not None else _why_pass_over(sheet, choice.code_lists)
        if not reason:
            notes = convert_legacy(sheet)
            layout = recognise(
                sheet, kind, overrides=overrides, header=header, lenient=lenient, code_lists=choice.code_lists
            )
            reason = _why_no_list(sheet, layout, kind, lenient)
            if layout is not None and not reason:
                choice.layouts.append(layout)
                choice.notes += [f"{sheet.name}: {note}" for note in notes + layout.notes]
        if reason:
            choice.passed_over.append(PassedOver(sheet.name, reason))
    if not choice.layouts:
        raise UnreadableSheet(_explain_none(choice, kind))
    return choice


def _find_code_lists(
    workbook: Workbook, kind: Kind, only: str | None, overrides: Mapping[str, str] | None
) -> list[CodeList]:
    """Return the code lists of the sheets that are not read as lists themselves."""
    found = []
    for sheet in workbook.sheets:
        if len(workbook.sheets) == 1 or sheet.name == only:
            continue
        hidden = not sheet.visible or codes.is_named_as_list(sheet)
        if hidden or recognise(sheet, kind, overrides=overrides) is None:
            found += codes.find_code_lists(sheet)
    return found


def _explain_none(choice: Choice, kind: Kind) -> str:
    told = "; ".join(f"“{passed.sheet}”: {passed.reason.rstrip('.')}" for passed in choice.passed_over[:5])
    return _("No sheet of the file is read as a list of the kind “%(kind)s”. %(told)s.") % {
        "kind": kind.title,
        "told": told,
    }


def _why_pass_over(sheet: Sheet, code_lists: Sequence[CodeList]) -> str:
    coded = any(known.sheet == sheet.name for known in code_lists)
    if coded and (not sheet.visible or codes.is_named_as_list(sheet)):
        return _("A list of codes; it is used to read the codes in the other sheets.")
    if not sheet.visible:
        return _("The sheet is hidden.")
    if GUIDANCE.search(fold(sheet.name)):
        return _("By its name, the sheet is a guide or a form, not a list.")
    return ""


def _why_no_list(sheet: Sheet, layout: Layout | None, kind: Kind, lenient: bool) -> str:
    if not sheet.lines:
        return _("The sheet is empty.")
    if layout is None:
        required = ", ".join(f"“{known.title}”" for known in kind.fields if known.required)
        if not required:
            return _("No header row was found.")
        return _("No header row with a column %(required)s was found.") % {"required": required}
    if not lenient and layout.missing:
        required = ", ".join(f"“{known.title}”" for known in layout.missing)
        return _("The header in row %(row)d has no column %(required)s.") % {
            "row": layout.header_top,
            "required": required,
        }
    rows = sheet.lines_after(layout.header_bottom) if lenient else layout.scan()
    if next(iter(rows), None) is None:
        return _("There is no row below the header.")
    return ""


def recognise(
    sheet: Sheet,
    kind: Kind,
    *,
    overrides: Mapping[str, str] | None = None,
    header: int | None = None,
    lenient: bool = False,
    code_lists: Sequence[CodeList] = (),
) -> Layout | None:
    """Find the header and what its columns are; None where the sheet is no list of this kind.

    `overrides` maps a column, by its letter or its header, to a field's name, or to "-" to set it aside. `header` is
    the number of the row in which the header begins, where somebody knows better, 0 where there is none; then, and
    where `lenient` is set, a layout comes back even if required fields are `missing`, and a wide first row counts as
    the header.
    """
    matcher = Matcher(sheet, kind, overrides or {}, code_lists)
    if header == 0:
        return Layout(sheet, kind, _lettered(sheet, matcher, whole=True), [], 0)
    if header is not None:
        found = force_header(sheet, matcher, header)
    else:
        found = find_header(sheet, matcher) or (guess_header(sheet, matcher) if lenient else None)
    if found:
        return Layout(sheet, kind, *found)
    # Columns named by letter need no header: a plain export without one.
    columns = _lettered(sheet, matcher)
    return Layout(sheet, kind, columns, [], 0) if matcher.score(columns) else None


def _lettered(sheet: Sheet, matcher: Matcher, *, whole: bool = False) -> list[Column]:
    width = max((len(line.cells) for line in sheet.head), default=0)
    return matcher.columns({index: [""] for index in range(width)}, 0, whole=whole)
