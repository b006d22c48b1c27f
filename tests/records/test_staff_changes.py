"""The change log: who did what to a record and to what belongs to it, when and why, in words."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from simple_history.models import HistoricalRecords

from campaigns.models import CampaignScope, PlannedActivity, Pledge
from records.changes import KEYS, acts, changes_in, logged, own_changes, parts_of, shortened
from records.models import Award, Decision, Member, Unit, User
from records.paging import keyset_page
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_inspection,
    make_member,
    make_plan,
    make_posting,
    make_registration,
    make_sector,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)


@pytest.fixture(autouse=True)
def vietnamese():
    with translation.override("vi"):
        yield


@pytest.fixture
def by(rf):
    """A function that runs an act as one request of a user."""

    def run(user, act):
        request = rf.post("/")
        request.user, request.id = user or AnonymousUser(), uuid.uuid4().hex
        HistoricalRecords.context.request = request
        try:
            return act()
        finally:
            del HistoricalRecords.context.request

    return run


def log(record, user=None, whole=False, may_edit=True):
    """The acts of the first page."""
    user = user or make_superuser()
    changes = changes_in(record, user) if whole else own_changes(record, user)
    return acts(keyset_page(changes, KEYS, QueryDict()).rows, record, may_edit)


def address(record):
    return reverse("records:staff_change_list", args=[record._meta.label_lower, record.pk])


def changed(act):
    """{label: (before, after)} of the lines of an act that changed something."""
    return {label: (was, became) for line in act.lines for label, was, became in line.fields}


# What is read


def test_an_edit_reads_as_before_and_after_in_words(by):
    clerk = make_user(last_name="Huỳnh Thị Cẩm", first_name="Tú")
    unit = make_unit(sector=make_sector(name="Tổ chức"), established_on=date(2015, 3, 2))

    def edit():
        unit.kind, unit.sector, unit.listed = Unit.Kind.AGENCY, make_sector(name="Tuyên giáo"), False
        unit.established_on, unit.description = None, "Khu phố 3"
        unit._change_reason = "theo Quyết định 12"
        unit.save()

    by(clerk, edit)
    newest, first = log(unit)
    assert (newest.who, newest.reasons) == ("Huỳnh Thị Cẩm Tú", ["theo Quyết định 12"])
    said = {
        "kind": (Unit.Kind.OTHER.label, Unit.Kind.AGENCY.label),
        "sector": ("Tổ chức", "Tuyên giáo"),
        "listed": (translation.gettext("yes"), translation.gettext("no")),
        "established_on": ("02/03/2015", ""),
        "description": ("", "Khu phố 3"),
    }
    assert changed(newest) == {capfirst(Unit._meta.get_field(name).verbose_name): pair for name, pair in said.items()}
    assert first.lines[0].kind == "+" and not first.who


def test_numbers_moments_and_files_read_as_people_write_them(by):
    campaign = make_campaign()
    plan = make_plan(campaign, campaign.launched_by)
    planned = PlannedActivity.objects.create(plan=plan, activity=make_activity(campaign), target=Decimal("1200.50"))
    planned.target = Decimal("1300")
    planned.save()
    plan.file = "plans/2020/ke-hoach.pdf"
    plan.save()
    plan.submit()
    words = [value for act in log(plan) for pair in changed(act).values() for value in pair]
    assert {"1.200,5", "1.300", "ke-hoach.pdf"} <= set(words)
    assert any(len(word) == 16 and word[2] == ":" and word[8] == "/" for word in words), "the moment of submission"


def test_one_request_reads_as_one_act_with_all_that_it_wrote(by):
    home, host = make_branch(name="Chi bộ nhà"), make_branch(name="Chi bộ mới")
    member = make_member(unit=home)
    by(make_user(), lambda: member.transfer_to(host, DAY))
    transfer = log(member)[0]
    assert [(line.kind, line.part) for line in transfer.lines] == [("~", False), ("~", True), ("+", True)]
    assert transfer.lines[0].fields[0][1:] == ("Chi bộ nhà", "Chi bộ mới")
    assert [line.title for line in transfer.lines[1:]] == ["Chi bộ nhà", "Chi bộ mới"]


def test_rows_of_commands_stand_alone():
    member = make_member()
    assert len(log(member)) == 2, "the member and the membership, entered without a request"


def test_what_was_taken_away_is_told_with_what_it_was(by):
    campaign = make_campaign()
    plan = make_plan(campaign, campaign.launched_by)
    activity = make_activity(campaign, name="Đèn đường")
    planned = PlannedActivity.objects.create(plan=plan, activity=activity, target=5)
    by(make_user(), planned.delete)
    line = log(plan, make_staff("viewer", campaign.launched_by))[0].lines[0]
    assert (line.kind, line.title) == ("-", "Đèn đường") and "5" in dict(line.facts).values()


def test_units_added_to_a_relation_are_named(by):
    campaign, partner = make_campaign(), make_unit(name="Tỉnh đoàn")
    by(make_user(), lambda: campaign.together_with.add(partner))
    ((label, was, became),) = log(campaign)[0].lines[0].fields
    assert (was, became) == ("", "Tỉnh đoàn") and label


def test_a_second_write_without_a_change_says_nothing(by):
    award, decision = make_award(recipient_name="Trần Văn A"), make_decision()
    by(make_user(), lambda: award.correct(decision, "ghi nhầm", recipient_name="Trần Văn B"))
    act = log(award)[0]
    assert act.reasons == ["ghi nhầm"]
    assert ("Trần Văn A", "Trần Văn B") in changed(act).values()


def test_a_publication_gives_its_reason_in_words():
    decision = make_decision()
    decision.publish(make_superuser())
    assert log(decision)[0].reasons == [translation.gettext("publication")]


def test_an_edit_that_changed_nothing_is_shown_as_such(client, by):
    unit = make_unit()
    unit.save()
    client.force_login(make_superuser())
    assert client.get(address(unit)).status_code == 200
    assert log(unit)[0].lines == []


@pytest.mark.one_database
def test_long_texts_are_cut_to_where_they_differ():
    same = "a" * 200
    was, became = shortened(same + "cũ", same + "mới" + "b" * 200)
    assert was.endswith("cũ") and "mới" in became and max(len(was), len(became)) <= 92
    assert shortened("ngắn", "khác") == ("ngắn", "khác") and shortened("", same)[1].startswith("aaa")


# What belongs to a record


def test_the_rows_that_belong_to_a_record_are_part_of_its_log():
    expected = {
        "campaigns.campaign": {"activity", "campaignscope", "campaigndocument", "invitation"},
        "campaigns.unitplan": {"plannedactivity"},
        "campaigns.registration": {"pledge", "evidencephoto"},
        "campaigns.selfregistration": {"selfpledge"},
        "campaigns.exemplar": {"exemplarphoto"},
        "records.decision": {"award"},
        "records.award": {"awardevent"},
        "records.member": {"membership", "transfer", "merge", "namesakes"},
        "records.unit": {"unitevent", "posting", "cleanup"},
        "records.user": {"posting"},
        "records.awardtype": {"awardtypealias"},
    }
    found = {label: {part._meta.model_name for part, _key in parts_of(model)} for label, model in logged().items()}
    assert {label: parts for label, parts in found.items() if parts} == expected


def test_a_log_holds_the_children_and_nobody_elses():
    branch = make_branch()
    campaign = make_campaign(scope=branch)
    activity = make_activity(campaign)
    one, other = (make_registration(campaign, make_member(unit=branch)) for _n in range(2))
    for registration in (one, other):
        Pledge.objects.create(registration=registration, activity=activity, quantity=2)
    lines = [line for act in log(one) for line in act.lines]
    assert [line.kind for line in lines] == ["+", "+"] and lines[0].title == activity.name


def test_a_decision_shows_an_honoured_unit_only_its_own_awards():
    keeper, honoured, other = make_unit(), make_unit(), make_unit()
    decision = make_decision(unit=keeper)
    make_award(decision=decision, unit=honoured, recipient_name="Của tôi")
    make_award(decision=decision, unit=other, recipient_name="Của người khác")
    titles = lambda user: {line.title for act in log(decision, user) for line in act.lines if line.part}  # noqa: E731
    assert titles(make_staff("viewer", honoured)) == {"Của tôi"}
    assert titles(make_staff("viewer", keeper)) == {"Của tôi", "Của người khác"}


def test_a_unit_tells_of_everything_in_it():
    branch, elsewhere = make_branch(name="Chi bộ này"), make_branch()
    member = make_member(unit=branch, full_name="Lê Văn Đi")
    make_member(unit=elsewhere, full_name="Người Nơi Khác")
    member.transfer_to(elsewhere, DAY)
    campaign = make_campaign(title="Phong trào hè")
    CampaignScope.objects.create(campaign=campaign, unit=branch)
    make_plan(campaign, branch)
    make_inspection(campaign, branch)
    make_award(collective=branch, recipient_name="Tập thể Chi bộ này")
    make_branch(parent=branch, name="Tổ đảng một")
    told = " ".join(f"{line.noun} {line.title}" for act in log(branch, whole=True) for line in act.lines)
    for words in ("Lê Văn Đi", "Phong trào hè", "Tập thể Chi bộ này", "Tổ đảng một"):
        assert words in told
    assert "Người Nơi Khác" not in told
    branch.rename("Chi bộ đổi tên", DAY)
    assert ("Chi bộ này", "Chi bộ đổi tên") in [
        pair for act in log(branch, whole=True) for pair in changed(act).values()
    ]
    assert all("Lê Văn Đi" not in line.title for act in log(branch) for line in act.lines)


def test_who_left_the_reach_is_told_of_by_the_membership_alone():
    branch = make_branch()
    member = make_member(unit=branch)
    member.phone = "0000"
    member.save()
    member.transfer_to(make_branch(), DAY)
    nouns = {line.noun for act in log(branch, make_staff("manager", branch), whole=True) for line in act.lines}
    assert str(Member._meta.verbose_name).capitalize() not in nouns and len(nouns) >= 1


# Who may read it


def test_a_record_outside_is_not_there(client):
    unit, elsewhere = make_unit(), make_unit()
    member, decision = make_member(unit=elsewhere), make_decision(unit=elsewhere)
    client.force_login(make_staff("manager", unit))
    for record in (elsewhere, member, decision, member.memberships.get()):
        assert client.get(address(record)).status_code == 404, record
    assert client.get(address(unit)).status_code == 200


@pytest.mark.parametrize(
    "label",
    ["records.auditevent", "records.submission", "campaigns.tally", "sessions.session", "records", "x.y", "\x00"],
)
def test_what_keeps_no_log_has_none(client, label):
    client.force_login(make_superuser())
    assert client.get(f"/staff/changes/{label.replace(chr(0), '%00')}/1/").status_code == 404


def test_a_number_too_long_for_a_key_is_not_there(client):
    client.force_login(make_superuser())
    assert client.get(f"/staff/changes/records.unit/{'9' * 40}/").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize(("role", "told"), [("viewer", False), ("clerk", True)])
def test_private_fields_are_told_to_those_who_may_change_them(client, role, told):
    member = make_member()
    for number in ("0900000001", "0900000002"):
        member.phone, member.email, member.card_number = number, f"a{number}@vidu.example", f"MAU{number}"
        member.save()
    client.force_login(make_staff(role, member.unit))
    for where in (address(member), address(member.unit) + "?in=unit"):
        text = client.get(where).content.decode()
        assert ("0900000001" in text) == told and ("vidu.example" in text) == told
        assert Member._meta.get_field("phone").verbose_name.capitalize() in text


def test_a_host_s_clerk_reads_no_phone():
    """Attached people are read by the host, and changed by their own unit alone."""
    member, host = make_member(phone="0900000003"), make_branch()
    member.attach_to(host, DAY)
    member.phone = "0900000004"
    member.save()
    user = make_staff("clerk", host)
    assert Member.objects.visible_to(user).get() == member
    assert not user.may(user.EDITORS, member.unit_path)
    told = str(log(member, user, may_edit=user.may(user.EDITORS, member.unit_path)))
    assert "0900000003" not in told and "0900000004" not in told


@pytest.mark.one_database
def test_nobody_reads_a_password_there(client):
    user = make_user()
    user.set_password("một-mật-khẩu-khác")
    user.save()
    client.force_login(make_superuser())
    text = client.get(address(user)).content.decode()
    assert "md5$" not in text and user.password not in text
    assert "password" not in {f.name for f in User.history.model.tracked_fields}


def test_an_unlisted_relation_never_breaks_the_words():
    """What a row pointed to may be gone, and is then told by its number."""
    unit = make_unit(sector=(sector := make_sector(name="Ngành cũ")))
    unit.sector = None
    unit.save()
    pk = sector.pk
    sector.delete()
    assert changed(log(unit)[0]).popitem()[1] == (f"#{pk}", "")


# How much it costs


def logged_records():
    """One record of several kinds with `n` changes each."""
    branch = make_branch()
    member = make_member(unit=branch)
    campaign = make_campaign(scope=branch)
    return [branch, member, make_decision(unit=branch), make_award(unit=branch, member=member), campaign,
            make_plan(campaign, branch), make_registration(campaign, member)]  # fmt: skip


def edit(record, n):
    """Change the first text of a record."""
    name = {"Member": "position", "Decision": "subject", "Award": "reason", "Campaign": "theme", "UnitPlan": "number",
            "Registration": "own_words", "Unit": "description"}[type(record).__name__]  # fmt: skip
    setattr(record, name, f"lần {n}")
    record.save()


@pytest.mark.one_database
@pytest.mark.parametrize("kind", range(7))
def test_a_log_of_fifty_acts_asks_as_much_as_one_of_three(client, kind, django_assert_max_num_queries):
    record = logged_records()[kind]
    client.force_login(make_staff("manager", make_posting("viewer", record_unit(record)).unit))
    counts = []
    for upto in (1, 3, 55):
        for n in range(upto):
            edit(record, f"{upto} {n}")
        with django_assert_max_num_queries(8) as seen:
            answer = client.get(address(record))
        counts.append(len(seen))
    assert counts[2] <= counts[1] == counts[0], "of fifty edits, none may point to a name"
    assert len(answer.context["page"].rows) == 50 and len(answer.content) <= 45_000


def record_unit(record):
    if isinstance(record, Unit):
        return record
    return getattr(record, "launched_by", None) or record.unit


def test_everything_in_a_unit_is_asked_for_at_once(client, django_assert_max_num_queries):
    branch = make_branch()
    campaign = make_campaign(scope=branch)
    client.force_login(make_staff("viewer", branch))
    counts = []
    for more in (1, 2, 20):
        for _n in range(more):
            member = make_member(unit=branch)
            make_registration(campaign, member), make_award(member=member), make_decision(unit=branch)
        with django_assert_max_num_queries(8) as seen:
            answer = client.get(address(branch), {"in": "unit"})
        counts.append(len(seen))
    assert len(set(counts)) == 1 and len(answer.content) <= 45_000


def test_pages_follow_each_other_without_a_row_lost_or_doubled(client):
    unit = make_branch()
    for n in range(120):
        edit(unit, n)
        if n % 10 == 0:
            make_posting("viewer", unit)
    client.force_login(make_superuser())
    seen, where, sizes = [], address(unit), []
    while where:
        answer = client.get(where)
        page = answer.context["page"]
        sizes.append(len(page.rows))
        seen += [(row.label, row.history_id) for row in page.rows]
        where = address(unit) + page.next_url if page.next_url else ""
    assert sizes == [50, 50, 33] and len(set(seen)) == len(seen) == 133
    back = client.get(address(unit) + page.previous_url).context["page"]
    assert [(row.label, row.history_id) for row in back.rows] == seen[50:100]


# The tag


def test_every_record_with_a_history_has_an_address_of_its_log():
    show = Template("{% changes_url one %}")
    unit, award = make_unit(), make_award()
    assert show.render(Context({"one": unit})) == f"/staff/changes/records.unit/{unit.pk}/"
    assert show.render(Context({"one": award})) == f"/staff/changes/records.award/{award.pk}/"
    assert show.render(Context({"one": apps.get_model("records", "SavedView")()})) == ""


def test_every_model_with_a_history_has_a_log_and_can_be_named():
    with_history = {
        model._meta.label_lower
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    }
    assert set(logged()) == with_history and len(with_history) > 25
    for model in (Unit, Award, Decision):
        assert model._meta.label_lower in logged()


@pytest.mark.parametrize("label", sorted(label for label in logged()))
def test_the_log_of_any_model_can_be_asked_for_by_anyone(label):
    """Whatever its relations and its scope, on either database."""
    record = logged()[label](pk=10**9)
    for user in (make_superuser(), make_staff("viewer", make_unit())):
        assert keyset_page(own_changes(record, user), KEYS, QueryDict()).rows == []
