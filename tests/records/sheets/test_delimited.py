"""A csv is read whatever wrote it: its encoding and separator are found in the text."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.sheets import delimited
from records.sheets.formats import Limits, UnreadableSheet
from records.sheets.reading import read

TEXT = "STT,Họ và tên,Chức vụ\n1,Đặng Thị Ngọc Ánh,Phó Giám đốc\n2,Lữ Quốc Việt,Chuyên viên\n"
ROWS = [
    ["STT", "Họ và tên", "Chức vụ"],
    ["1", "Đặng Thị Ngọc Ánh", "Phó Giám đốc"],
    ["2", "Lữ Quốc Việt", "Chuyên viên"],
]
# "Danh sách Đảng viên; Nguyễn Văn An, Trần Thị Bình, phường Phú Hòa" as the TCVN3 and VNI fonts wrote it.
TCVN3 = "Hä vµ tªn,§¬n vÞ\nNguyÔn V¨n An,ph­êng Phó Hßa\nTrÇn ThÞ B×nh,huyÖn Phong §iÒn\n"


def rows_of(tmp_path, content, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return [line.cells for line in read(path).sheets[0].lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings(tmp_path, encoding):
    assert rows_of(tmp_path, TEXT.encode(encoding)) == ROWS


def test_windows_1258_writes_tones_after_their_vowels(tmp_path):
    # Ộ = O-circumflex + dot below and so on: the way Windows stored Vietnamese.
    content = "Họ tên,Chức vụ\nÐặng Thị,Ðội trưởng\n".replace("Ð", "Đ")
    decomposed = content
    for whole, parts in {
        "ọ": "o\u0323",
        "ứ": "ư\u0301",
        "ụ": "u\u0323",
        "ặ": "ă\u0323",
        "ị": "i\u0323",
        "ộ": "ô\u0323",
        "ở": "ơ\u0309",
    }.items():
        decomposed = decomposed.replace(whole, parts)
    assert rows_of(tmp_path, decomposed.encode("cp1258")) == [["Họ tên", "Chức vụ"], ["Đặng Thị", "Đội trưởng"]]


def test_tcvn3_bytes_are_not_taken_for_windows_1258(tmp_path):
    assert rows_of(tmp_path, TCVN3.encode("latin-1"))[1] == ["NguyÔn V¨n An", "ph­êng Phó Hßa"]


VNI = "Hoï vaø teân,Ñôn vò\nNguyeãn Vaên An,phöôøng Phuù Hoøa\nTraàn Thò Bình,huyeän Phong Ñieàn\n"


def test_vni_bytes_are_not_taken_for_windows_1258(tmp_path):
    assert rows_of(tmp_path, VNI.encode("cp1252"))[1] == ["Nguyeãn Vaên An", "phöôøng Phuù Hoøa"]


def test_a_conversion_from_windows_1258_is_told_with_an_example(tmp_path):
    content = "Ma\u0303,Tên\n1,Trâ\u0300n Thi\u0323\n".encode("cp1258")
    (tmp_path / "a.csv").write_bytes(content)
    workbook = read(tmp_path / "a.csv")
    assert [line.cells for line in workbook.sheets[0].lines] == [["Mã", "Tên"], ["1", "Trần Thị"]]
    (note,) = workbook.notes
    assert all(part in note for part in ("Windows-1258", "Mã,Tên", content.decode("cp1252").splitlines()[0]))


def test_text_in_unicode_needs_no_note(tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "a.csv").write_bytes(TEXT.encode(encoding))
        assert read(tmp_path / "a.csv").notes == []


@pytest.mark.parametrize("place", [399_999, 400_000, 70_000])
def test_the_whole_text_decides_whether_it_is_utf8(tmp_path, place):
    content = bytearray(b"a,b\n" * 200_000)
    content[place : place + 1] = b"\xe1"
    (tmp_path / "a.csv").write_bytes(bytes(content))
    assert delimited.find_text(tmp_path / "a.csv").encoding == "cp1258"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path, separator):
    assert rows_of(tmp_path, TEXT.replace(",", separator).encode()) == ROWS


def test_commas_inside_texts_do_not_hide_a_semicolon(tmp_path):
    text = "Họ và tên;Chức vụ, đơn vị\nLê Ánh;Phó Giám đốc, Sở Y tế\nMai Hoa;Chuyên viên\n"
    assert rows_of(tmp_path, text.encode())[1] == ["Lê Ánh", "Phó Giám đốc, Sở Y tế"]


def test_title_rows_do_not_hide_the_separator(tmp_path):
    text = "UBND TỈNH\nDANH SÁCH KHEN THƯỞNG\n\nSTT;Họ và tên\n1;Lê Ánh\n2;Mai Hoa\n3;Võ An\n"
    assert rows_of(tmp_path, text.encode())[2:] == [
        ["STT", "Họ và tên"],
        ["1", "Lê Ánh"],
        ["2", "Mai Hoa"],
        ["3", "Võ An"],
    ]


def test_excels_own_line_names_the_separator(tmp_path):
    assert rows_of(tmp_path, b"sep=|\nA|B, C\n1|2\n") == [["A", "B, C"], ["1", "2"]]


def test_quoted_cells_may_hold_separators_and_line_breaks(tmp_path):
    assert rows_of(tmp_path, 'Tên,Đơn vị\n"Tổ 1,\nkhối 2",Sở\n'.encode()) == [
        ["Tên", "Đơn vị"],
        ["Tổ 1,\nkhối 2", "Sở"],
    ]


def test_lines_of_separators_alone_are_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("A,B\n,,\n , \n1,2\n")
    assert [line.number for line in read(path).sheets[0].lines] == [1, 4]


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (b"a,b\n1,2\n3,4\n", Limits(rows=2)),
        (b"a,b,c\n", Limits(columns=2)),
        (b'a,"b\n' + b"x" * 200_000, Limits()),
        ("Họ tên".encode("utf-16") + b"\x00", Limits()),
        (bytes([1, 2, 3, 200, 5, 6]) * 20, Limits()),
        ("Họ tên".encode("utf-16-le") + b"\x00", Limits()),
        (b"\n" * 50 + b"a,b\n", Limits(rows=2)),
        (b"," * 1_100_000, Limits()),
        (b'"\n",' * 300_000, Limits()),
        (b"a,b\n1,\x002\n", Limits()),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, content, limits):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(UnreadableSheet, match=r"\.$"):
        read(tmp_path / "a.csv", limits=limits)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_utf8_text_is_never_read_as_anything_else(text):
    content = text.encode()
    encoding = delimited.find_encoding(content, io.BytesIO())
    read = "".join(delimited.Text(encoding, ",").lines(io.BytesIO(content)))
    assert read == text.removeprefix("\ufeff")


def test_bare_utf16_may_hold_a_letter_whose_other_byte_is_nought(tmp_path):
    assert rows_of(tmp_path, "Mã,Tên,Đơn vị\n1,\u0100,x\n".encode("utf-16-le"))[1] == ["1", "\u0100", "x"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(tmp_path, end):
    assert rows_of(tmp_path, TEXT.replace("\n", end).encode()) == ROWS


CELL = st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="|"), max_size=8)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_program_writes_is_read_back(tmp_path_factory, rows, encoding):
    path = tmp_path_factory.getbasetemp() / "written.csv"
    rows = [["Mã", "Tên", "Đơn vị"], *rows]
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    found = {line.number: line.cells for line in read(path).sheets[0].lines}
    for number, row in enumerate(rows, start=1):
        cells = [value if value.strip() else None for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        assert found.get(number, []) == cells
