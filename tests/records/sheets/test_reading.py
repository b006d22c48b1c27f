"""Whatever a file is, reading it gives a workbook or one sentence, soon, and leaves nothing behind."""

import datetime
import json
import os
import struct
import subprocess
import threading
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.sheets import formats, reading, spool
from records.sheets.reading import Limits, UnreadableSheet, read
from tests.records.sheets.making import make_ods, make_ole, make_xls, make_xlsx

ROWS = [["STT", "Họ và tên"], [1, "Nguyễn Văn An"], [2, "Trần Thị Bình"]]


@pytest.fixture
def children(monkeypatch):
    """Every child process started, so that a test can see that none outlives the reading."""
    started = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(reading.subprocess, "Popen", Watched)
    return started


@pytest.fixture(autouse=True)
def leaves_nothing(tmp_path_factory, monkeypatch):
    """No reading, whether it succeeds or not, leaves a temporary file."""
    place = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(place))
    yield
    assert list(place.iterdir()) == []


def refusal(path, **limits):
    """The one sentence with which a file is refused."""
    with pytest.raises(UnreadableSheet) as caught:
        read(path, limits=Limits(**limits))
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def values(workbook):
    return [line.cells for line in workbook.sheets[0].lines]


class TestGoodFiles:
    def test_values_keep_their_kinds(self, tmp_path):
        day, moment = datetime.date(2020, 5, 22), datetime.datetime(2020, 5, 22, 7, 30)
        path = make_xlsx(tmp_path / "a.xlsx", [["chữ", 1.5, 3, True, day, moment, None, "cuối"]])
        assert values(read(path)) == [["chữ", 1.5, 3, True, day, moment, None, "cuối"]]

    def test_row_numbers_are_those_a_person_sees(self, tmp_path):
        workbook = read(make_xlsx(tmp_path / "a.xlsx", [[], [], ["a"], [], ["b"]]))
        assert [(line.number, line.cells) for line in workbook.sheets[0].lines] == [(3, ["a"]), (5, ["b"])]

    def test_cells_left_of_the_first_value_are_counted(self, tmp_path):
        assert values(read(make_xlsx(tmp_path / "a.xlsx", [[None, None, "c"]]))) == [[None, None, "c"]]

    def test_error_cells_are_empty(self, tmp_path):
        assert values(read(make_xlsx(tmp_path / "a.xlsx", [["a", "#N/A", "#REF!", "b"]]))) == [["a", None, None, "b"]]

    def test_sheets_tell_whether_they_are_hidden_and_what_is_merged(self, tmp_path):
        path = make_xlsx(tmp_path / "a.xlsx", ROWS, merges=["A1:B1"], hidden=["Mã"], **{"Mã": [["x", "01"]]})
        first, second = read(path).sheets
        assert (first.name, first.visible, second.name, second.visible) == ("Danh sách", True, "Mã", False)
        assert [(m.top, m.left, m.bottom, m.right) for m in first.merges] == [(1, 0, 1, 1)]

    @pytest.mark.parametrize("make", [make_ods, make_xls])
    def test_other_spreadsheet_formats_are_read(self, tmp_path, make):
        workbook = read(make(tmp_path / f"a.{make.__name__[5:]}", [["Họ và tên", "Đơn vị"], ["Lê Ánh", "Sở Y tế"]]))
        assert values(workbook) == [["Họ và tên", "Đơn vị"], ["Lê Ánh", "Sở Y tế"]]
        assert workbook.notes == []

    def test_the_bytes_decide_not_the_name(self, tmp_path):
        workbook = read(make_xlsx(tmp_path / "danh_sach.csv", ROWS))
        assert workbook.format == "xlsx"
        assert len(workbook.notes) == 1
        assert values(workbook)[1] == [1, "Nguyễn Văn An"]

    @pytest.mark.parametrize(
        ("make", "name"), [(make_xls, "a.xlsx"), (make_xls, "a.ods"), (make_ods, "a.xlsx"), (make_ods, "a.xls")]
    )
    def test_a_workbook_under_another_workbooks_name_is_read_as_what_it_is(self, tmp_path, make, name):
        workbook = read(make(tmp_path / name, [["Họ và tên", "Đơn vị"], ["Lê Ánh", "Sở Y tế"]]))
        assert values(workbook) == [["Họ và tên", "Đơn vị"], ["Lê Ánh", "Sở Y tế"]]
        assert len(workbook.notes) == 1

    def test_a_text_table_named_xls_is_read_and_told(self, tmp_path):
        path = tmp_path / "cu.xls"
        path.write_text("STT\tHọ và tên\n1\tLê Ánh\n", encoding="utf-16")
        workbook = read(path)
        assert values(workbook) == [["STT", "Họ và tên"], ["1", "Lê Ánh"]]
        assert len(workbook.notes) == 1

    def test_a_million_empty_rows_between_two_values_cost_nothing(self, tmp_path):
        path = make_xlsx(tmp_path / "a.xlsx", [["đầu"]])
        put_in_sheet(path, '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>cuối</t></is></c></row></sheetData>')
        assert [(line.number, line.cells) for line in read(path).sheets[0].lines] == [(1, ["đầu"]), (1048576, ["cuối"])]

    def test_long_texts_are_handed_over_in_smaller_blocks(self, tmp_path):
        rows = [[f"{n} " + "chữ " * 3_000, n] for n in range(300)]
        assert values(read(make_xlsx(tmp_path / "a.xlsx", rows))) == rows

    def test_columns_of_mixed_values(self, tmp_path):
        day = datetime.date(2020, 5, 22)
        rows = [["Ngày"], [day], ["22/5/2020"], [None, "x"], [datetime.datetime(2020, 5, 22, 7)], [5], [True]]
        assert values(read(make_xlsx(tmp_path / "a.xlsx", rows))) == [
            ["Ngày"], [day], ["22/5/2020"], [None, "x"], [datetime.datetime(2020, 5, 22, 7)], [5], [True],
        ]  # fmt: skip

    def test_several_sheets_are_each_read_by_themselves(self, tmp_path):
        workbook = read(make_xlsx(tmp_path / "a.xlsx", ROWS, Hai=[["b"], ["c"]], Ba=[]))
        first, second, third = workbook.sheets
        pairs = zip(first.lines, second.lines, strict=False)
        assert [(one.cells[0], two.cells[0]) for one, two in pairs] == [("STT", "b"), (1, "c")]
        assert not third.lines

    def test_what_is_read_does_not_stay_in_memory(self, tmp_path):
        """Four times the rows take no more memory, as seen by the interpreter that walks them."""
        peaks = []
        for count in (5_000, 20_000):
            path = tmp_path / f"{count}.csv"
            path.write_text("".join(f"{n},Nguyễn Văn {n},Chi bộ {n}\n" for n in range(count)))
            tracemalloc.start()
            assert sum(1 for _line in read(path).sheets[0].lines) == count
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < 1.5 * peaks[0] + spool.IN_MEMORY

    def test_no_child_is_left(self, tmp_path, children):
        read(make_xlsx(tmp_path / "a.xlsx", ROWS))
        assert [child.poll() for child in children] != []
        assert None not in [child.returncode for child in children]

    def test_the_child_is_told_no_secrets(self, tmp_path, children, monkeypatch):
        told = []
        original = reading.subprocess.Popen.__init__
        monkeypatch.setattr(
            reading.subprocess.Popen,
            "__init__",
            lambda self, *args, **kwargs: (told.append(kwargs["env"]), original(self, *args, **kwargs))[1],
        )
        monkeypatch.setenv("SECRET_KEY", "hush")
        read(make_xlsx(tmp_path / "a.xlsx", ROWS))
        assert len(told) == 1
        assert set(told[0]) <= {"PATH", "LD_LIBRARY_PATH"}


