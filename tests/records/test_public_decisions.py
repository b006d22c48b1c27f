"""The public list of decisions and the page of each."""

from datetime import date

import pytest
from django.utils.translation import override

from campaigns.models import CampaignDocument
from records.templatetags.register_parts import decision_ref, document_noun
from tests.factories import make_award, make_campaign, make_decision, make_unit

pytestmark = pytest.mark.django_db
LIST = "/decisions/"


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


def numbers(client, **conditions):
    return [decision.number for decision in client.get(LIST, conditions).context["page"].rows]


def test_published_decisions_are_listed_the_newest_first(client):
    make_decision(number="1/QĐ-UBND", issued_on=date(2019, 1, 1), published=True)
    make_decision(number="2/QĐ-UBND", issued_on=date(2020, 1, 1), published=True)
    make_decision(number="3/QĐ-UBND", issued_on=date(2021, 1, 1))
    assert numbers(client) == ["2/QĐ-UBND", "1/QĐ-UBND"]


@pytest.mark.parametrize(
    "condition", [{"q": "khen thuong nong thon"}, {"q": "7-qd"}, {"year": "2018"}, {"kind": "launch"}]
)
def test_each_condition_finds_what_meets_it(client, condition):
    make_decision(
        number="7-QĐ/TU", kind="launch", subject="Khen thưởng nông thôn mới", issued_on=date(2018, 1, 1), published=True
    )
    make_decision(number="8/QĐ-UBND", published=True)
    assert numbers(client, **condition) == ["7-QĐ/TU"]


def test_a_condition_not_understood_is_said_and_left_out(client):
    make_decision(published=True)
    response = client.get(LIST, {"year": "hai nghìn", "kind": "lạ"})
    assert len(response.context["page"].rows) == 1
    assert "four digits" in response.content.decode() and "“lạ”" in response.content.decode()


def test_empty_lists_say_which_kind_of_empty(client):
    assert "No decision has been published yet" in client.get(LIST).content.decode()
    assert "No decision meets these conditions" in client.get(LIST, {"q": "x"}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_decisions(client, rows, django_assert_num_queries):
    for _row in range(rows):
        make_award(published=True)
    with django_assert_num_queries(2):
        page = client.get(LIST).context["page"]
    assert [decision.given for decision in page.rows] == [1] * rows


def test_a_full_list_stays_small_and_goes_on(client, django_assert_max_num_queries):
    unit = make_unit()
    for n in range(55):
        make_decision(unit=unit, subject=f"Về việc tặng Bằng khen cho các tập thể, cá nhân năm {n}", published=True)
    client.cookies.clear()
    with django_assert_max_num_queries(5):
        response = client.get(LIST)
    assert len(response.context["page"].rows) == 50 and len(response.content) <= 45 * 1024
    assert len(client.get(LIST + response.context["page"].next_url).context["page"].rows) == 5


def test_an_unpublished_decision_has_no_page(client):
    assert client.get(make_decision().get_absolute_url()).status_code == 404
    assert client.get("/decisions/999999999999999999999/").status_code == 404


def test_the_page_shows_its_published_awards_in_its_own_order(client):
    decision = make_decision(number="9-QĐ/TU", published=True)
    for place, name, published in ((2, "Hai", True), (1, "Một", True), (3, "Kín", False)):
        make_award(decision=decision, list_position=place, recipient_name=name, published=published)
    response = client.get(decision.get_absolute_url())
    assert [row["name"] for row in response.context["rows"]] == ["Một", "Hai"]
    page = response.content.decode()
    assert "<title>Decision 9-QĐ/TU – " in page and "Kín" not in page


def test_the_page_names_public_campaigns_and_what_it_changed(client):
    decision = make_decision(number="5-QĐ/TU", published=True)
    for status in ("launched", "draft"):
        campaign = make_campaign(title=f"Phong trào {status}", status=status)
        CampaignDocument.objects.create(campaign=campaign, decision=decision)
    shown, hidden = make_award(recipient_name="Đã đăng", published=True), make_award(recipient_name="Chưa đăng")
    for award in (shown, hidden):
        award.revoke(decision, "trùng")
    page = client.get(decision.get_absolute_url()).content.decode()
    assert "Phong trào launched" in page and "Phong trào draft" not in page
    assert "Đã đăng" in page and "Chưa đăng" not in page


def test_the_scan_is_not_offered_to_the_public(client):
    decision = make_decision(file="decisions/2020/kin.pdf", published=True)
    assert "kin.pdf" not in client.get(decision.get_absolute_url()).content.decode()


@pytest.mark.parametrize("awards", [1, 3])
def test_queries_do_not_grow_with_awards(client, awards, django_assert_num_queries):
    decision = make_decision(published=True)
    for _award in range(awards):
        make_award(decision=decision, published=True)
    with django_assert_num_queries(4):
        client.get(decision.get_absolute_url())


@pytest.mark.parametrize(
    ("number", "noun"),
    [("12-QĐ/TU", "Decision"), ("842-CV/BTCTU", "Official letter"), ("160-KH/TU", "Plan"), ("không số", "Decision")],
)
def test_a_document_goes_by_what_its_number_says(number, noun):
    decision = make_decision(number=number)
    with override("en"):
        assert document_noun(decision) == noun
        assert decision_ref(decision).startswith(noun) and number in decision_ref(decision)
