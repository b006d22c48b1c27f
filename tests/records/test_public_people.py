"""The public page of a person: there only with a published award, and showing only awards."""

import pytest

from tests.factories import make_award, make_branch, make_decision, make_member

pytestmark = pytest.mark.django_db
PRIVATE = {
    "phone": "0900000001",
    "email": "rieng@example.vn",
    "card_number": "99887766",
    "position": "Chức vụ riêng",
}


@pytest.fixture
def member():
    return make_member(full_name="Phan Thị Mỹ Duyên", unit=make_branch(name="Chi bộ riêng", listed=False), **PRIVATE)


def test_a_person_without_a_published_award_has_no_page(client, member):
    make_award(member=member)
    assert client.get(member.get_absolute_url()).status_code == 404


def test_a_person_leaves_the_public_with_the_last_award(client, member):
    award = make_award(member=member, published=True)
    assert client.get(member.get_absolute_url()).status_code == 200
    type(award).objects.unpublish(by=None)
    assert client.get(member.get_absolute_url()).status_code == 404


def test_the_page_shows_published_awards_as_written_and_nothing_else(client, member):
    shown = make_award(
        member=member, salutation="Bà", recipient_position="Phó Bí thư", recipient_unit="xã Đá Bạc", published=True
    )
    hidden = make_award(member=member, reason="Chưa ai biết")
    page = client.get(member.get_absolute_url()).content.decode()
    assert shown.get_absolute_url() in page and "bà Phan Thị Mỹ Duyên, Phó Bí thư, xã Đá Bạc" in page
    assert hidden.get_absolute_url() not in page and "Chưa ai biết" not in page
    for value in (*PRIVATE.values(), "1970", "Chi bộ riêng"):
        assert value not in page


def test_a_revoked_award_stays_in_sight_without_its_gold(client, member):
    award = make_award(member=member, published=True)
    award.revoke(make_decision(), "trùng")
    page = client.get(member.get_absolute_url()).content.decode()
    assert 'class="seal void"' in page and "is-bad" in page


def test_other_ways_of_writing_the_code_lead_to_the_one_address(client, member):
    make_award(member=member, published=True)
    response = client.get(f"/people/{member.public_id.upper()}/")
    assert (response.status_code, response.headers["Location"]) == (301, member.get_absolute_url())
    assert client.get("/people/khong-phai/").status_code == 404


@pytest.mark.parametrize("awards", [1, 3])
def test_queries_do_not_grow_with_awards(client, member, awards, django_assert_num_queries):
    for _award in range(awards):
        make_award(member=member, published=True)
    with django_assert_num_queries(2):
        assert len(client.get(member.get_absolute_url()).context["honours"]) == awards


def test_more_awards_than_a_page_holds_go_on(client, member):
    decision = make_decision(published=True)
    for _award in range(52):
        make_award(member=member, decision=decision, published=True)
    first = client.get(member.get_absolute_url())
    assert len(first.context["honours"]) == 50
    second = client.get(member.get_absolute_url() + first.context["page"].next_url)
    assert len(second.context["honours"]) == 2
