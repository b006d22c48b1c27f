"""Each kind of list is described so that a header can mean one thing only, and nothing private has a column."""

import pytest

from records.models import Award
from records.sheet_kinds import AWARDS, KINDS
from records.sheets.recognising import recognise
from records.vietnamese import fold
from tests.records.sheets.making import make_sheet


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_no_header_means_two_fields(kind):
    headers = [fold(synonym) for field in kind.fields for synonym in field.synonyms]
    assert sorted(headers) == sorted(set(headers))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_can_tell_a_header_row(kind):
    """By a column that must be there, or by several that are known: units may stand in columns of levels alone."""
    assert any(field.required for field in kind.fields) or kind.minimum > 1


@pytest.mark.parametrize(
    "private", ["Ngày sinh", "Địa chỉ", "Số CCCD", "Điện thoại", "Nơi ở", "Số thẻ đảng viên", "Email"]
)
def test_private_columns_of_an_award_list_are_not_read(private):
    layout = recognise(make_sheet([["STT", "Họ và tên", "Chức vụ", private], [1.0, "Lê Ánh", "x", "y"]]), AWARDS)
    assert [column.label for column in layout.ignored] == [private]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            [
                "STT", "Tên gọi\n(Ông/Bà/Chức danh)", "Tên tập thể/cá nhân/hộ gia đình", "Chức vụ", "Đơn vị công tác",
                "Phân loại khen thưởng", "Danh hiệu thi đua/Hình thức khen thưởng", "Phân loại đối tượng",
                "Lĩnh vực hoạt động", "Mã Danh hiệu thi đua",
            ],
            ["ordinal", "salutation", "name", "position", "unit", "kind", "type", "category", None, None],
        ),
        (["TT", "HỌ TÊN", "Chức vụ, đơn vị công tác", "Hình thức"], ["ordinal", "name", "position_and_unit", "type"]),
        (["Số TT", "Tên đơn vị / tập thể", "Danh hiệu thi đua", "Năm"], ["ordinal", "name", "type", "period"]),
    ],
)  # fmt: skip
def test_headers_of_lists_in_use(header, fields):
    layout = recognise(make_sheet([header, [str(number) for number in range(90, 90 + len(header))]]), AWARDS)
    assert [column.field.name if column.field else None for column in layout.columns] == fields


def test_the_fields_a_list_fills_exist_on_an_award():
    columns = {field.name for field in Award._meta.get_fields()}
    assert {"salutation", "type", "reason"} <= {field.name for field in AWARDS.fields} & columns
