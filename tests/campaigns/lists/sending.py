"""Lists on their way into the register, as a clerk sends them: planned, mended, written, taken back."""

import csv
import io

from records import imports
from records.sheets.kinds import find_kind
from records.sheets.planning import row_key

HEADER = ["STT", "Họ và tên", "Ngày sinh", "Chi bộ", "Nội dung đăng ký", "Số lượng", "ĐVT", "Kết quả", "Xếp loại"]


def as_csv(rows):
    """Rows as a file that a spreadsheet program saved."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def sent(user, rows, name="danh-sach.csv", **said):
    """An import of the rows, or of a file's content, planned; `said` is what the clerk said of it."""
    content = rows if isinstance(rows, bytes) else as_csv(rows)
    batch = imports.take(user, find_kind("registrations"), name, content)
    return planned(batch, "mapping", **said)


def planned(batch, before="planned", **said):
    """The import planned anew with what is said now."""
    assert batch.claim([before], "planning", **said)
    return imports.plan(batch)


def written(batch, only_good=False):
    """The import written; what became of it."""
    assert batch.claim(["planned"], "applying", only_good=only_good)
    return imports.apply(batch, batch.by)


def undone(batch):
    """The import taken back; what stands in the way."""
    assert batch.claim(["applied"], "undoing")
    return imports.undo(batch, batch.by, "nhập nhầm")


def outcomes(batch):
    """What would become of each row, in the order of the list."""
    assert not batch.error, batch.error
    return list(batch.rows.order_by("pk").values_list("outcome", flat=True))


def codes(batch):
    """The codes of each row's findings."""
    assert not batch.error, batch.error
    return [[finding[0] for finding in row.findings] for row in batch.rows.order_by("pk")]


def pick(batch, key, number=2):
    """The record of that key, chosen by the clerk for the row of the number."""
    return {row_key(batch.rows.get(number=number).sheet, number): str(key)}


def row_of(member, content="", quantity="", **more):
    """A row about a member as the header of these tests has it."""
    names = ("measure", "done", "rating")
    day = f"{member.birth_date:%d/%m/%Y}"
    return ["1", member.full_name, day, member.unit.name, content, quantity, *(more.get(name, "") for name in names)]
