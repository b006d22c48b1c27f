"""The public list of awards, its filters and its spreadsheet: what anyone may find, and nothing else."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import CampaignDocument
from records.forms.awards import AwardFilterForm, canonical_code
from records.forms.filters import FilterForm
from records.models import Award, AwardType
from records.models.fields import ALPHABET
from records.sheets.guarding import guard
from records.views.public_awards import period
from tests.factories import (
    make_award,
    make_award_type,
    make_campaign,
    make_decision,
    make_member,
    make_unit,
)

pytestmark = pytest.mark.django_db
LIST, CSV = "/awards/", "/awards.csv"


@pytest.fixture
def client(client):
    """Reads English, so that a test can quote the page."""
    client.cookies["django_language"] = "en"
    return client


def names(response):
    """The recipients a list page shows, in its order."""
    return [row["name"] for row in response.context["rows"]]


def found(client, **conditions):
    response = client.get(LIST, conditions)
    assert response.status_code == 200
    return names(response)


def lines(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


# The list


@pytest.mark.one_database
def test_only_published_awards_are_listed(client):
    make_award(recipient_name="Tập thể Công khai", published=True)
    make_award(recipient_name="Tập thể Còn kín")
    assert found(client) == ["Tập thể Công khai"]


def test_the_newest_decision_comes_first_and_each_keeps_its_own_order(client):
    old, new = make_decision(issued_on=date(2019, 1, 1)), make_decision(issued_on=date(2020, 1, 1))
    for decision, place, name in ((old, 1, "D"), (new, 2, "B"), (new, 1, "A"), (new, 3, "C")):
        make_award(decision=decision, list_position=place, recipient_name=name, published=True)
    assert found(client) == ["A", "B", "C", "D"]


@pytest.fixture
def two(client):
    """An award that every condition below meets and one that none meets."""
    above = make_unit(code="TREN")
    unit = make_unit(code="DUOI", parent=above)
    kind = make_award_type(
        code="HUY-HIEU-30",
        family="badge",
        milestone_years=30,
        legal_order="party",
        level="state",
        name="Huy hiệu 30 năm",
    )
    decision = make_decision(number="123-QĐ/TU", issued_on=date(2019, 2, 3), published=True)
    campaign = make_campaign(slug="phong-trao-mau")
    CampaignDocument.objects.create(campaign=campaign, decision=decision, role="award")
    CampaignDocument.objects.create(campaign=campaign, decision=decision, role="basis")
    award = make_award(
        decision=decision,
        type=kind,
        recipient_kind="person",
        recipient_name="Nguyễn Thị Hoà",
        unit=unit,
        published=True,
    )
    make_award(recipient_name="Nhà máy khác", unit=make_unit(), published=True)
    return award


@pytest.mark.parametrize(
    "condition",
    [
        {"q": "nguyen thi hoa"}, {"q": "HÒA  nguyễn"}, {"q": "123-qd/tu"}, {"year": "2019"}, {"type": "HUY-HIEU-30"},
        {"family": "badge"}, {"level": "state"}, {"order": "party"}, {"kind": "person"}, {"unit": "DUOI"},
        {"unit": "TREN"}, {"campaign": "phong-trao-mau"},
        {"q": "hoa", "year": "2019", "unit": "TREN", "kind": "person"},
    ],
)  # fmt: skip
def test_each_condition_finds_what_meets_it_once(client, two, condition):
    assert found(client, **condition) == ["Nguyễn Thị Hoà"]


def test_a_decision_is_a_condition_too(client, two):
    assert found(client, decision=two.decision_id) == ["Nguyễn Thị Hoà"]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"year": "20x0"}, "four digits"), ({"year": "999999999999"}, "four digits"), ({"type": "BIA"}, "“BIA”"),
        ({"kind": "ma"}, "“ma”"), ({"order": "1'--"}, "“1&#x27;--”"), ({"family": "<b>"}, "“&lt;b&gt;”"),
        ({"level": "x"}, "“x”"), ({"unit": "KHONG-CO"}, "“KHONG-CO”"), ({"campaign": "khong-co"}, "“khong-co”"),
        ({"decision": "9" * 30}, "no published decision"), ({"decision": "-1"}, "no published decision"),
        ({"q": "a" * 201}, "200 characters"),
    ],
)  # fmt: skip
def test_a_condition_not_understood_is_named_and_left_out_alone(client, two, condition, sentence):
    response = client.get(LIST, {**condition, "campaign": condition.get("campaign", "phong-trao-mau")})
    assert sentence in response.content.decode()
    other = [] if "campaign" in condition else ["Nguyễn Thị Hoà"]
    assert names(response) == other or len(names(response)) == 2
    assert list(condition)[0] not in response.context["form"].conditions


def test_what_is_not_public_cannot_be_named_in_a_condition(client, two):
    make_unit(code="KIN", name="Đơn vị giấu tên", listed=False)
    make_campaign(slug="nhap", title="Phong trào còn nháp", status="draft")
    hidden = make_decision(number="999-QĐ/TU", subject="Việc kín")
    page = client.get(LIST, {"unit": "KIN", "campaign": "nhap", "decision": hidden.pk}).content.decode()
    assert "giấu tên" not in page and "còn nháp" not in page and "999-QĐ/TU" not in page


def test_a_null_character_finds_nothing_and_breaks_nothing(client, two):
    assert client.get(LIST + "?q=%00&unit=%00&type=%00&year=%00").status_code == 200


def test_each_chip_leads_to_the_list_without_its_condition(client, two):
    chips = client.get(LIST, {"q": "hoa", "unit": "TREN", "after": "x"}).context["form"].chips
    assert [chip["url"] for chip in chips] == ["?unit=TREN", "?q=hoa"]
    assert two.unit.parent.name in chips[1]["label"], "a unit is named, not coded"


@pytest.mark.one_database
def test_select_boxes_offer_only_what_the_list_has(client, two):
    make_award_type(code="KHONG-AI-DUOC")
    make_award(decision=make_decision(issued_on=date(1999, 1, 1)))
    page = client.get(LIST).content.decode()
    assert 'value="HUY-HIEU-30"' in page and "KHONG-AI-DUOC" not in page
    assert 'value="2019"' in page and 'value="1999"' not in page
    assert '<option value="mass"' not in page


def test_a_new_search_keeps_conditions_without_a_box(client, two):
    page = client.get(LIST, {"unit": "TREN", "family": "badge"}).content.decode()
    assert '<input type="hidden" name="unit" value="TREN">' in page
    assert '<input type="hidden" name="family" value="badge">' in page


# Short codes


def test_a_short_code_in_the_search_box_leads_to_its_award(client):
    award = make_award(public_id="7k3m9qxa", published=True)
    for typed in ("7K3M-9QXA", "7k3m9qxa", " 7k3m 9qxa "):
        assert client.get(LIST, {"q": typed}).headers["Location"] == award.get_absolute_url()


@pytest.mark.one_database
def test_the_code_of_an_unpublished_award_tells_nothing(client):
    make_award(public_id="7k3m9qxa")
    response = client.get(LIST, {"q": "7K3M-9QXA"})
    assert response.status_code == 200 and names(response) == []


@pytest.mark.one_database
@given(st.text(ALPHABET, min_size=8, max_size=8), st.booleans(), st.booleans())
def test_a_code_is_read_back_however_it_is_written(code, upper, hyphen):
    written = f"{code[:4]}-{code[4:]}" if hyphen else code
    written = (written.upper() if upper else written).replace("0", "o").replace("1", "l")
    assert canonical_code(written) == code


@pytest.mark.one_database
@given(st.text())
def test_a_code_is_either_none_or_canonical(text):
    code = canonical_code(text)
    assert code is None or (canonical_code(code) == code and len(code) == 8)


# Empty lists


def test_an_empty_list_says_which_single_condition_hides_what(client, two, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        response = client.get(LIST, {"q": "hoa", "year": "2018", "unit": "TREN"})
    assert response.context["count"] == 0
    assert [(one["url"], one["count"]) for one in response.context["alternatives"]] == [("?q=hoa&unit=TREN", 1)]
    assert "meets all 3 conditions" in response.content.decode()


@pytest.mark.one_database
def test_an_empty_register_says_so(client):
    assert "No award has been published yet" in client.get(LIST).content.decode()


# Cost


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("conditions", [{}, {"unit": "U", "q": "tap the"}, {"year": "2020", "kind": "collective"}])
def test_queries_do_not_grow_with_rows(client, rows, conditions, django_assert_num_queries):
    unit = make_unit(code="U")
    for _row in range(rows):
        make_award(unit=unit, published=True)
    with django_assert_num_queries(5 if "unit" in conditions else 3):
        assert len(found(client, **conditions)) == rows


def test_a_full_page_stays_small_and_within_its_queries(client, django_assert_max_num_queries):
    decision, unit = make_decision(published=True), make_unit(code="U")
    kind = make_award_type(name="Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh")
    for n in range(60):
        make_award(
            decision=decision,
            type=kind,
            unit=unit,
            recipient_name=f"Nhân dân và cán bộ xã Thuận Hóa {n}",
            recipient_unit="huyện Tuyên Hóa, tỉnh Quảng Bình",
            period_start=2018,
            period_end=2020,
            published=True,
        )
    client.cookies.clear()
    for address in (LIST, f"{LIST}?unit=U&decision={decision.pk}&year=2020&kind=collective"):
        with django_assert_max_num_queries(5):
            response = client.get(address)
        assert len(names(response)) == 50
        assert len(response.content) <= 45 * 1024
    following = client.get(LIST + response.context["page"].next_url)
    assert len(names(following)) == 10 and following.context["count"] == 60


def test_a_count_above_the_cap_is_said_to_be_more(client, monkeypatch):
    for _row in range(3):
        make_award(published=True)
    monkeypatch.setattr("records.views.public_awards.counted_page.__defaults__", (2, False, None))
    monkeypatch.setattr("records.paging.capped_count.__defaults__", (2,))
    assert "<b>2+</b>" in client.get(LIST).content.decode()


# What a row shows


@pytest.mark.one_database
def test_a_row_escapes_every_word_it_did_not_write(client):
    kind = make_award_type(name="<i>Loại</i>")
    make_award(
        type=kind,
        recipient_name="<script>1</script>",
        recipient_unit='"><em>',
        decision=make_decision(number="<u>1</u>", published=True),
        published=True,
    )
    page = client.get(LIST).content.decode()
    assert "<script>1" not in page and "<i>Loại" not in page and "<u>1" not in page and '"><em>' not in page
    assert "&lt;script&gt;1" in page


@pytest.mark.one_database
def test_a_decision_is_linked_only_where_it_is_public(client):
    hidden, shown = make_decision(number="1/QĐ-UBND"), make_decision(number="2/QĐ-UBND", published=True)
    for decision in (hidden, shown):
        make_award(decision=decision, published=True)
    page = client.get(LIST).content.decode()
    assert shown.get_absolute_url() in page and hidden.get_absolute_url() not in page and "1/QĐ-UBND" in page


def test_a_date_is_shown_as_far_as_it_is_known(client):
    make_award(decision=make_decision(number="", issued_on=date(2020, 1, 1), issued_precision="year"), published=True)
    (row,) = client.get(LIST).context["rows"]
    assert row["decision"]["date"] == "2020" and row["decision"]["number"] == "Chủ tịch Ủy ban nhân dân tỉnh"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [(None, None, ""), (2019, None, "2019"), (2019, 2019, "2019"), (2018, 2020, "2018\u00a0–\u00a02020")],
)
def test_the_years_of_an_achievement(start, end, shown):
    assert period(start, end) == shown


# The spreadsheet


def test_the_sheet_has_the_filtered_rows_and_a_lasting_address(client, two):
    response = client.get(CSV, {"kind": "person"})
    header, row = lines(response)
    assert len(header) == len(row) == 16
    assert "Nguyễn Thị Hoà" in row and "03/02/2019" in row and "123-QĐ/TU" in row
    assert row[-1] == f"http://testserver{two.get_absolute_url()}"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="khen-thuong-20')


@pytest.mark.one_database
def test_the_sheet_speaks_the_reader_s_language(client, two):
    assert lines(client.get(CSV))[0][0] == "Recipient"
    client.cookies.clear()
    assert lines(client.get(CSV))[0][0] != "Recipient"


def test_a_sheet_longer_than_a_chunk_is_whole(client, monkeypatch):
    monkeypatch.setattr("records.views.public_awards.CHUNK", 2)
    names = [
        make_award(recipient_name=f"Tập thể {n}", list_position=n, published=True).recipient_name for n in range(5)
    ]
    assert sorted(row[0] for row in lines(client.get(CSV))[1:]) == names


@pytest.mark.one_database
def test_the_sheet_begins_with_the_mark_that_lets_a_spreadsheet_read_vietnamese(client, two):
    assert b"".join(client.get(CSV).streaming_content).startswith(b"\xef\xbb\xbf")


@pytest.mark.one_database
def test_the_sheet_has_published_awards_alone_and_no_private_column(client):
    member = make_member(full_name="Trần Văn Kín", phone="0900000000", email="kin@example.vn", card_number="12345678")
    make_award(member=member, published=True)
    make_award(recipient_name="Chưa công bố")
    header, row = lines(client.get(CSV))
    assert row[0] == "Trần Văn Kín"
    assert not {"0900000000", "kin@example.vn", "12345678"} & set(row)


@pytest.mark.one_database
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_never_runs_as_a_formula(start):
    assert guard(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.one_database
@given(st.text())
def test_a_harmless_cell_keeps_its_text(text):
    assert guard(text).endswith(text) and len(guard(text)) - len(text) in (0, 1)


def test_the_sheet_costs_one_query_however_long(client, django_assert_num_queries):
    for _row in range(5):
        make_award(published=True)
    with django_assert_num_queries(1):
        assert len(lines(client.get(CSV))) == 6


# The form itself


@pytest.mark.one_database
def test_every_condition_has_its_rule():
    for name in AwardFilterForm.base_fields:
        assert callable(getattr(AwardFilterForm, f"by_{name}")), name


def test_a_filter_form_without_parameters_narrows_nothing():
    make_award()
    assert FilterForm({}).narrow(Award.objects.all()).count() == 1
    assert AwardType.objects.count() == 1


@pytest.mark.one_database
def test_the_list_is_where_the_menu_says(client):
    assert reverse("records:award_list") == LIST and reverse("records:award_csv") == CSV
    assert '<a href="/awards/" aria-current="true">' in client.get(LIST).content.decode()
