"""A file in, its sheets out as lines of plain values; whatever is wrong with the file becomes one sentence."""

import json
import os
import subprocess  # noqa: S404
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from . import delimited
from .formats import Limits, UnreadableSheet, damaged, find_format, protected

__all__ = ["Cell", "Limits", "Line", "Merge", "Sheet", "UnreadableSheet", "Workbook", "read"]

Cell = str | float | int | date | datetime | bool | None
LINE_BYTES = 4_000_000
CHILD = Path(__file__).with_name("child.py")
SUFFIXES = {"xlsx": {".xlsx", ".xlsm", ".xlsb"}, "xls": {".xls"}, "ods": {".ods"}, "text": {".csv", ".tsv", ".txt"}}


@dataclass(slots=True)
class Line:
    """One row that holds anything: its number as a person sees it, from 1, and its values from column A."""

    number: int
    cells: list[Cell]

    def cell(self, column: int) -> Cell:
        """Return the value in the column, counted from 0; beyond the last value there is nothing."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: first and last row number from 1, first and last column from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet of a workbook; rows that hold nothing are left out of `lines`."""

    name: str
    visible: bool = True
    lines: list[Line] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)


@dataclass(slots=True)
class Workbook:
    """What a file holds, its real format ("xlsx", "xls", "ods", "text") and what the clerk should be told about it."""

    name: str
    format: str
    sheets: list[Sheet]
    notes: list[str] = field(default_factory=list)


def read(path: Path | str, *, limits: Limits | None = None) -> Workbook:
    """Read a spreadsheet file; raise UnreadableSheet, in one sentence, for any that is not one or is unsafe."""
    path, limits = Path(path), limits or Limits()
    kind = find_format(path, limits)
    try:
        sheets = [_read_text(path, limits)] if kind == "text" else _read_apart(path, limits)
    except OSError as error:
        raise UnreadableSheet(_("The file %(name)s cannot be opened.") % {"name": path.name}) from error
    if not any(sheet.lines for sheet in sheets):
        raise UnreadableSheet(_("There is nothing in the file: every sheet is empty."))
    workbook = Workbook(path.name, kind, sheets)
    if path.suffix.lower() not in SUFFIXES[kind]:
        named = {"text": _("a csv file")}.get(kind, kind)
        workbook.notes.append(
            _("The file is called %(name)s but is really %(kind)s; it is read as that.")
            % {"name": path.name, "kind": named}
        )
    return workbook


def _read_text(path: Path, limits: Limits) -> Sheet:
    lines = [Line(number, list(values)) for number, values in delimited.read_lines(path, limits)]
    is_named_as_text = path.suffix.lower() in SUFFIXES["text"]
    if not is_named_as_text and not any(len(line.cells) > 1 for line in lines):
        raise UnreadableSheet(delimited.not_a_spreadsheet())
    return Sheet(path.stem, lines=lines)


def _read_apart(path: Path, limits: Limits) -> list[Sheet]:
    """Let the child process open the file, and never wait for it, or listen to it, longer than the limits say."""
    asked = {name: getattr(limits, name) for name in ("rows", "columns", "sheets", "memory_bytes", "cpu_seconds")}
    # The child needs no settings, so it gets none: no database address, no secret key.
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and script; the path is one argument, no shell)
        [sys.executable, "-I", str(CHILD), os.path.abspath(path), json.dumps(asked)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(limits.seconds, stop)
    timer.start()
    with process:
        try:
            return _collect(_messages(process.stdout, limits), limits, late)
        finally:
            timer.cancel()
            process.kill()


def _messages(stream: IO[bytes] | None, limits: Limits) -> Iterator[Any]:
    """Yield what the child says, line by line, but never more than the limits let it say."""
    taken = 0
    while stream is not None and (line := stream.readline(LINE_BYTES)):
        taken += len(line)
        if taken > limits.output_bytes or not line.endswith(b"\n"):
            raise UnreadableSheet(_too_big())
        try:
            yield json.loads(line)
        except ValueError as error:
            raise UnreadableSheet(damaged()) from error


def _collect(messages: Iterator[Any], limits: Limits, late: threading.Event) -> list[Sheet]:
    sheets: list[Sheet] = []
    for message in messages:
        if isinstance(message, list):
            number, values = message
            sheets[-1].lines.append(Line(number, [_from_json(value) for value in values]))
        elif "sheet" in message:
            merges = [Merge(top + 1, left, bottom + 1, right) for top, left, bottom, right in message["merged"]]
            sheets.append(Sheet(message["sheet"], message["visible"], merges=merges))
        elif "error" in message:
            raise UnreadableSheet(_explain(message["error"], limits))
        else:
            return sheets
    if late.is_set():
        raise UnreadableSheet(_("Reading the file took too long, so it was stopped. Copy the list to a new workbook."))
    # Killed by its limits, or by its own parser: what it met was not a list.
    raise UnreadableSheet(_too_big())


def _from_json(value: Any) -> Cell:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
    return value  # type: ignore[no-any-return]


def _explain(error: str, limits: Limits) -> str:
    sentences = {
        "password": protected,
        "memory": _too_big,
        "rows": lambda: delimited.too_many_rows(limits),
        "columns": lambda: delimited.too_many_columns(limits),
        "sheets": lambda: _("The file has more than %(most)d sheets.") % {"most": limits.sheets},
    }
    return sentences.get(error, damaged)()


def _too_big() -> str:
    return _(
        "The file cannot be read within the memory allowed: something is written very far down or to the right. "
        "Copy the list to a new workbook."
    )
