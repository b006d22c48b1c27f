"""A clerk's list of members as clerks send them, and one with forty mistakes of eight kinds; all people are made up."""

from io import BytesIO

import xlsxwriter

HEADER = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Số thẻ ĐV",
    "Ngày vào Đảng",
    "Ngày chính thức",
    "Chức vụ",
    "Chi bộ",
)
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLES = ("Văn", "Thị", "Đức", "Ngọc")
GIVEN = ("Khôi", "Quyên", "Sang", "Thắm", "Uyên", "Vinh", "Xuyến", "Yên")


def person(n, unit, **changes):
    """A row of a made-up person; the numbers make name, days and card."""
    middle = MIDDLES[n % 4]
    row = {
        "name": f"{FAMILIES[n % 10]} {middle} {GIVEN[n // 4 % 8]}",
        "birth": f"{1 + n % 28:02d}/{1 + n % 12:02d}/{1955 + n % 40}",
        "gender": "Nữ" if middle in ("Thị", "Ngọc") else "Nam",
        "card": f"99{n:06d}",
        "admitted": f"{1 + n % 27:02d}/{1 + n % 12:02d}/{1990 + n % 30}",
        "full": f"{1 + n % 27:02d}/{1 + n % 12:02d}/{1991 + n % 30}",
        "position": "Đảng viên",
        "unit": unit,
    }
    return row | changes


def workbook(rows, title="DANH SÁCH ĐẢNG VIÊN"):
    """The rows as a clerk's xlsx: a title over merged cells, an empty row, then the header."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("DS 2020")
    sheet.merge_range(0, 0, 0, len(HEADER) - 1, title)
    sheet.write_row(2, 0, HEADER)
    for place, row in enumerate(rows):
        sheet.write_row(3 + place, 0, [place + 1, *row.values()])
    book.close()
    return stream.getvalue()


def known_people(unit, away):
    """People to be in the register first: ten in a unit, and six in another one of whom namesakes are to come."""
    there = [person(n, unit) for n in range(10)]
    namesakes = [person(n, away, card="") for n in range(100, 106)]
    return there + namesakes


def forty_mistakes(unit, away, out_of_reach, misspelt, misspelt_more):
    """A list of the same people and new ones, with forty mistakes of eight kinds."""
    rows = [person(n, unit, position="Phó Bí thư" if n < 3 else "Đảng viên") for n in range(8)]
    rows += [person(n, unit) for n in range(20, 40)]
    # Eight and four rows at units that no register has: one letter is missing.
    rows += [person(n, misspelt) for n in range(40, 48)]
    rows += [person(n, misspelt_more) for n in range(48, 52)]
    # Six days that never were.
    rows += [person(n, unit, birth=f"{31 if n % 2 else 30}/02/{1960 + n % 30}") for n in range(52, 58)]
    # Five words that are no gender.
    rows += [person(n, unit, gender="Trai" if n % 2 else "Gái") for n in range(58, 63)]
    # Three cards that somebody else has.
    rows += [person(n, unit, card=f"99{n - 63:06d}") for n in range(63, 66)]
    # Six namesakes of people there, without a card; of four the year of birth is known, of two not even that.
    rows += [person(n, away, birth="" if n > 103 else f"{1955 + n % 40}", card="") for n in range(100, 106)]
    # Two without a name, three born after they were admitted, three of somebody else's units.
    rows += [person(n, unit, name="") for n in range(66, 68)]
    rows += [person(n, unit, birth="01/05/2015", admitted="03/02/2010", full="03/02/2011") for n in range(68, 71)]
    rows += [person(n, out_of_reach) for n in range(71, 74)]
    return rows