def put_in_sheet(path, xml):
    """Replace the end of the first sheet's data."""
    change_sheet(path, lambda sheet: sheet.replace("</sheetData>", xml))


def change_sheet(path, change):
    """Rewrite the first sheet's XML."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


class TestBadFiles:
    def test_missing(self, tmp_path):
        assert "khong_co.xlsx" in refusal(tmp_path / "khong_co.xlsx")

    def test_a_folder(self, tmp_path):
        refusal(tmp_path)

    def test_empty(self, tmp_path):
        (tmp_path / "a.xlsx").touch()
        refusal(tmp_path / "a.xlsx")

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7\n1 0 obj",
            b"\x89PNG\r\n\x1a\n" + bytes(50),
            b"\xff\xd8\xff\xe0" + bytes(50),
            b"  <!DOCTYPE html><html><table><tr><td>1</td></tr></table>",
            b"\xef\xbb\xbf<html><body>",
            "<html><table>".encode("utf-16"),
            b"<?xml version='1.0'?><Workbook/>",
            b"{\\rtf1 STT}",
            b"7z\xbc\xaf\x27\x1c" + bytes(50),
            b"\x1f\x8b\x08" + bytes(50),
            bytes(range(256)) * 4,
            b"\x7fELF" + bytes(200),
            "một dòng chữ, không có cột nào.".replace(",", "").encode(),
        ],
    )
    def test_another_kind_of_file_named_xlsx(self, tmp_path, content, children):
        (tmp_path / "a.xlsx").write_bytes(content)
        refusal(tmp_path / "a.xlsx")
        assert children == []

    def test_a_text_document(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
            archive.writestr("word/document.xml", "<x/>")
        refusal(tmp_path / "a.xlsx")

    def test_an_archive(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("danh_sach.csv", "STT")
        refusal(tmp_path / "a.zip")

    def test_encrypted_workbooks_say_password(self, tmp_path):
        modern = make_ole(tmp_path / "a.xlsx", "EncryptedPackage", bytes(5000))
        old = make_xls(tmp_path / "b.xls", [["a"]], password=True)
        assert refusal(modern) == refusal(old)
        assert "password" in refusal(modern) or "mật khẩu" in refusal(modern)

    def test_an_old_text_document(self, tmp_path):
        refusal(make_ole(tmp_path / "a.xls", "WordDocument", bytes(5000)))

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_truncated(self, tmp_path, share):
        content = make_xlsx(tmp_path / "a.xlsx", ROWS).read_bytes()
        (tmp_path / "a.xlsx").write_bytes(content[: int(len(content) * share)])
        refusal(tmp_path / "a.xlsx")

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
    def test_damaged_inside(self, tmp_path, part):
        path = make_xlsx(tmp_path / "a.xlsx", ROWS)
        with zipfile.ZipFile(path) as archive:
            parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        parts[part] = parts[part][: len(parts[part]) // 2]
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        refusal(path)

    def test_only_empty_sheets(self, tmp_path):
        refusal(make_xlsx(tmp_path / "a.xlsx", [], Khác=[]))

    def test_only_empty_rows(self, tmp_path):
        path = make_xlsx(tmp_path / "a.xlsx", [])
        put_in_sheet(path, "".join(f'<row r="{n}"><c r="A{n}"/></row>' for n in range(1, 50_000)) + "</sheetData>")
        with zipfile.ZipFile(path) as archive:
            if b"<sheetData/>" in archive.read("xl/worksheets/sheet1.xml"):
                pytest.fail("the rows were not put in")
        refusal(path)


class TestAttacks:
    @pytest.mark.parametrize(
        "declared",
        [
            '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;&b;&b;&b;&b;">',
            '<!ENTITY e SYSTEM "file:///etc/passwd">',
        ],
    )
    def test_entities_that_grow_or_read_other_files(self, tmp_path, declared):
        path = make_xlsx(tmp_path / "a.xlsx", ROWS)
        put_in_sheet(path, '<row r="9"><c r="A9" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData>')
        change_sheet(path, lambda sheet: sheet.replace("<worksheet", f"<!DOCTYPE x [{declared}]><worksheet", 1))
        refusal(path)

    def test_one_long_text_used_in_every_row(self, tmp_path, children):
        path = make_xlsx(tmp_path / "a.xlsx", [["x" * 30_000]])
        cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 400))
        put_in_sheet(path, cells + "</sheetData>")
        refusal(path, output_bytes=5_000_000)
        assert None not in [child.returncode for child in children]

    def test_more_merged_cells_than_any_list_has(self, tmp_path):
        path = make_xlsx(tmp_path / "a.xlsx", ROWS)
        merges = "".join(f'<mergeCell ref="A{n}:A{n + 1}"/>' for n in range(3, 120_000, 2))
        put_in_sheet(path, f"</sheetData><mergeCells>{merges}</mergeCells>")
        sheet = read(path).sheets[0]
        assert (len(sheet.lines), len(sheet.merges)) == (3, 50_000)

    def test_too_large(self, tmp_path, children):
        assert "1 MB" in refusal(make_xlsx(tmp_path / "a.xlsx", ROWS), file_bytes=100)
        assert children == []

    def test_zip_that_unpacks_to_too_much(self, tmp_path, children):
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "<x/>")
            archive.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)
        refusal(path, unzipped_bytes=1_000_000)
        assert children == []

    def test_zip_that_unpacks_a_thousandfold(self, tmp_path, children):
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "<x/>")
            archive.writestr("xl/worksheets/sheet1.xml", b" " * 11_000_000)
        refusal(path)
        assert children == []

    def test_zip_that_lies_about_its_size(self, tmp_path, children):
        path = make_xlsx(tmp_path / "a.xlsx", ROWS)
        put_in_sheet(path, "</sheetData>" + " " * 30_000_000)
        content = path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
        path.write_bytes(content.replace(struct.pack("<I", real), struct.pack("<I", 900)))
        try:
            read(path, limits=Limits(seconds=20))
        except UnreadableSheet as error:
            assert str(error)
        assert None not in [child.returncode for child in children]

    def test_two_cells_at_opposite_corners(self, tmp_path, children):
        path = make_xlsx(tmp_path / "a.xlsx", [["đầu"]])
        put_in_sheet(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
        assert os.path.getsize(path) < 6_000
        refusal(path)
        assert [child.returncode for child in children] != [0]

    def test_too_many_columns(self, tmp_path):
        assert "300" in refusal(make_xlsx(tmp_path / "a.xlsx", [["x"] * 301]))

    def test_too_many_rows(self, tmp_path):
        assert "2" in refusal(make_xlsx(tmp_path / "a.xlsx", ROWS), rows=2)

    def test_too_many_sheets(self, tmp_path):
        refusal(make_xlsx(tmp_path / "a.xlsx", ROWS, Hai=ROWS, Ba=ROWS), sheets=2)

    def test_more_output_than_allowed(self, tmp_path, children):
        refusal(make_xlsx(tmp_path / "a.xlsx", [["x" * 1000]] * 50), output_bytes=20_000)
        assert None not in [child.returncode for child in children]

    def test_a_child_that_takes_too_long_is_stopped(self, tmp_path, children):
        refusal(make_xlsx(tmp_path / "a.xlsx", ROWS), seconds=0.001)
        assert [child.returncode for child in children] == [-9]


SMALL = {}


def small_xlsx(tmp_path_factory):
    """One small file for all examples."""
    if "content" not in SMALL:
        SMALL["folder"] = tmp_path_factory.mktemp("fuzz")
        SMALL["content"] = make_xlsx(SMALL["folder"] / "a.xlsx", ROWS, merges=["A1:B1"]).read_bytes()
    return SMALL["folder"] / "b.xlsx", SMALL["content"]


def read_or_refuse(path, limits=None):
    try:
        assert read(path, limits=limits).sheets
    except UnreadableSheet as error:
        assert str(error)


FUZZ = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(data=st.data())
def test_a_spoilt_file_is_a_workbook_or_a_sentence(tmp_path_factory, data):
    path, content = small_xlsx(tmp_path_factory)
    spoilt = bytearray(content[: data.draw(st.integers(10, len(content)), label="length")])
    for position in data.draw(st.lists(st.integers(4, len(spoilt) - 1), max_size=6), label="flipped"):
        spoilt[position] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(spoilt))
    read_or_refuse(path)


@FUZZ
@given(xml=st.text(alphabet=st.sampled_from('<>/"=row c1A9&;#tvis '), max_size=80))
def test_a_spoilt_sheet_inside_is_a_workbook_or_a_sentence(tmp_path_factory, xml):
    path, content = small_xlsx(tmp_path_factory)
    path.write_bytes(content)
    put_in_sheet(path, xml + "</sheetData>")
    read_or_refuse(path)


NAMES = st.sampled_from(
    [
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "[Content_Types].xml",
        "content.xml",
        "word/document.xml",
        "../a",
        "a",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.dictionaries(NAMES, st.binary(max_size=60), max_size=4),
    mimetype=st.none() | st.sampled_from(["application/vnd.oasis.opendocument.spreadsheet", "text/plain"]),
    cut=st.integers(0, 40),
)
def test_any_archive_is_a_kind_of_file_or_a_sentence(tmp_path_factory, parts, mimetype, cut):
    path = small_xlsx(tmp_path_factory)[0].with_name("any.xlsx")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in ({"mimetype": mimetype.encode()} if mimetype else {}).items() | parts.items():
            archive.writestr(name, content)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - cut])
    try:
        # Cut to its first letter it is no archive any more.
        known = {"xlsx", "ods"} if path.read_bytes().startswith(b"PK") else {"text"}
        assert formats.find_format(path, Limits()) in known
    except UnreadableSheet as error:
        assert str(error)


KEYS = st.sampled_from(["rows", "columns", "sheet", "visible", "merged", "error", "v", "d", "t"])
MESSAGES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rows", "columns", "sheet", "visible", "merged", "error", "v", "d", "t"]), inner
        )
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=12) | MESSAGES.map(lambda m: json.dumps(m).encode()), max_size=5))
def test_whatever_a_parser_gone_wild_says_is_a_workbook_or_a_sentence(said):
    """The child is not trusted: it runs what a file made of it."""
    said.insert(0, b'{"sheet": "a", "visible": true, "merged": []}')
    try:
        for sheet in reading._collect(iter(said), Limits(), threading.Event()):
            assert list(sheet.lines) is not None
    except UnreadableSheet as error:
        assert str(error)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.xlsx", "a.tsv"]))
def test_any_bytes_are_a_workbook_or_a_sentence(tmp_path_factory, content, name):
    path = small_xlsx(tmp_path_factory)[0].with_name(name)
    path.write_bytes(content)
    read_or_refuse(path)
