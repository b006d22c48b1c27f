"""Each kind of list is described so that a header can mean one thing only, and nothing private has a column."""

import pytest
from django.utils.translation import override

from records.models import Award
from records.sheet_kinds import AWARDS
from records.sheets.kinds import kinds
from records.sheets.recognising import recognise
from records.vietnamese import fold
from tests.records.sheets.making import make_sheet

KINDS = kinds().values()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_no_header_means_two_fields(kind):
    headers = [fold(synonym) for field in kind.fields for synonym in field.synonyms]
    assert sorted(headers) == sorted(set(headers))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_no_title_of_a_field_is_another_fields_header(kind):
    """An export writes titles; they must lead back to their own field, in either language."""
    for language in ("vi", "en"):
        with override(language):
            told = [
                (fold(synonym), field.name) for field in kind.fields for synonym in (*field.synonyms, str(field.title))
            ]
        assert len({header for header, _name in told}) == len(set(told))


def test_what_may_be_said_for_all_awards_has_a_title():
    assert all(AWARDS.field(name) for name in AWARDS.settings)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_can_tell_a_header_row(kind):
    # The names of units may stand in columns of levels, of which no single one must be there.
    assert any(field.required for field in kind.fields) or kind.minimum >= 2


@pytest.mark.parametrize("private", ["Ngày sinh", "Địa chỉ", "Số CCCD", "Điện thoại", "Nơi ở", "Email"])
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
