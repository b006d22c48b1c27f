"""Two records side by side: compared, merged as chosen, separated again, told apart; by those who keep both."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from records.changes import own_changes
from records.models import Member, Merge, Namesakes
from tests.factories import (
    make_award,
    make_branch,
    make_member,
    make_merge,
    make_staff,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db
LIST = "/staff/quality/duplicates/"
BORN = date(1970, 8, 12)


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def root():
    return make_unit(code="GOC")


@pytest.fixture
def two(root):
    kept = make_member(
        unit=make_branch(parent=root, name="Chi bộ Một"),
        full_name="Lê Thị Ánh",
        birth_date=BORN,
        card_number="00014127",
    )
    other = make_member(
        unit=make_branch(parent=root, name="Chi bộ Hai"), full_name="Lê Thị Anh", birth_date=BORN, position="Bí thư",
        card_number="99914127",
    )  # fmt: skip
    return kept, other


@pytest.fixture
def clerk(root):
    return signed_in(make_staff("clerk", root))


def address(one, other, act=""):
    return f"{LIST}{one.public_id}/{other.public_id}/{act}"


def sent(client, one, other, **changes):
    """The page's form sent as it stands, with some boxes changed."""
    form = client.get(address(one, other)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return client.post(address(one, other), {**data, **changes})


@pytest.mark.one_database
def test_a_pair_is_listed_with_what_speaks_for_it(clerk, two):
    page = clerk.get(LIST).content.decode()
    assert "Same name and date of birth" in page and address(*two) in page and "Chi bộ Hai" in page


def test_the_two_stand_side_by_side_and_what_differs_is_said_in_words(clerk, two):
    make_award(member=two[1])
    page = clerk.get(address(*two))
    rows = {
        name: (differs, [words for _side, words, _chosen in cells])
        for name, _l, differs, cells in page.context["form"].rows
    }
    assert rows["full_name"] == (True, ["Lê Thị Ánh", "Lê Thị Anh"])
    assert rows["birth_date"] == (False, ["12/08/1970", "12/08/1970"])
    assert rows["place"][0] and "Chi bộ Một" in rows["place"][1][0]
    assert "phone" not in rows, "what neither has is not spoken of"
    # No more of a number is shown than tells the two apart.
    assert rows["card_number"] == (True, ["•••• 014127", "•••• 914127"])
    text = page.content.decode()
    assert "differs" in text and "the same" in text and "1 award" in text


@pytest.mark.one_database
def test_of_each_field_the_fuller_value_is_offered(clerk, two):
    form = clerk.get(address(*two)).context["form"]
    assert (form["position"].value(), form["full_name"].value(), form["keep"].value()) == ("second", "first", "first")


def test_the_clerk_chooses_which_record_stays_and_each_value(clerk, two):
    kept, other = two
    answer = sent(clerk, kept, other, keep="second", full_name="first", place="first", reason="cùng quê quán")
    merge = Merge.objects.get()
    assert answer.url == f"/staff/quality/merges/{merge.pk}/"
    now = Member.objects.get()
    assert (now.pk, now.full_name, now.position, now.unit) == (other.pk, "Lê Thị Ánh", "Bí thư", kept.unit)
    assert (merge.absorbed_code, merge.reason) == (kept.public_id, "cùng quê quán")
    page = clerk.get(answer.url).content.decode()
    assert "Lê Thị Ánh" in page and "cùng quê quán" in page and "Chi bộ Hai" in page
    assert "00014127" not in page


def test_a_field_not_chosen_is_asked_for_and_nothing_typed_is_lost(clerk, two):
    page = sent(clerk, *two, full_name="", reason="cùng quê").content.decode()
    assert "Choose one of the two." in page and "cùng quê" in page and Member.objects.count() == 2


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_merged(clerk, two):
    data = clerk.get(address(*two)).context["form"]
    stale = {name: data[name].value() or "" for name in data.fields}
    two[0].position = "Chi ủy viên"
    two[0].save()
    page = clerk.post(address(*two), stale)
    assert "changed meanwhile" in page.content.decode() and "Chi ủy viên" in page.content.decode()
    assert Member.objects.count() == 2
    again = {**stale, "versions": page.context["form"]["versions"].value()}
    assert clerk.post(address(*two), again).status_code == 302


@pytest.mark.one_database
@pytest.mark.parametrize("versions", ["x", "1", "", "1 2 3"])
def test_a_version_that_is_none_is_no_way_round(clerk, two, versions):
    answer = sent(clerk, *two, versions=versions)
    assert answer.status_code == 200 and Member.objects.count() == 2


def test_a_merge_is_undone_from_its_page(clerk, two):
    sent(clerk, *two)
    merge = Merge.objects.get()
    undo = f"/staff/quality/merges/{merge.pk}/undo/"
    assert clerk.post(undo, {"reason": ""}).status_code == 200 and Member.objects.count() == 1
    assert clerk.post(undo, {"reason": "nhầm người"}).status_code == 302
    assert set(Member.objects.all()) == set(two)
    page = clerk.get(f"/staff/quality/merges/{merge.pk}/").content.decode()
    assert "nhầm người" in page and "/undo/" not in page


@pytest.mark.one_database
def test_what_stands_in_the_way_is_listed_in_place_of_the_button(clerk, two):
    sent(clerk, *two, full_name="second")
    merge = Merge.objects.get()
    kept = merge.kept
    kept.full_name = "Khác"
    kept.save()
    page = clerk.get(f"/staff/quality/merges/{merge.pk}/undo/").content.decode()
    assert "Changed since the merge: full name" in page and "Separate the two records" not in page
    assert clerk.post(f"/staff/quality/merges/{merge.pk}/undo/", {"reason": "x"}).status_code == 200


@pytest.mark.one_database
def test_both_must_be_ones_own_to_change(root, two):
    outside = make_member()
    clerk = signed_in(make_staff("clerk", two[0].unit))
    for other in (two[1], outside):
        for act in ("", "apart/", "again/"):
            assert clerk.post(address(two[0], other, act)).status_code == 404
    host = make_staff("clerk", two[0].unit)
    two[1].attach_to(two[0].unit, date(2021, 1, 1))
    # Seen as a guest, but kept elsewhere.
    assert signed_in(host).post(address(*two)).status_code == 403
    assert clerk.get(address(two[0], two[0])).status_code == 404


def test_undoing_needs_the_unit_to_which_the_record_returns(root, two):
    merge = make_merge(*two)
    clerk = signed_in(make_staff("clerk", two[0].unit))
    page = clerk.get(f"/staff/quality/merges/{merge.pk}/")
    assert page.status_code == 200 and not page.context["may_undo"]
    assert clerk.post(f"/staff/quality/merges/{merge.pk}/undo/", {"reason": "x"}).status_code == 403


@pytest.mark.one_database
def test_told_apart_the_pair_is_gone_until_it_is_taken_back(clerk, two):
    assert clerk.post(address(*two, "apart/"), {"apart-reason": "khác quê quán"}).status_code == 302
    assert clerk.get(LIST).context["count"] == 0
    apart = clerk.get(f"{LIST}?tab=apart").content.decode()
    assert "khác quê quán" in apart and address(*two, "again/") in apart
    assert "told the two apart" in clerk.get(address(*two)).content.decode()
    clerk.post(address(*two, "again/"))
    assert clerk.get(LIST).context["count"] == 1 and not Namesakes.objects.exists()


def test_told_apart_and_merged_after_all(clerk, two):
    clerk.post(address(*two, "apart/"))
    sent(clerk, *two)
    assert Member.objects.count() == 1 and not Namesakes.objects.exists()
    Merge.objects.get().undo(make_superuser())
    assert Namesakes.objects.count() == 1


@pytest.mark.one_database
def test_old_addresses_lead_to_the_person_who_stays(clerk, client, two):
    kept, other = two
    make_award(member=other, published=True)
    cache.clear()
    merge = make_merge(kept, other)
    assert client.get(f"/people/{other.public_id}/").url == f"/people/{kept.public_id}/"
    assert client.get(f"/people/{kept.public_id}/").status_code == 200
    assert clerk.get(f"/staff/members/{other.public_id}/").url == f"/staff/members/{kept.public_id}/"
    assert clerk.get(address(*two)).url == f"/staff/quality/merges/{merge.pk}/"
    assert signed_in(make_staff("clerk", make_unit())).get(f"/staff/members/{other.public_id}/").status_code == 404
    merge.undo(make_superuser())
    assert client.get(f"/people/{other.public_id}/").status_code == 200
    assert client.get(f"/people/{kept.public_id}/").status_code == 404


@pytest.mark.one_database
def test_what_is_not_public_stays_unknown_after_a_merge(client, two):
    make_merge(*two)
    for member in two:
        assert client.get(f"/people/{member.public_id}/").status_code == 404


def test_the_past_of_both_stands_in_the_time_line_and_the_log_of_the_one_kept(clerk, two):
    kept, other = two
    other.position = "Chi ủy viên"
    other._change_reason = "đại hội"
    other.save()
    before = len(own_changes(kept, make_superuser())[:100])
    merge = make_merge(kept, other)
    page = clerk.get(f"/staff/members/{kept.public_id}/").content.decode()
    assert "đại hội" in page and "The record “Lê Thị Anh” merged into this one" in page
    log = clerk.get(f"/staff/changes/records.member/{kept.pk}/").content.decode()
    assert "đại hội" in log and "two records of one person merged" in log
    merge.undo(make_superuser())
    assert len(own_changes(kept, make_superuser())[:100]) > before
    assert "đại hội" not in clerk.get(f"/staff/members/{kept.public_id}/").content.decode()


@pytest.mark.parametrize("path", [LIST, f"{LIST}?tab=apart", "/staff/quality/merges/"])
def test_the_lists_ask_as_often_whatever_is_on_them(root, path):
    staff = make_staff("clerk", root)
    client, numbers = signed_in(staff), []
    for more in (1, 2):
        for n in range(more):
            unit = make_branch(parent=root)
            for _twin in range(2):
                make_member(unit=unit, full_name=f"Trùng {more}{n}", birth_date=BORN)
            Namesakes.tell_apart(make_member(unit=unit), make_member(unit=unit), staff)
            make_merge(make_member(unit=unit), make_member(unit=unit))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path)
        numbers.append(len(queries))
        assert page.context["count"] == (1 if more == 1 else 3)
    assert numbers[0] == numbers[1] <= 8


def test_a_list_of_fifty_pairs_stays_light_and_tells_of_the_rest(root):
    unit = make_branch(parent=root, name="Chi bộ có tên dài như ngoài đời vẫn thế")
    people = [Member(full_name=f"Nguyễn Thị Trùng {n}", birth_date=BORN, unit=unit) for n in range(60) for _two in "ab"]
    Member.objects.enrol(people, BORN)
    page = signed_in(make_staff("clerk", root)).get(LIST)
    assert page.context["count"] == 60 and len(page.context["rows"]) == 50
    assert len(page.content) <= 45_000


@pytest.mark.one_database
def test_empty_lists_say_what_to_do(clerk):
    for path in (LIST, f"{LIST}?tab=apart", "/staff/quality/merges/"):
        assert 'class="callout"' in clerk.get(path).content.decode()
