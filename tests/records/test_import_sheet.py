"""The command: a plan first, all or nothing, one sentence for what cannot be read, one object for a program."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from records.models import Award, Decision
from records.sheets.reading import read
from tests.factories import make_award_type, make_unit
from tests.records.sheets.making import make_ods, make_xls, make_xlsx

pytestmark = pytest.mark.django_db

TITLE = ["(Kèm theo Quyết định số {}/QĐ-UBND Ngày 21 tháng 3 năm 2017 của Chủ tịch UBND tỉnh A)"]
OFFICIAL = [
    ["CHỦ TỊCH UBND TỈNH A", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    [None, None, None, "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["DANH SÁCH TẶNG BẰNG KHEN"],
    [TITLE[0].format(563)],
    [],
    ["STT", "Họ và tên/Tên tập thể", "Chức vụ, đơn vị công tác", None, "Hình thức khen thưởng", "Ghi chú"],
    [None, None, "Chức vụ", "Đơn vị", None, None],
    ["I", "TẬP THỂ (02)"],
    [1, "Nhân dân và cán bộ xã Một", None, "huyện B", "Bằng khen tỉnh"],
    [2, "Nhân dân và cán bộ xã Hai", None, "huyện B", "Bằng khen tỉnh"],
    ["II", "CÁ NHÂN (01)"],
    [1, "Ông Nguyễn Văn An", "Chủ tịch", "xã Một", "Bằng khen tỉnh"],
    [],
    ["Danh sách này có 02 tập thể, 01 cá nhân./."],
    [None, None, None, "TM. ỦY BAN NHÂN DÂN"],
]
MERGES = ["A4:F4", "A5:F5", "A7:A8", "B7:B8", "C7:D7", "E7:E8", "F7:F8", "B9:F9", "B12:F12"]
NUMBERS = ["rows", "create", "change", "same", "ambiguous", "refused"]


@pytest.fixture(autouse=True)
def register(db):
    make_unit(code="GOC")
    return make_award_type(name="Bằng khen tỉnh")


@pytest.fixture
def official(tmp_path):
    return make_xlsx(tmp_path / "danh_sach.xlsx", OFFICIAL, merges=MERGES)


def run(*args):
    """What the command prints."""
    out = StringIO()
    call_command("import_sheet", "awards", *map(str, args), stdout=out)
    return out.getvalue()


def run_json(*args):
    return json.loads(run(*args, "--json"))


def numbers(answer):
    return [answer[name] for name in NUMBERS]


def refused(*args):
    """The object printed and the sentence of a run that ends with status 1."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_sheet", "awards", *map(str, args), "--json", stdout=out)
    assert caught.value.returncode == 1
    assert str(caught.value).endswith(".")
    return json.loads(out.getvalue() or "null"), str(caught.value)


def test_an_official_list_goes_in_as_it_is(official):
    assert numbers(run_json(official, "--apply")) == [3, 3, 0, 0, 0, 0]
    decision = Decision.objects.get()
    assert (decision.number, f"{decision.issued_on:%d/%m/%Y}") == ("563/QĐ-UBND", "21/03/2017")
    assert list(
        decision.awards.order_by("list_position").values_list("recipient_kind", "salutation", "recipient_name")
    ) == [
        ("collective", "", "Nhân dân và cán bộ xã Một"),
        ("collective", "", "Nhân dân và cán bộ xã Hai"),
        ("person", "Ông", "Nguyễn Văn An"),
    ]
    assert Award.history.count() == 3


@pytest.mark.one_database
def test_nothing_is_written_without_apply(official):
    assert numbers(run_json(official)) == [3, 3, 0, 0, 0, 0]
    assert (Award.objects.count(), Decision.objects.count()) == (0, 0)


