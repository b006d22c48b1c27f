"""Entering a campaign and moving it on: the form with its rows, the draft's look, the acts that ask first."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.translation import gettext

from campaigns.models import Activity, Campaign, CampaignScope
from records.models import AuditEvent, Decision
from tests.factories import (
    DAY,
    make_activity,
    make_branch,
    make_campaign,
    make_decision,
    make_member,
    make_plan,
    make_posting,
    make_registration,
    make_sector,
    make_staff,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db
ADD = "/staff/campaigns/add/"
GROUPS = ("bases", "partners", "scopes", "activities")


def address(campaign, page=""):
    return f"/staff/campaigns/{campaign.slug}/{page}"


@pytest.fixture
def unit():
    return make_unit(name="Đảng bộ huyện Xa")


@pytest.fixture
def clerk(client, unit):
    """The client of a clerk of the unit."""
    client.force_login(make_staff("clerk", unit))
    return client


@pytest.fixture
def approver(client, unit):
    client.force_login(make_staff("approver", unit))
    return client


def choose(name, row):
    """What a box with suggestions sends for a row picked from its list."""
    return {name: str(row), f"{name}_pick": str(row.pk)}


def filled(response):
    """Everything the form's page would send back as it stands."""
    entry, data = response.context["entry"], {}
    forms = [entry.form, *(form for group in GROUPS for form in getattr(entry, group))]
    for group in GROUPS:
        data |= {f"{group}-{name}": value for name, value in getattr(entry, group).management_form.initial.items()}
    for field in (field for form in forms for field in form):
        value = field.value()
        if value is True:
            data[field.html_name] = "on"
        elif value not in (None, False) and hasattr(field.field, "kind"):
            data |= choose(field.html_name, field.field.row(value))
        elif value not in (None, False):
            data[field.html_name] = value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)
    return data


def typed(unit, **fields):
    """A campaign as a clerk types it: one unit, two activities."""
    data = {
        "title": "Ngày thứ bảy  tình nguyện",
        "mode": "thematic",
        **choose("launched_by", unit),
        "starts_on": "02/03/2020",
        "target_plan_rate": "90",
        "target_member_rate": "80",
        "plans_from": "grassroots",
        **choose("scopes-0-unit", unit),
        "scopes-0-with_subordinates": "on",
        "activities-0-name": "Trồng cây",
        "activities-0-measure": "cây",
        "activities-0-icon": "flower",
        "activities-0-order": "1",
        "activities-1-name": "Dọn rác",
        "activities-1-icon": "broom",
        "activities-1-order": "2",
    }
    for group, total in (("bases", 1), ("partners", 1), ("scopes", 1), ("activities", 2)):
        data |= {f"{group}-TOTAL_FORMS": total, f"{group}-INITIAL_FORMS": 0}
    return data | fields


# The form


def test_a_campaign_is_entered_whole_on_one_page(clerk, unit):
    response = clerk.post(ADD, typed(unit), follow=True)
    campaign = Campaign.objects.get()
    assert response.redirect_chain == [(address(campaign), 302)]
    assert (campaign.title, campaign.slug) == ("Ngày thứ bảy tình nguyện", "ngay-thu-bay-tinh-nguyen")
    assert (campaign.status, campaign.starts_on, campaign.target_member_rate) == ("draft", date(2020, 3, 2), 80)
    assert [(s.unit, s.with_subordinates) for s in campaign.scopes.all()] == [(unit, True)]
    assert list(campaign.activities.order_by("order").values_list("name", "measure")) == [
        ("Trồng cây", "cây"),
        ("Dọn rác", ""),
    ]
    assert campaign.history.first().history_user == response.context["user"]
    assert all(row.history.count() == 1 for row in [*campaign.scopes.all(), *campaign.activities.all()])


def test_the_form_sent_twice_makes_one_campaign(clerk, unit):
    data = typed(unit, once="8d8f3d7e-4a6c-4d4b-9a3e-1f2d3c4b5a69")
    first, second = clerk.post(ADD, data), clerk.post(ADD, data)
    assert first.url == second.url and Campaign.objects.count() == 1


