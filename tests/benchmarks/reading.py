"""Reading a long list: how long it takes and how much memory, in this process and in the one that opens the file.

    .venv/bin/python tests/benchmarks/reading.py [--rows 100000] [--repeat 3] [FILE ...]

Without a file it makes an xlsx of twelve columns as a register exports it, the same with stray spaces, birthdays under
two columns and merged cells, and a csv. Prints the best of the repeats. Ends with status 1 where this process grows by
more than GROWTH or the other takes more than CHILD megabytes for 100,000 rows.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DEBUG", "1")

import django  # noqa: E402

django.setup()

from records.sheets.planning import Field, Kind  # noqa: E402
from records.sheets.reading import read  # noqa: E402
from records.sheets.recognising import choose  # noqa: E402

GROWTH, CHILD = 60, 150
HEADER = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Quê quán", "Đơn vị", "Chức vụ", "Ngày vào Đảng",
          "Số thẻ", "Điện thoại", "Ghi chú"]  # fmt: skip
LIST = Kind(
    "members",
    "members",
    tuple(
        Field(f"column{n}", label, (label, f"{label} / Nam", f"{label} / Nữ"), required=n == 1, several=n == 2)
        if n else Field("ordinal", label, (label,))
        for n, label in enumerate(HEADER)
    ),
    plan=None,
    apply=None,
)  # fmt: skip
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ"]
GIVEN = [
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hà",
    "Hải",
    "Hạnh",
    "Hùng",
    "Khánh",
    "Lan",
    "Linh",
    "Nam",
    "Oanh",
    "Yến",
]
POSITIONS = ["Đảng viên", "Bí thư", "Phó Bí thư"]


def rows(count, tidy):
    """The rows of a register; untidy ones have spaces at the ends and the day of birth under one of two columns."""
    pick = random.Random(1)
    for number in range(1, count + 1):
        family, given, middle = pick.choice(FAMILY), pick.choice(GIVEN), pick.choice(["Văn", "Thị", "Minh", "Hữu"])
        row = [
            number,
            f"{family} {middle} {given}",
            pick.randrange(20_000, 38_000),
            pick.choice(["Nam", "Nữ"]),
            "Kinh",
            f"Xã {given} Phú, huyện {family} {number % 700}",
            f"Chi bộ thôn {number % 400}",
            pick.choice(POSITIONS),
            f"{pick.randrange(1, 29):02d}/03/{1980 + number % 40}",
            f"{number:08d}",
            f"09{pick.randrange(10**8):08d}",
            "Đã đối chiếu với hồ sơ gốc" if number % 3 else None,
        ]
        if not tidy:
            row[1], row[5] = f" {row[1]} ", f"{row[5]}  "
            row[2:4] = [row[2], None] if row[3] == "Nam" else [None, row[2]]
        yield row


def make_xlsx(path, count, tidy=True):
    """An xlsx of the rows, written as a spreadsheet program does: shared strings, days as numbers with a style."""
    strings, lines = {}, []

    def cell(place, value):
        if value is None:
            return ""
        if isinstance(value, str):
            return f'<c r="{place}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
        style = ' s="1"' if place[0] in "CD" else ""
        return f'<c r="{place}"{style}><v>{value}</v></c>'

    header = [HEADER] if tidy else [HEADER[:3] + [None] + HEADER[4:], [None, None, "Nam", "Nữ"]]
    for number, row in enumerate([*header, *rows(count, tidy)], start=1):
        inner = "".join(cell(f"{chr(65 + index)}{number}", value) for index, value in enumerate(row))
        lines.append(f'<row r="{number}">{inner}</row>')
    merges = "" if tidy else "<mergeCells>" + "".join(
        f'<mergeCell ref="G{n}:G{n + 3}"/>' for n in range(3, min(count, 40_000), 40)
    ) + '<mergeCell ref="C1:D1"/></mergeCells>'  # fmt: skip
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    text = "".join(f'<si><t xml:space="preserve">{value}</t></si>' for value in strings)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
        '<sheet name="DS" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r3" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f"<sst {main}>{text}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData>{merges}</worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def make_csv(path, count):
    """A csv of the rows, in UTF-8 with a byte order mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows(count, True)])


def here():
    """The most memory this process has had, in megabytes; unlike `ru_maxrss` it knows nothing of the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def there():
    """The most memory the process that opened the file has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def measure(path):
    """Seconds for reading, recognising and walking all rows; megabytes grown here and taken there."""
    before = here()
    start = time.perf_counter()
    used = os.times()
    workbook = read(path)
    read_at = time.perf_counter()
    layout = choose(workbook, LIST).layouts[0]
    chosen_at = time.perf_counter()
    count = sum(1 for _row in layout.scan())
    end = time.perf_counter()
    spent = [after - at for at, after in zip(used, os.times(), strict=True)]
    grown = here() - before
    print(
        f"{path.name}: {count} rows: read {read_at - start:.2f} s, recognise {chosen_at - read_at:.2f} s, "
        f"walk {end - chosen_at:.2f} s, together {end - start:.2f} s; "
        f"here {spent[0] + spent[1]:.2f} s of work, +{grown:.0f} MB; "
        f"there {spent[2] + spent[3]:.2f} s of work, {there():.0f} MB",
        flush=True,
    )
    return grown <= GROWTH and there() <= CHILD


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    if options.only:
        return 0 if measure(options.files[0]) else 1
    with tempfile.TemporaryDirectory() as folder:
        files = options.files or [Path(folder, name) for name in ("tidy.xlsx", "untidy.xlsx", "tidy.csv")]
        if not options.files:
            make_xlsx(files[0], options.rows)
            make_xlsx(files[1], options.rows, tidy=False)
            make_csv(files[2], options.rows)
        # A process each, so that what one file took is not counted against the next.
        commands = [[sys.executable, __file__, "--only", str(file)] for file in files for _n in range(options.repeat)]
        return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
