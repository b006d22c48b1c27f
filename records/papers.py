"""Papers that offices send in as files: what a file is by its content, whatever it is called."""

import zipfile
from collections.abc import Callable
from typing import IO

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 8
# Each ending, with what people call such a file.
KINDS = {
    "pdf": "PDF",
    "docx": "Word",
    "doc": "Word",
    "xlsx": "Excel",
    "xls": "Excel",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "png": "PNG",
}
MACROS = "vbaProject.bin"


def ending(name: str) -> str:
    """Return the ending of a file's name in small letters, without its dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_office(folder: str) -> Callable[[IO[bytes]], bool]:
    """Return a test for an Office document: a zip with parts in `folder` and no macros."""

    def test(stream: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(stream) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
            return False
        return any(name.startswith(folder) for name in names) and not any(name.endswith(MACROS) for name in names)

    return test


def begins(start: bytes) -> Callable[[IO[bytes]], bool]:
    """Return a test for content that begins with these bytes."""

    def test(stream: IO[bytes]) -> bool:
        return stream.read(len(start)) == start

    return test


TESTS = {
    "PDF": begins(b"%PDF-"),
    "JPEG": begins(b"\xff\xd8\xff"),
    "PNG": begins(b"\x89PNG\r\n\x1a\n"),
    "docx": is_office("word/"),
    "xlsx": is_office("xl/"),
    "doc": begins(OLE),
    "xls": begins(OLE),
}


def is_what_it_says(name: str, stream: IO[bytes]) -> bool:
    """Tell whether the content is of the kind that the name's ending says; the stream is read from its start."""
    end = ending(name)
    test = TESTS.get(end) or TESTS.get(KINDS.get(end, ""))
    stream.seek(0)
    fits = test is not None and test(stream)
    stream.seek(0)
    return fits