def test_a_taken_address_is_numbered_and_the_sites_own_is_refused(clerk, unit):
    make_campaign(slug="ngay-thu-bay-tinh-nguyen")
    clerk.post(ADD, typed(unit))
    assert Campaign.objects.filter(slug="ngay-thu-bay-tinh-nguyen-2").exists()
    response = clerk.post(ADD, typed(unit, slug="add"))
    assert response.status_code == 200 and "slug" in response.context["entry"].form.errors
    clerk.post(ADD, typed(unit, title="Add"))
    assert Campaign.objects.filter(slug="add-2").exists() and not Campaign.objects.filter(slug="add").exists()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"title": ""}, "title"),
        ({"starts_on": "31/02/2020"}, "starts_on"),
        ({"ends_on": "01/01/2019"}, "__all__"),
        ({"target_plan_rate": "101"}, "target_plan_rate"),
        ({"new_number": "12-KH/TU"}, "new_issuer"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_kept(clerk, unit, wrong, where):
    response = clerk.post(ADD, typed(unit, **wrong))
    entry = response.context["entry"]
    assert response.status_code == 200 and where in entry.form.errors
    assert "Trồng cây" in response.content.decode() and 'role="alert"' in response.content.decode()
    assert not Campaign.objects.exists()


def test_days_are_typed_with_or_without_separators(clerk, unit):
    days = {"starts_on": "02032020", "ends_on": "2-4-2020", "registration_from": "02.03.2020", "plans_due_on": ""}
    clerk.post(ADD, typed(unit, **days, new_number="12-KH/TU", new_issuer="Tỉnh ủy", new_date="01032020"))
    campaign = Campaign.objects.get()
    assert (campaign.starts_on, campaign.ends_on, campaign.registration_from, campaign.plans_due_on) == (
        date(2020, 3, 2),
        date(2020, 4, 2),
        date(2020, 3, 2),
        None,
    )
    assert campaign.decision.issued_on == date(2020, 3, 1)
    response = clerk.post(ADD, typed(unit, starts_on="31/2/2020", ends_on="1/13/2020", results_due_on="1996"))
    said = response.context["entry"].form.errors
    assert "31/02/2020" in said["starts_on"][0] and "01/13/2020" in said["ends_on"][0] and "1996" in str(said)


def test_a_row_is_a_unit_or_a_sector_and_no_unit_twice(clerk, unit):
    sector = make_sector()
    both = clerk.post(ADD, typed(unit, **{"scopes-0-sector": sector.pk}))
    assert both.context["entry"].scopes.forms[0].non_field_errors()
    twice = {**choose("scopes-1-unit", unit), "scopes-TOTAL_FORMS": 2, "scopes-1-with_subordinates": "on"}
    assert clerk.post(ADD, typed(unit, **twice)).context["entry"].errors
    again = {"activities-1-name": "Trồng  cây "}
    assert clerk.post(ADD, typed(unit, **again)).context["entry"].errors
    assert not Campaign.objects.exists()


def test_only_units_in_reach_launch_or_are_concerned(clerk, unit):
    foreign = make_unit()
    for name in ("launched_by", "scopes-0-unit"):
        response = clerk.post(ADD, typed(unit, **choose(name, foreign)))
        assert response.status_code == 200 and not Campaign.objects.exists(), name


def test_partners_are_any_unit_shown_publicly(clerk, unit):
    partner, hidden = make_unit(name="Liên đoàn Lao động"), make_unit(name="Đơn vị kín", listed=False)
    assert clerk.post(ADD, typed(unit, **choose("partners-0-unit", hidden))).status_code == 200
    clerk.post(ADD, typed(unit, **choose("partners-0-unit", partner)))
    assert list(Campaign.objects.get().together_with.all()) == [partner]


def test_rests_on_a_decision_known_or_entered_by_its_number(clerk, unit):
    known, basis = make_decision(unit=unit, kind="launch"), make_decision(unit=unit, kind="plan")
    clerk.post(ADD, typed(unit, slug="mot", **choose("decision", known), **choose("bases-0-decision", basis)))
    one = Campaign.objects.get(slug="mot")
    assert one.decision == known and [d.decision for d in one.campaign_documents.filter(role="basis")] == [basis]
    new = {"new_number": "160-KH/TU", "new_issuer": "Tỉnh ủy", "new_date": "03/05/2018"}
    clerk.post(ADD, typed(unit, slug="hai", **new))
    made = Campaign.objects.get(slug="hai").decision
    assert (made.number, made.kind, made.unit, made.issued_on) == ("160-KH/TU", "launch", unit, date(2018, 5, 3))
    assert clerk.post(ADD, typed(unit, slug="ba", **new)).status_code == 200
    assert clerk.post(ADD, typed(unit, slug="ba", **{**new, **choose("decision", known)})).status_code == 200
    assert Decision.objects.count() == 3 and Campaign.objects.count() == 2


def test_the_board_names_the_decision_and_leads_there_who_may_read_it(clerk, unit):
    branch = make_branch(parent=unit)
    decision = make_decision(number="12-KH/TU", unit=unit)
    campaign = make_campaign(scope=unit, launched_by=unit, decision=decision)
    links = reverse("records:staff_decision_detail", args=[decision.pk]), decision.get_absolute_url()
    board = clerk.get(address(campaign)).content.decode()
    assert "12-KH/TU" in board and f'"{links[0]}"' in board
    clerk.force_login(make_staff("clerk", branch))
    board = clerk.get(address(campaign)).content.decode()
    assert "12-KH/TU" in board and not any(f'"{link}"' in board for link in links)


def test_one_document_is_not_named_twice(clerk, unit):
    basis = make_decision(unit=unit)
    rows = {**choose("bases-0-decision", basis), **choose("bases-1-decision", basis), "bases-TOTAL_FORMS": 2}
    response = clerk.post(ADD, typed(unit, **rows))
    assert response.status_code == 200 and response.context["entry"].bases.non_form_errors()


@pytest.mark.one_database
def test_more_rows_and_pasted_lines_without_a_script_keep_what_was_typed(clerk, unit):
    response = clerk.post(ADD, typed(unit, more="scopes", title=""))
    entry = response.context["entry"]
    assert len(entry.scopes.forms) == 6 and not entry.errors and "Trồng cây" in response.content.decode()
    pasted = "Lắp đèn; bóng đèn\n\nNuôi heo đất\ttriệu đồng\nĐọc sách"
    entry = clerk.post(ADD, typed(unit, more="pasted", pasted=pasted)).context["entry"]
    rows = [(form["name"].value(), form["measure"].value()) for form in entry.activities.forms]
    assert rows[2:] == [("Lắp đèn", "bóng đèn"), ("Nuôi heo đất", "triệu đồng"), ("Đọc sách", "")]
    assert not Campaign.objects.exists()
    clerk.post(ADD, typed(unit, pasted=pasted))
    assert Campaign.objects.get().activities.count() == 5


@pytest.mark.one_database
@pytest.mark.parametrize("total", ["", "x", "-1", "9" * 30, "²"])
def test_a_crafted_number_of_rows_is_refused_in_words(clerk, unit, total):
    crafted = {"activities-TOTAL_FORMS": total, "pasted": "a\nb"}
    response = clerk.post(ADD, typed(unit, more="activities", **crafted))
    assert response.status_code == 200
    assert clerk.post(ADD, typed(unit, **crafted)).status_code in (200, 302)


@pytest.mark.one_database
def test_the_content_is_previewed_without_saving(clerk, unit):
    response = clerk.post(ADD, typed(unit, preview="yes", body="**Mỗi người** <script>một việc</script>"))
    page = response.content.decode()
    assert "<strong>Mỗi người</strong>" in page and "<script>một" not in page and not Campaign.objects.exists()


def test_a_page_sent_back_as_it_came_changes_nothing(clerk, unit):
    clerk.post(ADD, typed(unit, **choose("partners-0-unit", make_unit())))
    campaign = Campaign.objects.get()
    clerk.post(address(campaign, "edit/"), filled(clerk.get(address(campaign, "edit/"))))
    assert CampaignScope.objects.count() == 1 and Activity.objects.count() == 2 and campaign.together_with.count() == 1
    assert all(row.history.count() == 1 for row in [*campaign.scopes.all(), *campaign.activities.all()])


def test_rows_of_a_draft_are_taken_out(clerk, unit):
    clerk.post(ADD, typed(unit))
    campaign = Campaign.objects.get()
    data = filled(clerk.get(address(campaign, "edit/")))
    clerk.post(address(campaign, "edit/"), data | {"activities-1-DELETE": "on"})
    assert list(campaign.activities.values_list("name", flat=True)) == ["Trồng cây"]
    assert Activity.history.filter(history_type="-", name="Dọn rác").exists()


def test_two_clerks_lose_nothing(clerk, unit):
    clerk.post(ADD, typed(unit))
    campaign = Campaign.objects.get()
    page = filled(clerk.get(address(campaign, "edit/")))
    other = Campaign.objects.get()
    other.theme = "Của người khác"
    other.save()
    clerk.post(address(campaign, "edit/"), page | {"title": "Tên mới"})
    campaign.refresh_from_db()
    assert (campaign.title, campaign.theme) == ("Tên mới", "Của người khác")


# After the launch


@pytest.fixture
def launched(unit):
    branch = make_branch(parent=unit)
    campaign = make_campaign(launched_by=unit)
    make_registration(campaign, make_member(unit=branch)).pledges.create(activity=make_activity(campaign))
    make_plan(campaign, branch).planned.create(activity=make_activity(campaign))
    make_activity(campaign, name="Chưa ai chọn")
    return campaign


@pytest.mark.one_database
def test_after_the_launch_only_texts_and_days_change(clerk, launched, unit):
    data = filled(clerk.get(address(launched, "edit/")))
    changed = {"title": "Tên sửa", "ends_on": "31/12/2030", "results_due_on": "01/12/2030"}
    fixed = {"slug": "khac", "target_member_rate": "10", "plans_from": "all", "names_public": "on", "mode": "regular"}
    below = make_unit(parent=unit)
    response = clerk.post(address(launched, "edit/"), data | changed | fixed | choose("launched_by", below))
    assert response.status_code == 302
    slug, launched = launched.slug, Campaign.objects.get()
    assert (launched.title, launched.ends_on) == ("Tên sửa", date(2030, 12, 31))
    assert (launched.slug, launched.target_member_rate, launched.plans_from) == (slug, 90, "grassroots")
    assert not launched.names_public and launched.mode == "thematic" and launched.launched_by == unit


def test_after_the_launch_scope_and_activities_are_added_and_what_was_chosen_stays(clerk, launched, unit):
    data = filled(clerk.get(address(launched, "edit/")))
    more = make_unit(parent=unit)
    added = {**choose("scopes-1-unit", more), "activities-3-name": "Việc thêm"}
    for index, said in ((0, "chosen"), (1, "planned")):
        response = clerk.post(address(launched, "edit/"), data | added | {f"activities-{index}-DELETE": "on"})
        assert response.status_code == 200 and response.context["entry"].activities.non_form_errors(), said
    response = clerk.post(address(launched, "edit/"), data | added | {"scopes-0-DELETE": "on"})
    assert response.status_code == 200 and response.context["entry"].scopes.non_form_errors()
    assert clerk.post(address(launched, "edit/"), data | added | {"activities-2-DELETE": "on"}).status_code == 302
    assert set(launched.scopes.values_list("unit", flat=True)) == {unit.pk, more.pk}
    names = launched.activities.values_list("name", flat=True)
    assert "Việc thêm" in names and "Chưa ai chọn" not in names and len(names) == 3


@pytest.mark.one_database
def test_names_once_public_may_be_withdrawn(clerk, unit):
    campaign = make_campaign(launched_by=unit, names_public=True)
    data = filled(clerk.get(address(campaign, "edit/")))
    del data["names_public"]
    clerk.post(address(campaign, "edit/"), data)
    assert not Campaign.objects.get().names_public


@pytest.mark.one_database
def test_a_closed_campaign_has_its_texts_mended_and_a_cancelled_one_nothing(clerk, unit):
    closed = make_campaign(launched_by=unit, status="closed")
    response = clerk.post(address(closed, "edit/"), typed(unit, title="Lời sửa"))
    closed.refresh_from_db()
    assert response.status_code == 302 and (closed.title, closed.starts_on) == ("Lời sửa", DAY)
    assert closed.activities.count() == 0 and closed.scopes.count() == 1
    cancelled = make_campaign(launched_by=unit, status="cancelled")
    assert clerk.post(address(cancelled, "edit/"), typed(unit)).url == address(cancelled)
    assert Campaign.objects.get(pk=cancelled.pk).title == cancelled.title


# The draft and the acts


@pytest.mark.one_database
def test_a_draft_says_whom_it_would_concern_and_what_it_lacks(clerk, unit):
    make_member(unit=make_branch(parent=unit))
    campaign = make_campaign(launched_by=unit, status="draft")
    context = clerk.get(address(campaign)).context
    assert context["reach"] == {"units": 2, "owed": 1, "eligible": 1}
    assert len(context["blocks"]) == 1 and len(context["lacks"]) == 6


def test_a_draft_is_seen_as_it_will_look_by_those_who_may_change_it(clerk, client, unit):
    campaign = make_campaign(launched_by=unit, status="draft", summary="Một câu tóm tắt")
    response = clerk.get(address(campaign, "preview/"))
    assert "Một câu tóm tắt" in response.content.decode() and response.context["preview"]
    assert "no-store" in response.headers["Cache-Control"] and "private" in response.headers["Cache-Control"]
    assert client.get(campaign.get_absolute_url()).status_code == 404
    client.force_login(make_staff("viewer", unit))
    assert client.get(address(campaign, "preview/")).status_code == 403


def test_the_chain_from_draft_to_close_is_walked_by_an_approver(approver, unit):
    campaign = make_campaign(launched_by=unit, status="draft")
    make_activity(campaign)
    for act, status in (
        ("launch", "launched"),
        ("review", "reviewing"),
        ("launch", "launched"),
        ("review", "reviewing"),
        ("close", "closed"),
    ):
        assert approver.get(address(campaign, f"{act}/")).status_code == 200
        response = approver.post(address(campaign, f"{act}/"), follow=True)
        campaign.refresh_from_db()
        assert campaign.status == status and [m.level_tag for m in response.context["messages"]] == ["success"]
    assert AuditEvent.objects.filter(action="campaign_status").count() == 5
    assert campaign.history.first().history_user == response.context["user"]
    assert campaign.tallies.filter(eligible__isnull=False).exists()


def test_a_launch_is_refused_until_it_has_something_to_choose(approver, unit):
    campaign = make_campaign(launched_by=unit, status="draft")
    response = approver.post(address(campaign, "launch/"))
    assert response.status_code == 200 and response.context["form"].non_field_errors()
    assert Campaign.objects.get().status == "draft"


@pytest.mark.one_database
def test_an_act_that_cannot_follow_is_answered_with_a_word(approver, unit):
    campaign = make_campaign(launched_by=unit, status="closed")
    for act in ("launch", "review", "close", "cancel"):
        response = approver.post(address(campaign, f"{act}/"), {"reason": "x"}, follow=True)
        assert [m.level_tag for m in response.context["messages"]] == ["warning"]
    assert Campaign.objects.get().status == "closed"


@pytest.mark.one_database
def test_a_cancellation_says_why(approver, unit):
    campaign = make_campaign(launched_by=unit)
    assert approver.post(address(campaign, "cancel/"), {"reason": " "}).context["form"].errors
    approver.post(address(campaign, "cancel/"), {"reason": "Trùng với phong trào khác"})
    campaign.refresh_from_db()
    assert (campaign.status, campaign.status_reason) == ("cancelled", "Trùng với phong trào khác")
    assert AuditEvent.objects.get(action="campaign_status").reason == "Trùng với phong trào khác"
    assert "Trùng với phong trào khác" in approver.get(address(campaign)).content.decode()


@pytest.mark.one_database
def test_closing_says_what_it_leaves_open(approver, unit):
    branch = make_branch(parent=unit)
    campaign = make_campaign(launched_by=unit)
    for status in ("pending", "pending", "registered", "done"):
        make_registration(campaign, make_member(unit=branch), status=status)
    assert campaign.unfinished() == {"pending": 2, "waiting": 0, "plans": 1, "undone": 1}
    assert len(approver.get(address(campaign, "close/")).context["consequences"]) == 3


@pytest.mark.one_database
@pytest.mark.parametrize("role", ["viewer", "clerk"])
def test_whoever_may_not_launch_has_no_button_and_is_refused(client, unit, role):
    campaign = make_campaign(launched_by=unit)
    client.force_login(make_staff(role, unit))
    page = client.get(address(campaign)).content.decode()
    for act in ("launch", "review", "close", "cancel"):
        assert address(campaign, f"{act}/") not in page
        assert client.post(address(campaign, f"{act}/"), {"reason": "x"}).status_code == 403
    assert (address(campaign, "edit/") in page) == (role == "clerk")


@pytest.mark.one_database
def test_staff_of_units_concerned_look_and_do_not_change(client, unit):
    branch = make_branch(parent=unit)
    campaign, draft = make_campaign(launched_by=unit), make_campaign(launched_by=unit, status="draft")
    client.force_login(make_staff("manager", branch))
    assert client.get(address(campaign)).status_code == 200
    assert client.get(address(draft)).status_code == 404
    for act in ("edit", "preview", "launch", "review", "close", "cancel"):
        assert client.post(address(campaign, f"{act}/"), {}).status_code == 403
        assert client.post(address(draft, f"{act}/"), {}).status_code == 404


# The list


def names(response):
    return [campaign.title for campaign in response.context["page"].rows]


def test_the_list_has_what_i_may_see_those_under_way_first(clerk, unit):
    for status in ("closed", "draft", "launched", "reviewing", "cancelled"):
        make_campaign(launched_by=unit, title=status, status=status)
    make_campaign(title="của nơi khác")
    above = make_campaign(title="của nơi khác, cho đơn vị tôi", starts_on=date(2021, 1, 1))
    CampaignScope.objects.create(campaign=above, unit=unit)
    expected = ["của nơi khác, cho đơn vị tôi", "launched", "reviewing", "draft"]
    assert names(clerk.get("/staff/campaigns/"))[:4] == expected
    assert len(names(clerk.get("/staff/campaigns/"))) == 6
    assert names(clerk.get("/staff/campaigns/?status=draft")) == ["draft"]
    assert names(clerk.get("/staff/campaigns/?q=cua+noi+khac")) == ["của nơi khác, cho đơn vị tôi"]
    assert clerk.get("/staff/campaigns/?status=x").context["filters"].refusals


def test_the_rates_in_the_list_are_those_of_my_units(client, unit):
    mine, other = make_branch(parent=unit), make_branch(parent=unit)
    campaign = make_campaign(launched_by=unit, plans_due_on=DAY)
    make_registration(campaign, make_member(unit=mine), status="done")
    make_registration(campaign, make_member(unit=mine), status="pending")
    make_registration(campaign, make_member(unit=other))
    make_plan(campaign, other).submit()
    client.force_login(make_staff("viewer", mine))
    row = client.get("/staff/campaigns/").context["page"].rows[0]
    assert (row.owed, row.planned, row.eligible, row.registered, row.done, row.pending) == (1, 0, 2, 1, 1, 1)
    campaign.close()
    row = client.get("/staff/campaigns/").context["page"].rows[0]
    assert (row.owed, row.planned, row.eligible, row.registered, row.done) == (1, 0, 2, 1, 1)
    client.force_login(make_superuser())
    assert client.get("/staff/campaigns/").context["page"].rows[0].eligible == 3


@pytest.mark.one_database
def test_somebody_posted_nowhere_is_told_so_kindly(client):
    client.force_login(make_staff("viewer", make_unit()))
    page = client.get("/staff/campaigns/")
    assert page.status_code == 200 and gettext("No campaign concerns your units yet") in page.content.decode()
    assert ADD not in page.content.decode()


@pytest.mark.one_database
def test_the_list_takes_as_many_queries_for_three_as_for_one(client, unit, django_assert_num_queries):
    user = make_staff("clerk", unit)
    make_posting("viewer", make_unit(), user=user)
    counts = []
    for _number in (1, 3):
        while Campaign.objects.count() < _number:
            make_registration(make_campaign(launched_by=unit), make_member(unit=make_branch(parent=unit)))
        client.force_login(user)
        with django_assert_num_queries(4):
            counts.append(len(client.get(reverse("campaigns:staff_campaign_list")).content))
    for _number in range(17):
        make_campaign(launched_by=unit, title="Phong trào thi đua có tên dài như thường thấy trong văn bản phát động")
    response = client.get("/staff/campaigns/")
    assert len(names(response)) == 20 and len(response.content) <= 45 * 1024


@pytest.mark.one_database
def test_the_empty_rows_of_the_page_count_for_nothing(clerk, unit):
    data = filled(clerk.get(ADD))
    assert data["launched_by_pick"] == str(unit.pk) and data["activities-3-order"] == "4"
    response = clerk.post(ADD, data | {"title": "Một việc", "starts_on": "02/03/2020"})
    assert response.status_code == 302, response.context["entry"].errors
    campaign = Campaign.objects.get()
    assert (campaign.launched_by, campaign.scopes.count(), campaign.activities.count()) == (unit, 0, 0)