@pytest.mark.one_database
def test_rows_that_are_not_taken_come_back_as_a_workbook_to_be_mended(tmp_path):
    rows = [[cell.replace("Bằng khen", "Bằng kehn") if row[0] == 2 and isinstance(cell, str) else cell for cell in row]
            for row in OFFICIAL]  # fmt: skip
    path, left = make_xlsx(tmp_path / "danh_sach.xlsx", rows, merges=MERGES), tmp_path / "left.xlsx"
    assert numbers(refused(path, "--report", left)[0]) == [3, 2, 0, 0, 0, 1]
    sheet = read(left).sheets[0]
    lines = [line.cells for line in sheet.lines if "Nhân dân và cán bộ xã Hai" in line.cells]
    assert [line[-1] for line in lines] == ["Trong sổ không có hình thức khen thưởng “Bằng kehn tỉnh”."]
    assert not any("Nhân dân và cán bộ xã Một" in line.cells for line in sheet.lines)
    assert refused(path, "--report", tmp_path / "nowhere" / "left.xlsx")[1] == "Không ghi được tệp {}.".format(
        tmp_path / "nowhere" / "left.xlsx"
    )
    taken = tmp_path / "taken.xlsx"
    run(make_xlsx(tmp_path / "b.xlsx", OFFICIAL, merges=MERGES), "--report", taken)
    assert not taken.exists()


@pytest.mark.one_database
def test_a_second_apply_changes_nothing(official):
    run(official, "--apply")
    assert numbers(run_json(official, "--apply")) == [3, 0, 0, 3, 0, 0]
    assert (Award.objects.count(), Award.history.count()) == (3, 3)


def test_every_list_of_a_workbook_goes_under_its_own_decision(tmp_path):
    second = [[TITLE[0].format(564)], ["Tên tập thể", "Hình thức"], ["Tập thể xã Ba", "Bằng khen tỉnh"]]
    guide = [["Họ và tên", "Hình thức"], ["Nguyễn Văn Mẫu", "Bằng khen tỉnh"]]
    codes = [["tenhinhthuckt", "mahinhthuckt"], ["Bằng khen tỉnh", "1650360491"]]
    path = make_xlsx(tmp_path / "a.xlsx", OFFICIAL, MERGES, **{"Tập thể": second, "Hướng dẫn": guide, "HTKT": codes})
    printed = run(path, "--apply")
    assert sorted(d.number for d in Decision.objects.all()) == ["563/QĐ-UBND", "564/QĐ-UBND"]
    assert "Hướng dẫn" in printed
    assert "HTKT" in printed
    assert not Award.objects.filter(recipient_name__contains="Mẫu").exists()


def test_a_form_with_code_columns_and_settings(tmp_path):
    header = [
        "STT", "Tên gọi\n(Ông/Bà/Chức danh)", "Tên tập thể/cá nhân/hộ gia đình", "Chức vụ", "Đơn vị công tác",
        "Phân loại khen thưởng", "Danh hiệu thi đua/Hình thức khen thưởng", "Mã Danh hiệu thi đua",
    ]  # fmt: skip
    rows = [
        [None, None, f"Khoa {n}", None, " Sở Y tế ", "Khen thưởng tập thể", "Bằng khen tỉnh", "#N/A"] for n in range(20)
    ]
    blank = [[None] * 7 + ["#N/A"]] * 30
    path = make_xlsx(tmp_path / "a.xlsx", [header, *rows, *blank])
    settings = ["--set", "number=9/QĐ-SYT", "--set", "issued_on=2024-01-15", "--set", "issuer=Giám đốc Sở Y tế"]
    assert numbers(run_json(path, *settings, "--apply")) == [20, 20, 0, 0, 0, 0]
    assert numbers(run_json(path, *settings, "--apply")) == [20, 0, 0, 20, 0, 0]
    assert set(Award.objects.values_list("recipient_unit", flat=True)) == {"Sở Y tế"}


@pytest.mark.one_database
@pytest.mark.parametrize("make", [make_ods, make_xls])
def test_other_formats_go_in_too(tmp_path, make):
    rows = [[TITLE[0].format(7)], ["Tên tập thể", "Hình thức"], ["Tập thể xã Ba", "Bằng khen tỉnh"]]
    assert numbers(run_json(make(tmp_path / f"a.{make.__name__[5:]}", rows), "--apply")) == [1, 1, 0, 0, 0, 0]


@pytest.mark.one_database
def test_a_csv_of_an_old_machine_goes_in(tmp_path):
    text = f"{TITLE[0].format(8)}\nTên tập thể;Hình thức\nTập thể xã Ba;Bằng khen tỉnh\n"
    (tmp_path / "a.csv").write_bytes(text.encode("utf-16"))
    assert numbers(run_json(tmp_path / "a.csv", "--apply")) == [1, 1, 0, 0, 0, 0]


