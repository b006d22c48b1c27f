"""Run as a program of its own: opens one xlsx, xls or ods file and prints its sheets as lines of JSON.

An outside parser can be made to loop or to ask for hundreds of gigabytes by a file of five kilobytes, and then it takes
its whole process with it. So it runs here, alone, with little memory and time, no file to write, no settings to read.

Rows go out in blocks, column by column: whoever reads them takes only the columns it needs, and a column is judged
and decoded in one go. A block is {"rows": [numbers], "columns": n} and then n lines, one a column: `null` where it
holds nothing, else its values, or {"v": values, "d": […], "t": […]} with the places of days (as ordinals) and moments.
"""

import json
import resource
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TextIO

import python_calamine

MERGES = 50_000
BLOCK_ROWS = 500
COLUMN_CHARACTERS = 1_000_000
PLAIN = frozenset({str, float, int, bool})

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def restrain(memory_bytes: int, cpu_seconds: int) -> None:
    """Give up, for good, the right to more memory and time than a spreadsheet needs, and to write any file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def encode_column(values: Sequence[Any]) -> str:
    """Return the values of one column as JSON on one line; a time of day is its text."""
    kinds = set(map(type, values))
    if kinds <= PLAIN:
        if kinds == {str} and not any(values):
            return "null"
        return encode([None if value == "" else value for value in values] if "" in values else values)
    plain, days, moments = list(values), [], []
    for place, value in enumerate(values):
        if isinstance(value, datetime):
            moments.append(place)
            plain[place] = value.isoformat()
        elif isinstance(value, date):
            days.append(place)
            plain[place] = value.toordinal()
        elif type(value) not in PLAIN:
            plain[place] = str(value)
        elif value == "":
            plain[place] = None
    return encode({"v": plain, "d": days, "t": moments})


def print_block(out: TextIO, before: int, numbers: list[int], rows: list[list[Any]]) -> None:
    """Print the rows as one block, as smaller ones where they are long; the `before` columns on the left are empty."""
    columns = [encode_column(values) for values in zip(*rows, strict=True)]
    if len(rows) > 1 and any(len(column) > COLUMN_CHARACTERS for column in columns):
        half = len(rows) // 2
        print_block(out, before, numbers[:half], rows[:half])
        print_block(out, before, numbers[half:], rows[half:])
        return
    out.write(f'{{"rows":{encode(numbers)},"columns":{before + len(columns)}}}\n')
    out.write("null\n" * before)
    out.writelines([column + "\n" for column in columns])


def print_sheet(out: TextIO, sheet: python_calamine.CalamineSheet, visible: bool, limits: dict[str, int]) -> None:
    """Print one sheet: a line about it, then the rows that hold anything, numbered as a person sees them."""
    start, end = sheet.start, sheet.end
    if end is not None and end[1] >= limits["columns"]:
        raise OverflowError("columns")
    merged = [[*first, *last] for first, last in (sheet.merged_cell_ranges or [])[:MERGES]]
    out.write(encode({"sheet": sheet.name, "visible": visible, "merged": merged}) + "\n")
    if start is None:
        return
    count = 0
    numbers: list[int] = []
    rows: list[list[Any]] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if row.count("") == len(row):
            continue
        numbers.append(number)
        rows.append(row)
        if len(rows) == BLOCK_ROWS:
            count += len(rows)
            if count > limits["rows"]:
                raise OverflowError("rows")
            print_block(out, start[1], numbers, rows)
            numbers, rows = [], []
    if count + len(rows) > limits["rows"]:
        raise OverflowError("rows")
    if rows:
        print_block(out, start[1], numbers, rows)


def open_workbook(path: str) -> python_calamine.CalamineWorkbook:
    """Open the file as what its name says or, for names lie, as what it is."""
    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except (python_calamine.PasswordError, MemoryError):
        raise
    except Exception:
        with open(path, "rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)


def print_workbook(out: TextIO, path: str, limits: dict[str, int]) -> None:
    """Print every worksheet of the file, then a line that says it ended; an outline error is one line {"error": …}."""
    with open_workbook(path) as workbook:
        sheets = [about for about in workbook.sheets_metadata if about.typ == python_calamine.SheetTypeEnum.WorkSheet]
        if len(sheets) > limits["sheets"]:
            raise OverflowError("sheets")
        for about in sheets:
            visible = about.visible == python_calamine.SheetVisibleEnum.Visible
            print_sheet(out, workbook.get_sheet_by_name(about.name), visible, limits)
    out.write('{"end":true}\n')


def main() -> None:
    """Read the path and the limits from the command line and print the workbook or why it cannot be read."""
    path, limits = sys.argv[1], json.loads(sys.argv[2])
    restrain(limits["memory_bytes"], limits["cpu_seconds"])
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        print_workbook(sys.stdout, path, limits)
    except python_calamine.PasswordError:
        print('{"error":"password"}')
    except OverflowError as error:
        print(json.dumps({"error": str(error)}))
    except MemoryError:
        print('{"error":"memory"}')
    except BaseException:  # a panic of the parser is no Exception, and nothing it could say would help a clerk
        print('{"error":"damaged"}')
    sys.stdout.flush()


if __name__ == "__main__":
    main()
