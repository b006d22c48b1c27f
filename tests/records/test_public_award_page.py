"""The page of an award: its lasting address, its standing, its history, and nothing that is not public."""

import re
from datetime import date

import pytest

from records.qr import qr_path
from tests.factories import make_award, make_award_type, make_decision, make_member, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


def page_of(client, award):
    response = client.get(award.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def text_of(page):
    """A page's words, without markup, in one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split()).replace(" .", ".").replace(" ,", ",")


@pytest.mark.one_database
@pytest.mark.parametrize("written", ["7K3M-9QXA", "7k3m-9qxa", "7K3M9QXA", "7K3M 9QXA"])
def test_a_code_written_another_way_leads_to_the_one_address_for_good(client, written):
    make_award(public_id="7k3m9qxa", published=True)
    response = client.get(f"/awards/{written}/")
    assert (response.status_code, response.headers["Location"]) == (301, "/awards/7k3m9qxa/")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "address", ["/awards/7k3m9qxa/", "/awards/zzzzzzzz/", "/awards/khong-phai-ma/", "/awards/%00/"]
)
def test_an_unpublished_award_looks_like_one_that_never_was(client, address):
    make_award(public_id="7k3m9qxa")
    assert client.get(address).status_code == 404


@pytest.mark.one_database
def test_the_certificate_says_what_the_decision_wrote(client):
    decision = make_decision(
        number="714/QĐ-TTg", issuer="Thủ tướng Chính phủ", issued_on=date(2008, 6, 4), published=True
    )
    award = make_award(
        decision=decision,
        type=make_award_type(name="Cờ thi đua của Chính phủ", mark="flag"),
        recipient_name="Sở Y tế tỉnh Thái Bình",
        recipient_unit="tỉnh Thái Bình",
        reason="dẫn đầu phong trào năm 2007",
        list_position=7,
        period_start=2007,
        published=True,
    )
    page = page_of(client, award)
    words = text_of(page)
    assert "<title>Cờ thi đua của Chính phủ: Sở Y tế tỉnh Thái Bình – " in page
    for part in ("Sở Y tế tỉnh Thái Bình", "tỉnh Thái Bình", "Dẫn đầu phong trào năm 2007", "place in the list: 7"):
        assert part in words
    for part in ("714/QĐ-TTg", "dated 04/06/2008", "Thủ tướng Chính phủ", "2007"):
        assert part in words
    assert decision.get_absolute_url() in page


@pytest.mark.one_database
def test_what_the_register_does_not_know_is_said(client):
    award = make_award(decision=make_decision(number=""), published=True)
    words = text_of(page_of(client, award))
    assert words.count("Not in the register yet") == 3
    assert "Decision, number not recorded yet" in words


@pytest.mark.one_database
def test_a_decision_not_published_is_named_without_a_link(client):
    award = make_award(decision=make_decision(number="8/QĐ-UBND"), published=True)
    page = page_of(client, award)
    assert "8/QĐ-UBND" in page and award.decision.get_absolute_url() not in page


@pytest.mark.one_database
def test_a_standing_award_can_be_verified(client):
    award = make_award(public_id="7k3m9qxa", published=True)
    page = page_of(client, award)
    assert "neither corrected nor revoked" in page and "7K3M-9QXA" in page
    assert '<link rel="canonical" href="http://testserver/awards/7k3m9qxa/">' in page
    path, side = qr_path("http://testserver/awards/7k3m9qxa/")
    assert f'd="{path}"' in page and f'viewBox="-4 -4 {side + 8} {side + 8}"' in page
    assert " style=" not in page and "<script" not in page


@pytest.mark.one_database
def test_a_revoked_award_keeps_its_page_and_says_why(client):
    award = make_award(recipient_name="Trần Quốc Thịnh", published=True)
    award.revoke(make_decision(number="1188-QĐ/TU", kind="revoke", published=True), "khen trùng")
    page = page_of(client, award)
    words = text_of(page)
    assert "<title>Revoked." in page and 'class="cert void"' in page and "Why this page is still here" in page
    assert "Revoked by Decision 1188-QĐ/TU" in words and "khen trùng" in words


@pytest.mark.one_database
def test_a_correction_shows_what_was_and_what_became(client):
    award = make_award(recipient_position="Bí thư", published=True)
    award.correct(make_decision(number="842-CV/BTCTU", kind="correct"), "gõ nhầm", recipient_position="Phó Bí thư")
    words = text_of(page_of(client, award))
    assert "Valid, corrected" in words and "Official letter 842-CV/BTCTU" in words
    assert "position “Bí thư” → “Phó Bí thư”" in words


def test_a_correction_shows_only_the_words_of_the_decision(client):
    award = make_award(published=True)
    event = award.correct(make_decision(), "sửa", recipient_name="Tên đúng")
    event.was["list_position"] = event.became["list_position"] = "bí-mật-77"
    event.save()
    assert "bí-mật-77" not in page_of(client, award)


@pytest.mark.one_database
def test_a_reissued_award_is_valid(client):
    award = make_award(published=True)
    award.reissue(make_decision(kind="reissue"), "mất bằng")
    assert "Valid, paper reissued" in page_of(client, award)


def test_the_history_runs_from_the_newest_to_the_granting(client):
    award = make_award(decision=make_decision(issued_on=date(2019, 1, 1)), published=True)
    award.correct(make_decision(issued_on=date(2019, 3, 1)), "một", recipient_name="A")
    award.revoke(make_decision(issued_on=date(2020, 1, 1)), "hai")
    kinds = [entry["kind"] for entry in client.get(award.get_absolute_url()).context["history"]]
    assert kinds == ["publish", "revoke", "correct", "grant"]


@pytest.mark.one_database
def test_a_member_is_linked_to_the_page_of_awards_and_nothing_private_is_told(client):
    member = make_member(
        full_name="Phan Thị Mỹ Duyên",
        phone="0900000000",
        email="d@example.vn",
        card_number="12345678",
        position="Bí mật",
    )
    page = page_of(client, make_award(member=member, published=True))
    assert member.get_absolute_url() in page
    for private in ("0900000000", "d@example.vn", "12345678", "1970", "Bí mật"):
        assert private not in page


@pytest.mark.one_database
@pytest.mark.parametrize("listed", [True, False])
def test_the_unit_is_linked_only_where_it_is_public(client, listed):
    unit = make_unit(name="Đơn vị Sao Mai", listed=listed)
    page = page_of(client, make_award(unit=unit, published=True))
    assert (unit.get_absolute_url() in page) is listed and ("Sao Mai" in page) is listed


@pytest.mark.parametrize("events", [1, 3])
def test_queries_do_not_grow_with_the_history(client, events, django_assert_num_queries):
    award = make_award(published=True)
    for n in range(events):
        award.correct(make_decision(published=True), "sửa", recipient_name=f"Tên {n}")
    with django_assert_num_queries(3):
        client.get(award.get_absolute_url())


@pytest.mark.one_database
def test_the_page_speaks_both_languages(client):
    award = make_award(published=True)
    assert '<html lang="en"' in page_of(client, award)
    client.cookies.clear()
    page = page_of(client, award)
    assert '<html lang="vi"' in page and "neither corrected nor revoked" not in page


@pytest.mark.one_database
def test_a_qr_code_draws_every_dark_module_once():
    path, side = qr_path("https://vinhdanh.example/awards/7k3m9qxa/")
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)\.5h(\d+)", path)]
    dark = [(x + step, y) for x, y, length in runs for step in range(length)]
    assert len(dark) == len(set(dark)) and all(0 <= x < side and 0 <= y < side for x, y in dark)
    finder = {(x, y) for x in range(7) for y in range(7) if x in (0, 6) or y in (0, 6)}
    assert finder <= set(dark), "the corner pattern every reader looks for"