class TestRefusals:
    @pytest.fixture
    def mixed(self, tmp_path):
        rows = [*OFFICIAL[:13], [2, "Bà Trần Thị Bình", "Bí thư", "xã Một", "Giải Không Có"], *OFFICIAL[13:]]
        return make_xlsx(tmp_path / "a.xlsx", rows, MERGES)

    def test_one_refused_row_keeps_everything_out(self, mixed):
        answer, _sentence = refused(mixed, "--apply")
        assert numbers(answer) == [4, 3, 0, 0, 0, 1]
        assert (Award.objects.count(), Decision.objects.count()) == (0, 0)

    @pytest.mark.one_database
    def test_a_dry_run_with_a_refused_row_ends_with_status_1_too(self, mixed):
        answer, _sentence = refused(mixed)
        assert numbers(answer) == [4, 3, 0, 0, 0, 1]

    @pytest.mark.one_database
    def test_reasons_are_grouped_with_an_example(self, mixed):
        answer, _sentence = refused(mixed)
        (found,) = answer["reasons"]
        assert set(found) == {"reason", "rows", "example"}
        assert "Giải Không Có" in found["reason"]
        assert found["rows"] == 1
        assert "14" in found["example"]

    def test_a_failure_while_writing_leaves_nothing(self, official, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError("power cut")

        monkeypatch.setattr("records.lists.award_writing.insert", fail)
        with pytest.raises(RuntimeError):
            run(official, "--apply")
        assert Decision.objects.count() == 0

    @pytest.mark.one_database
    @pytest.mark.parametrize(
        "content", [b"", b"%PDF-1.7", b"<html><table></table></html>", b"PK\x03\x04 cut short", bytes(range(256))]
    )
    def test_a_file_that_is_no_list_is_one_sentence(self, tmp_path, content):
        (tmp_path / "a.xlsx").write_bytes(content)
        answer, sentence = refused(tmp_path / "a.xlsx", "--apply")
        assert answer is None
        assert "\n" not in sentence

    @pytest.mark.one_database
    def test_a_missing_file_is_one_sentence(self, tmp_path):
        assert "khong_co.xlsx" in refused(tmp_path / "khong_co.xlsx")[1]

    @pytest.mark.one_database
    @pytest.mark.parametrize(
        "args",
        [
            ["--set", "colour=red"],
            ["--set", "number"],
            ["--map", "B=colour"],
            ["--set", "unit=XYZ"],
            ["--sheet", "Không"],
        ],
    )
    def test_what_the_clerk_says_must_mean_something(self, official, args):
        assert refused(official, *args)[0] is None


@pytest.mark.one_database
def test_columns_can_be_mapped_by_hand(tmp_path):
    rows = [[TITLE[0].format(9)], ["Ai", "Được gì", "Loại người"], ["Tập thể xã Ba", "Bằng khen tỉnh", "Tập thể"]]
    path = make_xlsx(tmp_path / "a.xlsx", rows)
    args = ["--map", "A=name", "--map", "Được gì=type", "--map", "C=kind"]
    assert numbers(run_json(path, *args, "--apply")) == [1, 1, 0, 0, 0, 0]


@pytest.mark.one_database
def test_a_sheet_asked_for_by_name_is_read_although_hidden(tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", OFFICIAL, MERGES, hidden=["Ẩn"], **{"Ẩn": OFFICIAL[:11]})
    assert numbers(run_json(path, "--sheet", "Ẩn")) == [2, 2, 0, 0, 0, 0]


@pytest.mark.one_database
def test_the_plan_in_words_says_what_was_understood(official):
    printed = run(official)
    for word in ("563/QĐ-UBND", "21/03/2017", "Danh sách", "Ghi chú", "Danh sách này có 02 tập thể", "--apply"):
        assert word in printed


@pytest.mark.one_database
def test_an_xlsx_named_csv_is_read_and_told(tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", OFFICIAL, MERGES).rename(tmp_path / "danh_sach.csv")
    assert "danh_sach.csv" in run(path, "--apply").splitlines()[0]
    assert Award.objects.count() == 3
