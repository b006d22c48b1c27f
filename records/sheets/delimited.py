"""csv and tsv as they come out of Excel, old exports and mail: encoding and separator are found, not asked for."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from records.vietnamese import decode_1258, detect_legacy

from .formats import Limits, UnreadableSheet

SEPARATORS = (",", ";", "\t", "|")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SAMPLE_LINES = 60
SAMPLE_CHARACTERS = 200_000
VOWELS = frozenset("aeiouyAEIOUYăâêôơưĂÂÊÔƠƯ")


def read_lines(path: Path, limits: Limits) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the lines that hold anything as (number, values), numbered as a spreadsheet program would show them."""
    text = decode(path.read_bytes())
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=find_separator(text))
    kept = 0
    try:
        for number, row in enumerate(rows, start=1):
            values = [value if value.strip() else None for value in row]
            while values and values[-1] is None:
                values.pop()
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


def decode(content: bytes) -> str:
    """Return the text, by its byte order mark, as UTF-8, as bare UTF-16, or as Windows-1258; refuse binary data."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _decode(content, encoding)
    nuls = content[:4096].count(0)
    if nuls:
        sample = content[: min(len(content), 4096) // 2 * 2]
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if len(content) % 2 or max(even, odd) < 0.2 * len(sample) / 2 or min(even, odd) > 0:
            raise UnreadableSheet(not_a_spreadsheet())
        return _decode(content, "utf-16-le" if odd else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_eight_bits(content)


def _decode(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSheet(not_a_spreadsheet()) from error
    if "\0" in text:
        raise UnreadableSheet(not_a_spreadsheet())
    return text


def _decode_eight_bits(content: bytes) -> str:
    controls = sum(content.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13))
    if controls > len(content) * 0.02:
        raise UnreadableSheet(not_a_spreadsheet())
    western = content.decode("cp1252", "replace")
    vietnamese = decode_1258(content)
    # In Windows-1258 a tone mark stands behind its vowel; the same bytes are whole letters in TCVN3, behind consonants.
    if _stray_marks(vietnamese) and detect_legacy(western[:SAMPLE_CHARACTERS]):
        return western
    return vietnamese


def _stray_marks(text: str) -> int:
    pairs = zip(text[:SAMPLE_CHARACTERS], text[1:SAMPLE_CHARACTERS], strict=False)
    return sum(1 for before, mark in pairs if unicodedata.combining(mark) and before not in VOWELS)


def find_separator(text: str) -> str:
    """Return the separator that cuts the most of the first lines into the same number of columns."""
    sample = text[:SAMPLE_CHARACTERS]
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
