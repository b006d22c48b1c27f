"""Columns typed in the fonts before Unicode (TCVN3, VNI): found by their first lines, converted, and always told."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from records.vietnamese import detect_legacy, is_vietnamese, legacy_reader, normalise

from .spool import Reader
from .workbook import Sheet, letter

SAMPLE_LINES = 2000
MIXED = 0.1
SEPARATOR = "\x1e"  # a sign that no cell holds
LENGTH = 60
# Letters that no one-byte encoding has.
UNICODE_LETTERS = re.compile("[\u0100-\u024f\u0300-\u036f\u1e00-\u1eff]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the sample and the number of its row."""

    number: int
    text: str


def convert_legacy(sheet: Sheet) -> list[str]:
    """Have the columns typed in TCVN3 or VNI fonts read as Unicode; return a note for each, with an example.

    Judged by whole columns, for a short word alone can look like anything. Calling it again changes nothing.
    """
    if sheet.readers:
        return []
    readers: dict[int, Reader] = {}
    notes = []
    for index, texts in sorted(_marked_texts(sheet).items()):
        old = [text for text in texts if not UNICODE_LETTERS.search(text.text)]
        encoding = detect_legacy(SEPARATOR.join(text.text for text in old))
        if encoding:
            readers[index] = _reader(encoding, old, len(texts))
            notes.append(_tell(index, encoding, old, readers[index]))
        elif len(old) < len(texts) and (note := _tell_stray(index, texts)):
            notes.append(note)
    sheet.read_with(readers)
    return [note for note in notes if note]


def _marked_texts(sheet: Sheet) -> dict[int, list[Text]]:
    """Return for each column the texts of the sample that have a letter beyond ASCII."""
    found: dict[int, list[Text]] = {}
    for line in islice(sheet.lines, SAMPLE_LINES):
        for index, value in enumerate(line.cells):
            if isinstance(value, str) and not value.isascii() and SEPARATOR not in value:
                found.setdefault(index, []).append(Text(line.number, value))
    return found


def _reader(encoding: str, old: list[Text], of: int) -> Reader:
    convert = legacy_reader(encoding, [text.text for text in old])
    mixed = of - len(old) > MIXED * of

    def read(text: str) -> str:
        # A column of both: what is Vietnamese as it stands needs nothing.
        if text.isascii() or UNICODE_LETTERS.search(text) or (mixed and is_vietnamese(text)):
            return text
        return convert(text)

    return read


def _tell(index: int, encoding: str, texts: list[Text], convert: Callable[[str], str]) -> str:
    pairs = [(text.text, convert(text.text)) for text in texts]
    before, after = next(((old, new) for old, new in reversed(pairs) if old != new), pairs[-1])
    note = _(
        "Column %(letter)s was converted from %(encoding)s to Unicode, for example: “%(before)s” → “%(after)s”."
    ) % {
        "letter": letter(index),
        "encoding": encoding.upper(),
        "before": _short(before),
        "after": _short(after),
    }
    if encoding == "tcvn3" and not any(sign.isupper() for _old, new in pairs for sign in new):
        note += " " + _("It has no capitals; a font that draws small letters as capitals may have shown them.")
    return note


def _tell_stray(index: int, texts: list[Text]) -> str:
    """Return a note about words in an old encoding among Unicode, which are left as they are, or ""."""
    words: dict[str, Text] = {}
    for text in texts:
        for word in text.text.split() if UNICODE_LETTERS.search(text.text) else ():
            if not word.isascii() and not UNICODE_LETTERS.search(word):
                words.setdefault(word.strip(".,;:()/"), text)
    for word, text in words.items():
        if encoding := detect_legacy(word):
            return _(
                "Column %(letter)s, row %(number)d: “%(text)s” seems to hold a word in %(encoding)s, “%(word)s”; "
                "it is left as written."
            ) % {
                "letter": letter(index),
                "number": text.number,
                "text": _short(text.text),
                "encoding": encoding.upper(),
                "word": word,
            }
    return ""


def _short(text: str) -> str:
    text = normalise(text)
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"
