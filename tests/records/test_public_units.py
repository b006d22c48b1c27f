"""The public tree and list of units, and the page of each."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from records.models import UnitEvent
from records.views import public_units
from tests.factories import make_award, make_campaign, make_decision, make_sector, make_unit

pytestmark = pytest.mark.django_db
LIST = "/units/"


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


def listed(client, **conditions):
    return [unit.name for unit in client.get(LIST, {"view": "list", **conditions}).context["page"].rows]


@pytest.fixture
def province():
    """A root, two units below it, two below the first; one unit of each step is not listed."""
    root = make_unit(code="GOC", name="Đảng bộ tỉnh")
    district = make_unit(code="HUYEN", name="Đảng bộ huyện", parent=root)
    make_unit(name="Ban giấu tên", parent=root, listed=False)
    make_unit(name="Đảng bộ xã", parent=district)
    make_unit(name="Xã giấu tên", parent=district, listed=False)
    return root


# The tree


def test_the_tree_shows_two_steps_below_the_root_and_nothing_unlisted(client, province):
    response = client.get(LIST)
    (top,) = response.context["tops"]
    assert [unit.name for unit in top.branches] == ["Đảng bộ huyện"]
    assert [unit.name for unit in top.branches[0].branches] == ["Đảng bộ xã"]
    assert top.below == 1, "the unlisted is not even counted"
    assert "giấu tên" not in response.content.decode()


@pytest.mark.one_database
def test_the_tree_leaves_out_units_dissolved_by_today(client, province):
    today = timezone.localdate()
    make_unit(name="Đã giải thể", parent=province, dissolved_on=today)
    make_unit(name="Sắp giải thể", parent=province, dissolved_on=today + timedelta(days=1))
    page = client.get(LIST).content.decode()
    assert "Sắp giải thể" in page and "Đã giải thể" not in page
    assert "Đã giải thể" in listed(client), "the list keeps every unit"


@pytest.mark.one_database
def test_a_unit_under_an_unlisted_one_stands_at_the_top(client):
    hidden = make_unit(listed=False)
    make_unit(name="Dưới đơn vị kín", parent=hidden)
    assert [unit.name for unit in client.get(LIST).context["tops"]] == ["Dưới đơn vị kín"]


def test_too_many_grandchildren_are_counted_and_not_shown(client, province, monkeypatch):
    monkeypatch.setattr(public_units, "GRANDCHILDREN", 1)
    make_unit(parent=province.children.get(code="HUYEN"))
    (top,) = client.get(LIST).context["tops"]
    assert top.branches[0].below == 2 and top.branches[0].branches == []


def test_more_children_than_the_tree_holds_are_a_link_to_them_all(client, province, monkeypatch):
    monkeypatch.setattr(public_units, "CHILDREN", 1)
    make_unit(name="Đảng bộ sở", parent=province)
    assert 'href="/units/?above=GOC"' in client.get(LIST).content.decode()
    assert listed(client, above="GOC") == ["Đảng bộ huyện", "Đảng bộ sở"]


@pytest.mark.parametrize("units", [1, 3])
def test_queries_do_not_grow_with_the_tree(client, province, units, django_assert_num_queries):
    for _unit in range(units):
        make_unit(parent=make_unit(parent=province))
    with django_assert_num_queries(3):
        client.get(LIST)


@pytest.mark.one_database
def test_a_register_without_units_says_so(client):
    assert "No unit is shown publicly yet" in client.get(LIST).content.decode()


# The list


def test_units_are_found_without_tones_by_kind_and_by_code(client):
    make_unit(code="PN-01", name="Đảng bộ phường Phước Nguyên", kind="grassroots_committee")
    make_unit(name="Sở Nội vụ", kind="agency")
    make_unit(name="Phước Nguyên kín", listed=False)
    found = ["Đảng bộ phường Phước Nguyên"]
    assert listed(client, q="phuoc nguyen") == listed(client, q="pn-01") == found
    assert listed(client, kind="grassroots_committee") == found
    assert listed(client, q="khong co") == []


@pytest.mark.one_database
def test_a_condition_not_understood_is_said_and_left_out(client, province):
    response = client.get(LIST, {"q": "huyen", "kind": "lạ", "above": "KHONG"})
    assert [unit.name for unit in response.context["page"].rows] == ["Đảng bộ huyện"]
    page = response.content.decode()
    assert "“lạ”" in page and "“KHONG”" in page


@pytest.mark.one_database
def test_the_list_names_the_unit_above_only_where_it_is_public(client):
    make_unit(name="Con", parent=make_unit(name="Cha kín", listed=False))
    assert "Cha kín" not in client.get(LIST, {"view": "list"}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_list(client, rows, django_assert_num_queries):
    for _row in range(rows):
        make_unit(parent=make_unit())
    with django_assert_num_queries(1):
        assert len(listed(client)) == rows * 2


def test_a_full_list_stays_small_and_goes_on(client):
    root = make_unit(name="Đảng bộ tỉnh Bà Rịa – Vũng Tàu")
    for n in range(54):
        make_unit(name=f"Đảng bộ xã Phước Thuận, huyện Xuyên Mộc {n}", parent=root)
    client.cookies.clear()
    response = client.get(LIST, {"view": "list"})
    assert len(response.context["page"].rows) == 50 and len(response.content) <= 45 * 1024
    following = client.get(LIST + response.context["page"].next_url)
    assert len(following.context["page"].rows) == 5, "the next page is of the list too"


# The page


@pytest.mark.one_database
def test_an_unlisted_unit_has_no_page(client):
    assert client.get(make_unit(listed=False).get_absolute_url()).status_code == 404
    assert client.get("/units/khong-co/").status_code == 404


@pytest.mark.one_database
def test_a_code_may_hold_what_addresses_do_not(client):
    unit = make_unit(code="SỞ NV/01", name="Sở Nội vụ")
    assert client.get(unit.get_absolute_url()).status_code == 200
    assert "Sở Nội vụ" in client.get(LIST).content.decode()


def test_the_page_shows_the_unit_s_own_awards_and_counts_all_below(client):
    unit = make_unit(name="Ban Tổ chức")
    below = make_unit(parent=unit)
    make_award(collective=unit, published=True)
    make_award(collective=unit)
    make_award(collective=below, published=True)
    response = client.get(unit.get_absolute_url())
    assert len(response.context["rows"]) == 1 and response.context["awards"] == {"count": 2, "capped": False}
    assert f"/awards/?unit={unit.code}" in response.content.decode()
    assert "<title>Ban Tổ chức – " in response.content.decode()


@pytest.mark.one_database
def test_the_place_in_the_tree_shows_listed_units_around(client, province):
    district = province.children.get(code="HUYEN")
    make_unit(name="Đảng bộ sở", parent=province)
    around = client.get(district.get_absolute_url()).context["around"]
    assert [unit.name for unit in around["above"]] == ["Đảng bộ tỉnh"]
    assert [unit.name for unit in around["beside"]] == ["Đảng bộ huyện", "Đảng bộ sở"]
    assert [unit.name for unit in around["below"]] == ["Đảng bộ xã"]


def test_the_unit_keeps_its_place_among_more_neighbours_than_are_shown(client, monkeypatch):
    monkeypatch.setattr(public_units, "NEIGHBOURS", 2)
    root = make_unit(code="GOC")
    units = [make_unit(name=f"Xã {letter}", parent=root) for letter in "ABCDE"]
    response = client.get(units[4].get_absolute_url())
    around = response.context["around"]
    assert [unit.name for unit in around["beside"]] == ["Xã A", "Xã B", "Xã E"] and around["beside_total"] == 5
    assert "/units/?above=GOC" in response.content.decode()


@pytest.mark.one_database
def test_a_dissolved_unit_keeps_its_page(client):
    unit = make_unit(established_on=date(2000, 1, 1), dissolved_on=date(2010, 1, 1))
    page = client.get(unit.get_absolute_url()).content.decode()
    assert "Dissolved" in page and "01/01/2010" in page


def test_names_through_time_run_from_the_newest(client):
    unit = make_unit(name="Tên cũ", established_on=date(1991, 8, 12))
    unit.rename("Tên mới", date(2018, 9, 1), decision=make_decision(number="905-QĐ/TU"), note="Sắp xếp lại")
    response = client.get(unit.get_absolute_url())
    assert [entry["kind"] for entry in response.context["times"]] == [UnitEvent.Kind.RENAME, "establish"]
    page = response.content.decode()
    assert "“Tên cũ”" in page and "905-QĐ/TU" in page and "Sắp xếp lại" in page


@pytest.mark.one_database
def test_the_page_names_the_unit_s_public_campaigns(client):
    unit = make_unit(sector=make_sector(name="Ngành Mẫu"))
    make_campaign(launched_by=unit, title="Phong trào mở")
    make_campaign(launched_by=unit, title="Phong trào nháp", status="draft")
    page = client.get(unit.get_absolute_url()).content.decode()
    assert "Phong trào mở" in page and "Phong trào nháp" not in page and "Ngành Mẫu" in page


@pytest.mark.one_database
@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_what_a_unit_has(client, rows, django_assert_num_queries):
    unit = make_unit(parent=make_unit(parent=make_unit()))
    for n in range(rows):
        make_award(collective=unit, published=True)
        make_unit(parent=unit)
        make_unit(parent=unit.parent)
        make_campaign(launched_by=unit)
        unit.rename(f"Tên {n}", date(2020, 1, 1 + n), decision=make_decision(published=True))
    with django_assert_num_queries(5):
        client.get(unit.get_absolute_url())
