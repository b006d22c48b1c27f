"""The kind of list that campaigns declare: a header means one thing, activities are columns, words have values."""

import pytest

from campaigns.lists.finding import activity_fields
from campaigns.models import Registration
from campaigns.sheet_kinds import KINDS, REGISTRATIONS
from records.sheets.codes import squash
from records.sheets.kinds import find_kind
from records.sheets.planning import Context, Type
from records.sheets.recognising import recognise
from records.sheets.workbook import Line, Sheet
from tests.factories import make_activity, make_campaign


def columns(kind, header):
    lines = [Line(1, list(header)), Line(2, [str(n) for n in range(90, 90 + len(header))])]
    return [column.field.name if column.field else None for column in recognise(Sheet("s", lines=lines), kind).columns]


@pytest.mark.parametrize("kind", KINDS)
def test_no_header_means_two_fields(kind):
    meant = {}
    for field in kind.fields:
        for synonym in (*field.synonyms, str(field.title)):
            meant.setdefault(squash(synonym), set()).add(field.name)
    assert not {header: names for header, names in meant.items() if len(names) > 1}


def test_every_kind_is_found_by_its_code():
    assert [find_kind(kind.code) for kind in KINDS] == list(KINDS)


def test_every_value_has_a_word_and_every_word_a_value():
    for name, values in (("status", Registration.Status), ("rating", Registration.Rating)):
        assert set(REGISTRATIONS.field(name).words.values()) == set(values)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            ["STT", "Họ và tên", "Năm sinh", "Chức vụ", "Chi bộ", "Nội dung đăng ký", "Số lượng", "ĐVT", "Ghi chú"],
            ["ordinal", "name", "birth", "position", "unit", "content", "quantity", "measure", None],
        ),
        (
            ["TT", "HỌ TÊN ĐẢNG VIÊN", "Danh hiệu đăng ký", "Lời cam kết", "Ngày đăng ký", "Ký tên"],
            ["ordinal", "name", "aim", "own_words", "registered", None],
        ),
        (
            ["Số TT", "Họ, tên", "Kết quả thực hiện", "Xếp loại", "Tình trạng", "Số CCCD"],
            ["ordinal", "name", "done", "rating", "status", None],
        ),
    ],
)
def test_headers_of_lists_in_use(header, fields):
    assert columns(REGISTRATIONS, header) == fields


@pytest.mark.django_db
def test_the_activities_of_the_campaign_are_columns():
    campaign, other = make_campaign(), make_campaign()
    lamps = make_activity(campaign, name="Đèn chiếu sáng", measure="bóng đèn")
    make_activity(other, name="Tủ sách")
    kind = REGISTRATIONS.for_context(Context(None, campaign.starts_on, {"campaign": campaign.slug}))
    header = ["Họ tên", "ĐÈN CHIẾU SÁNG (bóng)", "Kết quả: đèn chiếu sáng", "Tủ sách"]
    assert columns(kind, header) == ["name", f"activity:{lamps.pk}", f"done:{lamps.pk}", None]
    assert all(field.type == Type.NUMBER for field in kind.fields if ":" in field.name)
    assert kind.for_context(Context(None, campaign.starts_on)) is kind


@pytest.mark.django_db
def test_without_a_campaign_there_are_no_columns_of_activities():
    make_activity(make_campaign())
    assert activity_fields(Context(None, None), ["Danh sách"]) == ()
