"""What a file really is: told by its first bytes, for names lie; and what is refused before anything opens it."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
# A sheet typed by people compresses 5 to 60 times; the formats' own limit is near 1,030.
RATIO = 250
RATIO_MATTERS_BYTES = 10_000_000


class UnreadableSheet(Exception):
    """The file cannot be read as a spreadsheet; the text is one sentence that tells the clerk why and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is taken in: bytes, rows of one sheet, columns, sheets, bytes of memory, seconds."""

    file_bytes: int = 20_000_000
    unzipped_bytes: int = 200_000_000
    rows: int = 200_000
    columns: int = 300
    sheets: int = 100
    memory_bytes: int = 1_000_000_000
    cpu_seconds: int = 10
    seconds: float = 10.0
    output_bytes: int = 200_000_000


def find_format(path: Path, limits: Limits) -> str:
    """Return "xlsx", "xls", "ods" or "text" by what the file holds; raise UnreadableSheet for anything else."""
    size = _size(path)
    if size == 0:
        raise UnreadableSheet(_("The file is empty."))
    if size > limits.file_bytes:
        raise UnreadableSheet(
            _("The file is too large: %(size)d MB, where at most %(most)d MB is taken. Split the list.")
            % {"size": -(-size // 1_000_000), "most": limits.file_bytes // 1_000_000}
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        return _find_zip_format(path, limits)
    if head.startswith(OLE):
        return _find_ole_format(path)
    _refuse_other_formats(head)
    return "text"


def _size(path: Path) -> int:
    try:
        if not path.is_file():
            raise UnreadableSheet(_("There is no such file: %(name)s.") % {"name": path.name})
        return path.stat().st_size
    except OSError as error:
        raise UnreadableSheet(_("The file %(name)s cannot be opened.") % {"name": path.name}) from error


def _find_zip_format(path: Path, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            mimetype = _read_mimetype(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
        raise UnreadableSheet(damaged()) from error
    unzipped = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unzipped > limits.unzipped_bytes or (unzipped > RATIO_MATTERS_BYTES and unzipped / packed > RATIO):
        raise UnreadableSheet(
            _("The file unpacks to far more than a list could hold. Copy the list to a new workbook.")
        )
    names = {entry.filename for entry in entries}
    if mimetype.startswith(ODS):
        return "ods"
    if any(name.startswith("xl/workbook.") for name in names):
        return "xlsx"
    if any(name.startswith("word/") for name in names) or "opendocument.text" in mimetype:
        raise UnreadableSheet(
            _("This is a text document, not a spreadsheet. Copy its table to a spreadsheet and save it.")
        )
    raise UnreadableSheet(_("This is a compressed archive, not a spreadsheet. Unpack it and choose the list itself."))


def _read_mimetype(archive: zipfile.ZipFile) -> str:
    if "mimetype" not in archive.namelist() or archive.getinfo("mimetype").file_size > 200:
        return ""
    try:
        return archive.read("mimetype").decode("ascii", "replace")
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zlib.error):
        return ""


def _find_ole_format(path: Path) -> str:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableSheet(protected())
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "xls"
    if "WordDocument".encode("utf-16-le") in content:
        raise UnreadableSheet(
            _("This is a text document, not a spreadsheet. Copy its table to a spreadsheet and save it.")
        )
    raise UnreadableSheet(damaged())


def _refuse_other_formats(head: bytes) -> None:
    if head.startswith(b"%PDF"):
        raise UnreadableSheet(_("This is a PDF, not a spreadsheet. Ask for the list as xlsx, xls, ods or csv."))
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")) or head[8:12] == b"WEBP":
        raise UnreadableSheet(_("This is a picture, not a spreadsheet. Ask for the list as xlsx, xls, ods or csv."))
    if head.startswith((b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        raise UnreadableSheet(
            _("This is a compressed archive, not a spreadsheet. Unpack it and choose the list itself.")
        )
    start = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").removeprefix(b"\xff\xfe").lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<div")):
        raise UnreadableSheet(
            _("This is a web page, not a spreadsheet. Open it in a spreadsheet program and save it as xlsx.")
        )
    if start.startswith(b"{\\rtf"):
        raise UnreadableSheet(
            _("This is a text document, not a spreadsheet. Copy its table to a spreadsheet and save it.")
        )


def protected() -> str:
    """Return the sentence for a file that asks for a password."""
    return _("The file is protected by a password. Remove the password and save it again.")


def damaged() -> str:
    """Return the sentence for a file whose inside cannot be read."""
    return _("The file is damaged or not complete. Open it in a spreadsheet program, save it again and retry.")
