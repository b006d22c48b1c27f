"""A file in, its sheets out as lines of plain values; whatever is wrong with the file becomes one sentence."""

import fcntl
import json
import os
import subprocess  # noqa: S404
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from . import delimited
from .formats import Limits, UnreadableSheet, damaged, find_format, protected
from .spool import BLOCK_ROWS, NOTHING, Cell, Spool, Stored
from .workbook import Line, Merge, Sheet, Workbook

__all__ = ["Cell", "Limits", "Line", "Merge", "Sheet", "UnreadableSheet", "Workbook", "read"]

LINE_BYTES = 8_000_000
PIPE_BYTES = 1_000_000
CHILD = Path(__file__).with_name("child.py")
SUFFIXES = {"xlsx": {".xlsx", ".xlsm", ".xlsb"}, "xls": {".xls"}, "ods": {".ods"}, "text": {".csv", ".tsv", ".txt"}}

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def read(path: Path | str, *, name: str = "", limits: Limits | None = None) -> Workbook:
    """Read a spreadsheet file, called `name` by its sender; raise UnreadableSheet, in one sentence, for any that is not
    one or is unsafe."""
    path, limits = Path(path), limits or Limits()
    called = Path(name or path.name)
    kind = find_format(path, limits)
    workbook = Workbook(called.name, kind, [])
    try:
        if kind == "text":
            _read_text(workbook, path, called, limits)
        else:
            workbook.sheets = _read_apart(path, limits)
    except OSError as error:
        raise UnreadableSheet(_("The file %(name)s cannot be opened.") % {"name": called.name}) from error
    if not any(sheet.lines for sheet in workbook.sheets):
        raise UnreadableSheet(_("There is nothing in the file: every sheet is empty."))
    if called.suffix.lower() not in SUFFIXES[kind]:
        named = {"text": _("a csv file")}.get(kind, kind)
        workbook.notes.append(
            _("The file is called %(name)s but is really %(kind)s; it is read as that.")
            % {"name": called.name, "kind": named}
        )
    return workbook


def _read_text(workbook: Workbook, path: Path, called: Path, limits: Limits) -> None:
    text = delimited.find_text(path)
    stored, widest = Stored(Spool()), 0
    lines = delimited.read_lines(path, text, limits)
    while block := list(islice(lines, BLOCK_ROWS)):
        width = max(len(values) for _number, values in block)
        rows = [values + [None] * (width - len(values)) for _number, values in block]
        columns = [encode(column).encode() if any(column) else NOTHING for column in zip(*rows, strict=True)]
        stored.add([number for number, _values in block], columns)
        widest = max(widest, width)
    if widest <= 1 and called.suffix.lower() not in SUFFIXES["text"]:
        raise UnreadableSheet(delimited.not_a_spreadsheet())
    workbook.sheets.append(Sheet(called.stem, stored=stored))
    if text.note:
        workbook.notes.append(text.note)


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


def _messages(stream: IO[bytes] | None, limits: Limits) -> Iterator[bytes]:
    """Yield what the child says, line by line, but never more than the limits let it say."""
    if stream is None:
        return
    # More room between the two, so that the child need not wait; where the system has none to give, it waits.
    with suppress(OSError, AttributeError):
        fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    taken = 0
    while line := stream.readline(LINE_BYTES):
        taken += len(line)
        if taken > limits.output_bytes or not line.endswith(b"\n"):
            raise UnreadableSheet(_too_big())
        yield line[:-1]


def _collect(lines: Iterator[bytes], limits: Limits, late: threading.Event) -> list[Sheet]:
    spool, sheets = Spool(), []
    stored = Stored(spool)
    try:
        for line in lines:
            message: Any = json.loads(line)
            if "rows" in message:
                stored.add(message["rows"], list(islice(lines, message["columns"])))
            elif "sheet" in message:
                ranges = [map(int, merge) for merge in message["merged"]]
                merges = [Merge(top + 1, left, bottom + 1, right) for top, left, bottom, right in ranges]
                stored = Stored(spool)
                sheets.append(Sheet(str(message["sheet"]), bool(message["visible"]), merges=merges, stored=stored))
            elif "error" in message:
                raise UnreadableSheet(_explain(str(message["error"]), limits))
            else:
                return sheets
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise UnreadableSheet(damaged()) from error
    if late.is_set():
        raise UnreadableSheet(_("Reading the file took too long, so it was stopped. Copy the list to a new workbook."))
    # Killed by its limits, or by its own parser: what it met was not a list.
    raise UnreadableSheet(_too_big())


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
