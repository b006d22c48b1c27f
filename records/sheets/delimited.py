"""csv and tsv as they come out of Excel, old exports and mail: encoding and separator are found, not asked for."""

import codecs
import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from records.vietnamese import compose, decode_1258, detect_legacy

from .formats import Limits, UnreadableSheet

SEPARATORS = (",", ";", "\t", "|")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
EIGHT_BITS = ("cp1252", "cp1258")
CHUNK = 65_536
SAMPLE_LINES = 60
SAMPLE_CHARACTERS = 200_000
SAMPLE_BYTES = 400_000
EXAMPLE_LENGTH = 60
ROW_CHARACTERS = 1_000_000
BLANK = 10  # of so many lines of a text at least one must hold something
TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
VOWELS = frozenset("aeiouyAEIOUY\u0302\u0306\u031b")
MARKS = (0xCC, 0xD2, 0xDE, 0xEC, 0xF2)  # the five tones in Windows-1258


@dataclass(frozen=True, slots=True)
class Text:
    """How the text of a file is to be read: its encoding and separator, and what the clerk should be told about it."""

    encoding: str
    separator: str
    note: str = ""

    def lines(self, file: IO[bytes]) -> Iterable[str]:
        """Return the lines of the file, one at a time, their ends kept."""
        errors = "replace" if self.encoding in EIGHT_BITS else "strict"
        text = io.TextIOWrapper(file, self.encoding, errors, newline="")
        return map(compose, text) if self.encoding == "cp1258" else text


def find_text(path: Path) -> Text:
    """Find encoding and separator: by byte order mark, UTF-8, bare UTF-16 or Windows-1258; refuse binary data."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        encoding = find_encoding(head, file)
        file.seek(0)
        try:
            sample = "".join(_some(Text(encoding, ",").lines(file)))
        except UnicodeError as error:
            raise UnreadableSheet(not_a_spreadsheet()) from error
    return Text(encoding, find_separator(sample), _tell_conversion(encoding, head))


def _some(lines: Iterable[str]) -> Iterator[str]:
    taken = 0
    for line in lines:
        yield line
        taken += len(line)
        if taken > SAMPLE_CHARACTERS:
            return


def _tell_conversion(encoding: str, head: bytes) -> str:
    """Return the note that text was converted, with the first words that look different afterwards, or ""."""
    if encoding != "cp1258":
        return ""
    for line in head.splitlines():
        if any(mark in line for mark in MARKS):
            before, after = line.decode("cp1252", "replace").strip(), decode_1258(line).strip()
            return _(
                "The text of the file was converted from %(encoding)s, for example: “%(before)s” → “%(after)s”."
            ) % {
                "encoding": "Windows-1258",
                "before": before[:EXAMPLE_LENGTH],
                "after": after[:EXAMPLE_LENGTH],
            }
    return ""


def read_lines(path: Path, text: Text, limits: Limits) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the lines that hold anything as (number, values), numbered as a spreadsheet program would show them."""
    kept = 0
    with path.open("rb") as file:
        lines = _Lines(text.lines(file))
        try:
            for number, row in enumerate(csv.reader(lines, delimiter=text.separator), start=1):
                lines.taken = 0
                values: list[str | None] = [*row]
                if "" in map(str.strip, row):
                    values = [value if value.strip() else None for value in row]
                while values and values[-1] is None:
                    values.pop()
                if number > BLANK * limits.rows:
                    raise UnreadableSheet(too_many_rows(limits))
                if not values or (number == 1 and values[0] and values[0].startswith("sep=")):
                    continue
                kept += 1
                if kept > limits.rows:
                    raise UnreadableSheet(too_many_rows(limits))
                if len(values) > limits.columns:
                    raise UnreadableSheet(too_many_columns(limits))
                yield number, values
        except csv.Error as error:
            raise UnreadableSheet(_("The text of the file is not a table: a quotation mark may be missing.")) from error
        except UnicodeError as error:
            raise UnreadableSheet(not_a_spreadsheet()) from error


class _Lines:
    """The lines of a text; whoever makes rows of them sets `taken` to 0 after each, for a row too long is none."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines, self.taken = iter(lines), 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.taken += len(line)
        if "\0" in line or self.taken > ROW_CHARACTERS:
            raise UnreadableSheet(not_a_spreadsheet())
        return line


def find_encoding(head: bytes, rest: IO[bytes]) -> str:
    """Return the encoding of a text whose first bytes are `head`; raise UnreadableSheet where it is no text."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    nuls = head[:4096].count(0)
    if nuls:
        sample = head[: min(len(head), 4096) // 2 * 2]
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if max(even, odd) < 0.2 * len(sample) / 2 or 10 * min(even, odd) > max(even, odd):
            raise UnreadableSheet(not_a_spreadsheet())
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8" if _is_utf8(head, rest) else _find_eight_bits(head)


def _is_utf8(head: bytes, rest: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        chunk = head
        while chunk:
            decoder.decode(chunk)
            chunk = rest.read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _find_eight_bits(head: bytes) -> str:
    controls = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13))
    if controls > len(head) * 0.02:
        raise UnreadableSheet(not_a_spreadsheet())
    # The same bytes are letters in TCVN3 and VNI: what is a tone in Windows-1258 is missing, or stands behind no vowel.
    marks, stray = _count_marks(decode_1258(head))
    if (stray or not marks) and detect_legacy(head.decode("cp1252", "replace")[:SAMPLE_CHARACTERS]):
        return "cp1252"
    return "cp1258"


def _count_marks(text: str) -> tuple[int, int]:
    """Return how many tones stand in the text as Windows-1258 has it, and how many of them behind no vowel."""
    apart = unicodedata.normalize("NFD", text[:SAMPLE_CHARACTERS])
    places = [place for place, sign in enumerate(apart) if sign in TONES]
    stray = [place for place in places if not place or apart[place - 1] not in VOWELS]
    return len(places), len(stray)


def find_separator(text: str) -> str:
    """Return the separator that cuts the most of the first lines into the same number of columns."""
    sample = text[:SAMPLE_CHARACTERS].removeprefix("\ufeff")
    if sample.startswith("sep=") and len(sample) > 4:
        return sample[4]
    best, best_score = ",", (0, 0)
    for separator in SEPARATORS:
        widths: Counter[int] = Counter()
        try:
            for _number, row in zip(
                range(SAMPLE_LINES), csv.reader(io.StringIO(sample), delimiter=separator), strict=False
            ):
                widths[len(row)] += 1
        except csv.Error:
            continue
        width, lines = max(
            ((w, n) for w, n in widths.items() if w > 1), key=lambda pair: (pair[1], pair[0]), default=(0, 0)
        )
        if (lines, width) > best_score:
            best, best_score = separator, (lines, width)
    return best


def too_many_rows(limits: Limits) -> str:
    """Return the sentence for a sheet with more rows than are taken at once."""
    return _("A sheet has more than %(most)d rows. Split the list.") % {"most": limits.rows}


def too_many_columns(limits: Limits) -> str:
    """Return the sentence for a sheet with something written far to the right."""
    return _("A sheet has something beyond column %(most)d. Copy the list to a new workbook.") % {
        "most": limits.columns
    }


def not_a_spreadsheet() -> str:
    """Return the sentence for a file that is no kind of table."""
    return _("This is not a spreadsheet. A list is taken as xlsx, xls, ods or csv.")
