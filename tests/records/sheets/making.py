"""Spreadsheet files made on the spot: as clerks make them, and as those make them who mean harm."""

import struct
import zipfile

import openpyxl

from records.sheets.planning import Field, Kind
from records.sheets.reading import Line, Merge, Sheet

LIST = Kind(
    "list",
    "a list of names",
    (
        Field("ordinal", "No.", ("STT", "TT", "Số TT")),
        Field("name", "Name", ("Họ và tên", "Họ và tên/Tên tập thể", "Tên tập thể/cá nhân/hộ gia đình"), required=True),
        Field("position", "Position", ("Chức vụ",)),
        Field("unit", "Unit", ("Đơn vị", "Đơn vị công tác", "Tên đơn vị/tập thể công tác")),
        Field("both", "Position and unit", ("Chức vụ, đơn vị công tác",)),
        Field("called", "Form of address", ("Tên gọi",)),
        Field("type", "Award", ("Hình thức khen thưởng", "Danh hiệu thi đua"), several=True),
    ),
    planner=lambda kind, context: None,
    writer=lambda kind, context: None,
    groups=("Tập thể", "Cá nhân", "Hộ gia đình"),
)
HEADER = ["STT", "Họ và tên", "Chức vụ", "Đơn vị", "Hình thức khen thưởng"]


def make_sheet(rows, merges=(), name="Danh sách", visible=True):
    """A sheet as `read` gives it; `merges` are (top, left, bottom, right), rows from 1 and columns from 0."""
    lines = [
        Line(number, list(row)) for number, row in enumerate(rows, start=1) if any(v not in (None, "") for v in row)
    ]
    return Sheet(name, visible, lines, [Merge(*merge) for merge in merges])


def make_xlsx(path, rows=((1, 2),), merges=(), hidden=(), **more):
    """An xlsx with one sheet of the rows, and `more` sheets by name."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, content in {"Danh sách": rows, **more}.items():
        sheet = workbook.create_sheet(name)
        for row in content:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    for merge in merges:
        workbook["Danh sách"].merge_cells(merge)
    workbook.save(path)
    return path


def make_ods(path, rows):
    """An OpenDocument spreadsheet of text cells."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>' for value in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="Trang 1">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def make_ole(path, stream, content):
    """A compound file (the container of xls, doc and of anything encrypted) with one stream."""
    content = content.ljust(4096, b"\0")
    sectors = -(-len(content) // 512)
    content = content.ljust(sectors * 512, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * (436 - 4)
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))

    def entry(name, kind, child, start, size):
        label = (name + "\0").encode("utf-16-le") if name else b""
        return label.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xIQ", len(label), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, start, size
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(stream, 2, 0xFFFFFFFF, 2, len(content))
    directory += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    path.write_bytes(head + struct.pack("<128I", *fat) + directory + content)
    return path


def make_xls(path, rows, password=False):
    """An xls of 1997: BIFF8 records of text and numbers, or with the record that says it is encrypted."""

    def record(number, body):
        return struct.pack("<HH", number, len(body)) + body

    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += record(0x204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text)
            else:
                sheet += record(0x203, struct.pack("<HHHd", row, column, 0, value))
    sheet += record(0x0A, b"")
    start = record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
    if password:
        start += record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    name = "Trang1".encode("utf-16-le")
    offset = len(start) + 4 + 8 + len(name) + 4
    start += record(0x85, struct.pack("<IBBBB", offset, 0, 0, 6, 1) + name) + record(0x0A, b"")
    return make_ole(path, "Workbook", start + sheet)
