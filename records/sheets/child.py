"""Run as a program of its own: opens one xlsx, xls or ods file and prints its sheets as lines of JSON.

An outside parser can be made to loop or to ask for hundreds of gigabytes by a file of five kilobytes, and then it takes
its whole process with it. So it runs here, alone, with little memory and time, no file to write, no settings to read.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any, TextIO

import python_calamine

MERGES = 50_000


def restrain(memory_bytes: int, cpu_seconds: int) -> None:
    """Give up, for good, the right to more memory and time than a spreadsheet needs, and to write any file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def as_json(value: Any) -> Any:
    """Return the value as JSON can carry it: a date as {"d": …}, a moment as {"t": …}, a time of day as its text."""
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, (time, timedelta)):
        return str(value)
    return None if value == "" else value


def print_sheet(out: TextIO, sheet: python_calamine.CalamineSheet, visible: bool, limits: dict[str, int]) -> None:
    """Print one sheet: a line about it, then a line for each row that holds anything, numbered as a person sees it."""
    start, end = sheet.start, sheet.end
    if end is not None and end[1] >= limits["columns"]:
        raise OverflowError("columns")
    merged = [[*first, *last] for first, last in (sheet.merged_cell_ranges or [])[:MERGES]]
    out.write(json.dumps({"sheet": sheet.name, "visible": visible, "merged": merged}) + "\n")
    if start is None:
        return
    before, rows = [None] * start[1], 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        values = [as_json(value) for value in row]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        rows += 1
        if rows > limits["rows"]:
            raise OverflowError("rows")
        out.write(json.dumps([number, before + values], ensure_ascii=False) + "\n")


def print_workbook(out: TextIO, path: str, limits: dict[str, int]) -> None:
    """Print every worksheet of the file, then a line that says it ended; an outline error is one line {"error": …}."""
    with python_calamine.CalamineWorkbook.from_path(path) as workbook:
        sheets = [about for about in workbook.sheets_metadata if about.typ == python_calamine.SheetTypeEnum.WorkSheet]
        if len(sheets) > limits["sheets"]:
            raise OverflowError("sheets")
        for about in sheets:
            visible = about.visible == python_calamine.SheetVisibleEnum.Visible
            print_sheet(out, workbook.get_sheet_by_name(about.name), visible, limits)
    out.write('{"end": true}\n')


def main() -> None:
    """Read the path and the limits from the command line and print the workbook or why it cannot be read."""
    path, limits = sys.argv[1], json.loads(sys.argv[2])
    restrain(limits["memory_bytes"], limits["cpu_seconds"])
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        print_workbook(sys.stdout, path, limits)
    except python_calamine.PasswordError:
        print('{"error": "password"}')
    except OverflowError as error:
        print(json.dumps({"error": str(error)}))
    except MemoryError:
        print('{"error": "memory"}')
    except BaseException:  # a panic of the parser is no Exception, and nothing it could say would help a clerk
        print('{"error": "damaged"}')
    sys.stdout.flush()


if __name__ == "__main__":
    main()
