"""A plan looked over: what is wrong in groups, one mend for a group, who is meant, what was put right taken back."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.forms.mends import WAYS, MendForm, mark_of, ways_for
from records.models import Import, Member
from records.sheets.kinds import find_kind, kinds
from records.sheets.planning import Context, Finding
from records.tasks import start_planning
from tests.factories import (
    make_activity,
    make_award_type,
    make_branch,
    make_campaign,
    make_decision,
    make_import,
    make_member,
    make_planned,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
ROW = "Lê Văn {n},{born},{gender},{admitted},{unit}"


def row(n, born="1/2/1980", gender="Nam", admitted="3/2/2010", unit="CB1"):
    return ROW.format(n=n, born=born, gender=gender, admitted=admitted, unit=unit)


@pytest.fixture
def top():
    return make_unit(code="GOC", name="Đảng bộ xã Đá Bạc")


@pytest.fixture
def branch(top):
    return make_branch(code="CB1", name="Chi bộ thôn Lồ Ồ", parent=top)


@pytest.fixture
def clerk(client, branch, top):
    user = make_staff("clerk", top)
    client.force_login(user)
    return user


def url(name, batch):
    return reverse(f"records:staff_import_{name}", args=[batch.public_id])


def page_of(client, batch, **params):
    return client.get(url("detail", batch), params).content.decode()


def mend(client, batch, group, **data):
    """Send the form of a group as its page would."""
    sent = {f"m{mark_of(group)}-{name}": value for name, value in data.items() if name != "texts"}
    if "texts" in data:
        sent["texts"] = data["texts"]
    answer = client.post(url("mend", batch), {"group": group, **sent}, follow=True)
    batch.refresh_from_db()
    return answer.content.decode()


@pytest.mark.one_database
def test_equal_reasons_are_one_group_with_its_rows_and_examples(client, clerk):
    batch = make_planned(
        row("A"), *(row(n, unit="Chi bo thon Lo") for n in "BCDE"), row("F", born="31/02/1990"), by=clerk
    )
    page = page_of(client, batch)
    assert "Không có đơn vị" in page or "không có đơn vị “Chi bo thon Lo”" in page
    assert "3–6" in page and "Sửa cho 4 dòng" in page and '“<span lang="vi">31/02/1990</span>”' in page


def test_a_misspelt_unit_is_put_right_for_all_rows_at_once(client, clerk, branch):
    batch = make_planned(row("A", unit="Chi bộ thôn Lồ Ô Đá"), row("B", unit="Chi bộ thôn Lồ Ô Đá"), by=clerk)
    assert branch.name_in_full in page_of(client, batch), "the near name is offered"
    key = batch.groups[0]["group"]
    said = mend(client, batch, key, record=branch.name, record_key=str(branch.pk))
    assert batch.mends == {key: f"unit:{branch.pk}"} and batch.counts["create"] == 2
    assert "Đã sửa xong 2 dòng" in said and "Không còn dòng nào chưa xử lý" in said and not Member.objects.exists()


@pytest.mark.one_database
def test_of_several_near_names_one_is_chosen(client, clerk, top):
    one, two = (make_branch(code=f"K{n}", name=f"Chi bộ khu phố {n}", parent=top) for n in (1, 2))
    batch = make_planned(row("A", unit="Chi bộ khu phố"), by=clerk)
    key = batch.groups[0]["group"]
    page = page_of(client, batch)
    assert one.name_in_full in page and two.name_in_full in page
    assert "Hãy ghi đúng" in mend(client, batch, key)
    mend(client, batch, key, near=str(two.pk))
    assert batch.rows.get().after["unit_id"] == two.pk


def test_a_name_that_several_units_bear_asks_which(client, clerk, top):
    other = make_unit(code="XA2", name="Đảng bộ xã Hai", parent=top)
    here = [make_branch(code=f"T{n}", name="Chi bộ thôn 1", parent=above) for n, above in enumerate((top, other))]
    batch = make_planned(row("A", unit="Chi bộ thôn 1"), by=clerk)
    assert batch.groups[0]["code"] == "unit_several"
    mend(client, batch, batch.groups[0]["group"], near=str(here[1].pk))
    assert batch.rows.get().after["unit_id"] == here[1].pk


def test_a_unit_out_of_reach_is_no_mend(client, clerk):
    batch = make_planned(row("A", unit="Chi bộ nào đó"), by=clerk)
    away = make_branch(name="Chi bộ Xa Lạ")
    page = mend(client, batch, batch.groups[0]["group"], record=away.name, record_key=str(away.pk))
    assert batch.mends == {} and "Error:" not in page and 'class="invalid-feedback' in page


@pytest.mark.one_database
@pytest.mark.parametrize(("how", "stored"), [("month", ("1990-02-01", "month")), ("year", ("1990-01-01", "year"))])
def test_days_that_never_were_are_taken_as_far_as_they_go(client, clerk, how, stored):
    batch = make_planned(row("A", born="31/02/1990"), row("B", born="30/02/1990"), by=clerk)
    mend(client, batch, "date_never_was|birth|", how=how)
    assert {(one.after["birth_date"], one.after["birth_precision"]) for one in batch.rows.all()} == {stored}


@pytest.mark.one_database
def test_a_text_is_read_as_another_and_the_others_wait(client, clerk):
    batch = make_planned(row("A", born="31/02/1990"), row("B", born="30/02/1991"), by=clerk)
    page = page_of(client, batch)
    assert "Hoặc sửa riêng từng chữ" in page
    mend(client, batch, "date_never_was|birth|", **{"as-0": "03/02/1990", "texts": "1", "how": "year"})
    assert batch.mends == {"date_never_was|birth|31/02/1990": "as:03/02/1990"}
    assert batch.counts["refused"] == 1 and batch.rows.get(outcome="create").after["birth_date"] == "1990-02-03"
    page = mend(client, batch, "date_never_was|birth|", **{"as-0": "99/99/1990", "texts": "1"})
    assert batch.counts["refused"] == 1 and "99/99/1990" in page and "invalid-feedback" in page


@pytest.mark.one_database
def test_a_day_the_register_needs_whole_is_not_taken_by_halves(client, clerk):
    batch = make_planned(row("A", admitted="31/02/2010"), by=clerk)
    page = page_of(client, batch)
    assert "Chỉ lấy tháng" not in page and "Để trống" in page
    mend(client, batch, "date_never_was|admitted|", how="month")
    assert batch.mends == {}
    mend(client, batch, "date_never_was|admitted|", how="empty")
    assert "admitted_on" not in batch.rows.get().after


@pytest.mark.one_database
def test_a_word_is_chosen_for_a_word_and_none_is_chosen_unasked(client, clerk):
    batch = make_planned(row("A", gender="Gái"), row("B", gender="Trai"), by=clerk)
    key = "unknown_word|gender|Gái"
    assert "Hãy chọn cách sửa" in mend(client, batch, key, how="")
    mend(client, batch, key, how="as:Nữ")
    assert batch.counts["refused"] == 1 and batch.rows.get(outcome="create").after["gender"] == "female"
    mend(client, batch, "unknown_word|gender|Trai", how="as:Trai")
    assert batch.counts["refused"] == 1, "only a word that is offered"


@pytest.mark.one_database
def test_born_after_admission_can_be_left_empty(client, clerk):
    batch = make_planned(row("A", born="1/2/2015"), by=clerk)
    mend(client, batch, "born_late|birth|", how="empty")
    assert "birth_date" not in batch.rows.get().after


@pytest.mark.one_database
def test_what_no_row_says_can_be_said_for_all(client, clerk, branch):
    batch = make_planned(row("A", unit=""), row("B", unit=""), by=clerk)
    mend(client, batch, "missing|unit|", fixed=branch.name, fixed_key=str(branch.pk))
    assert batch.fixed == {"unit": "CB1"} and batch.counts["create"] == 2


def test_what_cannot_be_mended_together_is_offered_as_a_file(client, clerk, branch):
    batch = make_planned(",1/2/1980,Nam,3/2/2010,CB1", by=clerk)
    page = page_of(client, batch)
    assert "Không sửa chung được" in page and url("refused", batch) in page and url("mend", batch) not in page


@pytest.mark.one_database
def test_a_mend_is_taken_back(client, clerk):
    batch = make_planned(row("A", born="31/02/1990"), by=clerk)
    mend(client, batch, "date_never_was|birth|", how="year")
    page = page_of(client, batch)
    assert "Ngày sinh: ngày không có thật" in page and "chỉ lấy năm" in page
    client.post(url("unmend", batch), {"key": "date_never_was|birth|"})
    batch.refresh_from_db()
    assert batch.mends == {} and batch.counts["refused"] == 1


def test_a_group_mended_in_another_tab_is_not_mended_twice(client, clerk):
    batch = make_planned(row("A", born="31/02/1990"), by=clerk)
    mend(client, batch, "date_never_was|birth|", how="year")
    assert "đã được sửa rồi" in mend(client, batch, "date_never_was|birth|", how="month")
    assert batch.mends == {"date_never_was|birth|": "year"}


def test_two_mends_from_two_tabs_are_both_kept(client, clerk, branch):
    batch = make_planned(row("A", born="31/02/1990"), row("B", gender="Gái"), by=clerk)
    other = Import.objects.get(pk=batch.pk)
    assert batch.say(mends={"unknown_word|gender|Gái": "as:Nữ"})
    assert other.say(mends={"date_never_was|birth|": "year"})
    batch.refresh_from_db()
    assert len(batch.mends) == 2


def test_many_reasons_are_shown_by_and_by_at_a_bounded_cost(client, clerk):
    costs = []
    for n in (2, 40):
        batch = make_planned(*(row("A", unit=f"Chi bộ lạ {k}") for k in range(n)), by=clerk)
        with CaptureQueriesContext(connection) as seen:
            page = page_of(client, batch)
        costs.append(len(seen))
    assert page.count('class="callout bad"') == 12 and "Còn 28 lý do nữa" in page
    assert page_of(client, batch, groups="all").count('class="callout bad"') == 40
    assert costs[1] - costs[0] < 40


# Who is meant


@pytest.fixture
def namesakes(branch):
    """Two of one name in the branch, of whom one was born in 1980."""
    people = {"unit": branch, "full_name": "Lê Văn A", "birth_precision": "year"}
    return [make_member(**people, birth_date=date(year, 1, 1)) for year in (1980, 1969)]


def test_the_candidates_are_told_apart_and_one_is_picked(client, clerk, namesakes):
    batch = make_planned(row("A", born="", admitted="3/2/2011"), by=clerk)
    assert batch.counts["ambiguous"] == 1
    page = page_of(client, batch)
    assert "sinh 1980" in page and "sinh 1969" in page and "3 hồ sơ" not in page
    pick = batch.rows.get()
    client.post(url("pick", batch), {"row": pick.pk, f"pick-{pick.pk}": str(namesakes[1].pk)})
    batch.refresh_from_db()
    assert batch.rows.get().target == namesakes[1].pk and batch.counts["change"] == 1
    assert "đã chọn" in page_of(client, batch)
    client.post(url("unmend", batch), {"key": next(iter(batch.picks))})
    batch.refresh_from_db()
    assert batch.picks == {} and batch.counts["ambiguous"] == 1


@pytest.mark.one_database
def test_none_of_them_is_somebody_new(client, clerk, namesakes):
    batch = make_planned(row("A", born=""), by=clerk)
    pick = batch.rows.get()
    client.post(url("pick", batch), {"row": pick.pk, f"pick-{pick.pk}": "new"})
    batch.refresh_from_db()
    assert batch.counts["create"] == 1
    client.post(url("apply", batch))
    assert Member.objects.filter(full_name="Lê Văn A").count() == 3


@pytest.mark.one_database
def test_whoever_fits_in_everything_is_chosen_for_all_rows(client, clerk, namesakes):
    batch = make_planned(row("A", born="1/2/1980"), by=clerk)
    assert batch.counts["ambiguous"] == 1 and "Chọn hồ sơ trùng tất cả, cho 1 dòng" in page_of(client, batch)
    client.post(url("pick", batch), {"best": "1"})
    batch.refresh_from_db()
    assert batch.rows.get().target == namesakes[0].pk


@pytest.mark.one_database
def test_nobody_is_picked_who_was_not_offered(client, clerk, namesakes):
    batch = make_planned(row("A", born=""), by=clerk)
    stranger, pick = make_member(), batch.rows.get()
    answer = client.post(url("pick", batch), {"row": pick.pk, f"pick-{pick.pk}": str(stranger.pk)}, follow=True)
    batch.refresh_from_db()
    assert batch.picks == {} and "Chưa chọn ai" in answer.content.decode()


def test_one_answer_for_all_rows_of_whom_somebody_is_found(client, clerk, branch):
    known = [make_member(unit=branch, full_name=f"Lê Văn {n}", birth_date=date(1980, 2, 1)) for n in "AB"]
    batch = make_planned(row("A", born=""), row("B", born=""), by=clerk)
    assert batch.counts["ambiguous"] == 2 and "Đúng là hồ sơ tìm thấy" in page_of(client, batch)
    mend(client, batch, "likely||", how="take")
    assert {one.target for one in batch.rows.all()} == {one.pk for one in known}
    assert "Các dòng chưa chắc là ai" in page_of(client, batch)
    client.post(url("unmend", batch), {"key": "likely||"})
    batch.refresh_from_db()
    assert batch.counts["ambiguous"] == 2


def test_a_group_names_the_column_as_it_is_written_everywhere(client, clerk):
    batch = make_planned(row("A", admitted="không rõ"), by=clerk)
    assert "Ngày vào Đảng: không phải là ngày" in page_of(client, batch)


@pytest.mark.one_database
@pytest.mark.parametrize("code", sorted(kinds()))
def test_somebody_new_is_offered_only_where_a_list_can_bring_somebody_new(code):
    group = {"group": "likely||", "code": "likely", "field": "", "value": "", "examples": []}
    offered = [way[0] for way in ways_for(group, find_kind(code))]
    assert offered == (["take"] if code in ("registrations", "memberships") else ["take", "new"])


# Other kinds of list


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_pages_of_every_kind_open_with_whatever_stands_in_the_file(client, clerk, kind):
    campaign = make_campaign(scope=clerk.postings_on()[0].unit)
    make_activity(campaign)
    fields = [known for known in find_kind(kind).fields if known.name != "ordinal"]
    header = ",".join(f'"{known.synonyms[0]}"' for known in fields)
    rows = [",".join("31/02/1990" if known.type == "date" else f"lạ {n}" for known in fields) for n in range(2)]
    batch = make_import(*rows, by=clerk, header=header, kind=kind)
    if kind == "registrations":
        assert batch.say(fixed={"campaign": campaign.slug})
    page = client.get(url("columns", batch)).content.decode()
    assert page.count("<select") >= len(fields) and (kind != "registrations" or campaign.title in page)
    start_planning(batch)
    assert batch.status == Import.Status.PLANNED, batch.error
    assert batch.counts["rows"] and 'class="callout' in page_of(client, batch)
    for outcome in ("refused", "ambiguous", "change", "create", "same"):
        assert client.get(url("rows", batch), {"outcome": outcome}).status_code == 200


def test_a_decision_an_award_or_an_activity_is_named_for_a_text(client, clerk, branch):
    campaign, award, decision = make_campaign(scope=branch), make_award_type(), make_decision(unit=branch)
    activity = make_activity(campaign, name="Trồng cây")
    by_kind = {"awards": ("type_unknown", "type", award.name, f"as:{award.name}")}
    by_kind["units"] = ("decision_unknown", "decision", decision.number, f"decision:{decision.pk}")
    for kind, (code, field, typed, kept) in by_kind.items():
        group = {"group": f"{code}|{field}|lạ", "code": code, "field": field, "value": "lạ", "examples": ["lạ"]}
        name = f"m{mark_of(group['group'])}-record"
        form = MendForm({name: typed}, group=group, kind=find_kind(kind), user=clerk)
        assert form.is_valid() and form.mends == {group["group"]: kept}, form.errors
    kind = find_kind("registrations").for_context(Context(clerk, date(2026, 1, 1), {"campaign": campaign.slug}))
    group = {"group": "activity|content|lạ", "code": "activity", "field": "content", "value": "lạ", "examples": ["lạ"]}
    form = MendForm({}, group=group, kind=kind, user=clerk)
    assert f"as:{activity.name}" in dict(form.fields["how"].choices)


def test_what_the_whole_list_does_not_say_is_asked_for_beside_the_columns(client, clerk):
    """A list of awards that names no decision: the way on is not to type it in every row of the file."""
    batch = make_planned(f"Lê Văn A,{make_award_type().name},Cá nhân", by=clerk, kind="awards",
                         header="Họ và tên,Hình thức khen thưởng,Đối tượng")  # fmt: skip
    page, address = page_of(client, batch), f"{url('columns', batch)}?fixed=1"
    assert f'{address}#fixed">Nhập chung cho mọi dòng' in page and "Không sửa chung được" not in page
    assert 'id="fixed" open' in client.get(address).content.decode()
    assert 'id="fixed" open' not in client.get(url("columns", batch)).content.decode()


# The declaration


@pytest.mark.one_database
def test_every_way_is_declared_for_findings_there_can_be():
    """A code nobody raises any more would be a mend nobody is ever offered."""
    written = "".join(path.read_text(encoding="utf-8") for path in sources())
    assert [code for code in WAYS if f'"{code.partition("|")[0]}"' not in written and code != "unreadable"] == []


def sources():
    return [
        path for place in ("records/lists", "records/sheets", "campaigns/lists") for path in (ROOT / place).glob("*.py")
    ]


@pytest.mark.one_database
@pytest.mark.parametrize("kind", sorted(kinds()))
@pytest.mark.parametrize("code", sorted({code.partition("|")[0] for code in WAYS}))
def test_a_form_comes_of_every_finding_of_every_field(clerk, kind, code):
    known = find_kind(kind)
    for field in known.fields:
        found = Finding(code, field.name, "chữ lạ", "Sai.", one_value=code in ("unknown_word", "unit_unknown"))
        group = {"group": found.group, "code": code, "field": field.name, "value": "chữ lạ", "examples": ["chữ lạ"]}
        form = MendForm(group=group, kind=known, user=clerk, suggest=False)
        assert form.is_open or not ways_for(group, known) or not field.words
        assert all(name.isascii() and re.fullmatch(r"m[0-9a-f]{10}", form.prefix) for name in form.fields)
        assert not MendForm({}, group=group, kind=known, user=clerk, suggest=False).is_valid()
