"""Data quality: figures that are the number of their rows, units the worst first, and a manager's deadline."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records import quality
from records.models import CleanUp, Unit
from tests.factories import (
    make_branch,
    make_cleanup,
    make_member,
    make_posting,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
PAGE = "/staff/quality/"
WHOLE = {"admitted_on": date(2005, 5, 19), "full_member_on": date(2006, 5, 19)}


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def whole(unit, card):
    return make_member(
        unit=unit, birth_date=date(1980, 1, 1), card_number=f"00{card}", full_name=f"Lê Na {card}", **WHOLE
    )


@pytest.fixture
def root():
    return make_unit(name="Đảng bộ tỉnh", code="GOC")


def fill(root, districts):
    for n in range(districts):
        unit = make_branch(parent=make_unit(parent=root, name=f"Huyện {n}", code=f"H{n}"))
        whole(unit, f"1{n}")
        make_member(unit=unit, birth_date=date(1970, 1, 1), **WHOLE)
        for _twin in range(2):
            make_member(unit=unit, full_name=f"Trùng {n}", birth_date=date(1970, 1, 1), **WHOLE)


def test_it_opens_with_ones_own_unit_and_leads_to_the_rows_it_counts(root):
    fill(root, 2)
    client = signed_in(make_staff("clerk", root))
    page = client.get(PAGE)
    assert page.context["unit"] == root
    counts = {gap.name: number for _family, found in page.context["families"] for gap, number in found}
    assert counts == {"card_number": 6}
    assert "/staff/members/?unit=GOC&amp;missing=card_number" in page.content.decode()
    assert client.get("/staff/members/?unit=GOC&missing=card_number").context["count"] == 6
    assert page.context["pairs"] == 2 == client.get("/staff/quality/duplicates/?unit=GOC").context["count"]


def test_units_are_the_worst_first_and_lead_to_what_is_below_them(root):
    good, bad, empty = (make_unit(parent=root, name=name, code=name) for name in ("Tốt", "Dở", "Trống"))
    whole(make_branch(parent=good), 1)
    make_member(unit=make_branch(parent=bad))
    whole(root, 2)
    page = signed_in(make_staff("viewer", root)).get(PAGE)
    lines = page.context["quality"].lines
    assert [(line.unit, line.people, line.faulty) for line in lines] == [(bad, 1, 1), (good, 1, 0), (empty, 0, 0)]
    assert page.context["quality"].own.people == 1 and page.context["quality"].total.rate == pytest.approx(200 / 3)
    deeper = signed_in(make_staff("viewer", root)).get(PAGE, {"unit": "Dở"})
    assert deeper.context["unit"] == bad and deeper.context["above"] == root


def test_a_dissolved_unit_is_named_while_somebody_is_left_in_it(root):
    left, gone = (make_unit(parent=root) for _n in range(2))
    make_member(unit=left)
    Unit.objects.filter(pk__in=[left.pk, gone.pk]).update(dissolved_on=date(2021, 1, 1))
    page = signed_in(make_superuser()).get(PAGE)
    assert [line.unit for line in page.context["quality"].lines] == [left]


@pytest.mark.parametrize("code", ["KHONG", "H0"])
def test_a_unit_of_others_is_not_there(root, code):
    fill(root, 1)
    assert signed_in(make_staff("clerk", make_unit())).get(PAGE, {"unit": code}).status_code == 404


def test_whoever_is_posted_nowhere_or_has_nobody_is_told_so_kindly(root):
    assert "You have no units yet" in signed_in(make_user()).get(PAGE).content.decode()
    assert "Nobody has been entered here yet" in signed_in(make_staff("clerk", root)).get(PAGE).content.decode()
    whole(root, 1)
    assert "every record here is complete" in signed_in(make_staff("clerk", root)).get(PAGE).content.decode()


def test_whoever_has_two_postings_changes_between_them(root):
    posting = make_posting("clerk", root)
    other = make_unit(name="Nơi khác", code="KHAC")
    make_posting("clerk", other, user=posting.user)
    page = signed_in(posting.user).get(PAGE).content.decode()
    assert 'href="?unit=KHAC"' in page


def test_a_viewer_is_not_told_of_pairs_that_others_merge(root):
    fill(root, 1)
    assert signed_in(make_staff("viewer", root)).get(PAGE).context["pairs"] is None


def test_the_page_asks_as_often_and_stays_light_whatever_there_is(root):
    make_cleanup(root)
    client = signed_in(make_staff("manager", root))
    numbers = []
    for districts in (1, 3):
        fill(root, districts) if districts == 1 else [
            make_member(unit=make_branch(parent=make_unit(parent=root)), birth_date=None) for _n in range(60)
        ]
        with CaptureQueriesContext(connection) as queries:
            page = client.get(PAGE)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 8
    assert len(page.content) <= 45_000
    assert page.context["page"]["next_url"] == "?unit=GOC&from=30"
    assert len(client.get("?".join([PAGE, "unit=GOC&from=30"])).context["lines"]) == 30


# The deadline


def deadline(unit):
    return f"{PAGE}{unit.pk}/deadline/"


def test_a_manager_sets_changes_and_ends_a_deadline(root):
    client = signed_in(make_staff("manager", root))
    soon = timezone.localdate() + timedelta(days=30)
    sent = client.post(deadline(root), {"due_on": f"{soon:%d/%m/%Y}", "note": "Trước hết là số thẻ"})
    assert sent.url == f"{PAGE}?unit=GOC"
    row = CleanUp.objects.get()
    assert (row.unit, row.due_on, row.note, row.unit_path) == (root, soon, "Trước hết là số thẻ", root.path)
    client.post(deadline(root), {"due_on": f"{soon + timedelta(days=1):%d/%m/%Y}", "note": ""})
    row.refresh_from_db()
    assert row.due_on == soon + timedelta(days=1) and CleanUp.objects.count() == 1
    assert client.post(f"{deadline(root)}end/").status_code == 302
    row.refresh_from_db()
    assert row.closed_on == timezone.localdate()
    assert "been ended already" in client.post(f"{deadline(root)}end/", follow=True).content.decode()
    with pytest.raises(ValidationError):
        row.end(timezone.localdate())


def test_a_day_that_has_passed_is_refused_in_words_and_nothing_typed_is_lost(root):
    sent = signed_in(make_staff("manager", root)).post(deadline(root), {"due_on": "1/1/2020", "note": "Thẻ"})
    page = sent.content.decode()
    assert "This day has passed already." in page and "Thẻ" in page and not CleanUp.objects.exists()


def test_clerks_below_see_the_nearest_deadline_and_how_far_they_are(root):
    fill(root, 1)
    district = Unit.objects.get(code="H0")
    soon = timezone.localdate() + timedelta(days=9)
    make_cleanup(root, due_on=soon, note="Số thẻ trước")
    make_cleanup(make_unit(), due_on=soon - timedelta(days=5))
    client = signed_in(make_staff("clerk", district))
    page = client.get(PAGE)
    assert page.context["due"].due_on == soon and "may_set" in page.context and not page.context["may_set"]
    home = client.get("/staff/").content.decode()
    assert f"Due on {soon:%d/%m/%Y}; 25.0% done" in home and "Số thẻ trước" in home
    assert "End the deadline" not in page.content.decode()


def test_a_deadline_that_passed_says_so(root):
    make_member(unit=root)
    make_cleanup(root, due_on=date(2020, 1, 1))
    client = signed_in(make_staff("clerk", root))
    assert "The day has passed" in client.get(PAGE).content.decode()
    assert "Was due on 01/01/2020" in client.get("/staff/").content.decode()


def test_of_very_many_people_a_worker_counts_and_the_page_says_of_when(root, monkeypatch):
    fill(root, 2)
    client = signed_in(make_staff("clerk", root))
    at_once = client.get(PAGE).context["quality"]
    monkeypatch.setattr(quality, "COUNTED_AT_ONCE", -1)
    page, day = client.get(PAGE), client.get("/staff/")
    for one in (page, day):
        assert "The figures are being counted" in one.content.decode()
    assert page.context["quality"].total.people == 0 and not page.context["quality"].is_counted
    assert 'href="?unit=H0"' in page.content.decode()
    # A heading about complete records over nothing would read as if all were.
    assert "Records without any gap" not in page.content.decode()
    quality.member_figures.count(root.pk)
    page, day = client.get(PAGE), client.get("/staff/")
    for one in (page, day):
        assert "Counted at " in one.content.decode()
    counted = page.context["quality"]
    for name in ("total", "own", "lines", "families"):
        assert getattr(counted, name) == getattr(at_once, name), name
    assert page.context["pairs"] is None and "unit by unit" in page.content.decode()
    assert day.context["work"].figures == at_once.total.figures


def test_of_very_many_people_duplicates_are_looked_for_in_a_unit_below(root, monkeypatch):
    fill(root, 2)
    client = signed_in(make_staff("clerk", root))
    Unit.objects.recount()
    monkeypatch.setattr(quality, "COUNTED_AT_ONCE", 7)
    page = client.get("/staff/quality/duplicates/")
    assert [unit.code for unit in page.context["units"]] == ["H0", "H1"]
    assert client.get("/staff/quality/duplicates/?unit=H0").context["count"] == 1
    two = make_posting("clerk", make_unit(code="XA"), user=make_staff("clerk", root)).user
    assert {unit.code for unit in signed_in(two).get("/staff/quality/duplicates/").context["units"]} == {"GOC", "XA"}
