"""Awards in the staff area: found, entered in one step, put right, changed by a later decision, exported."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.models import AuditEvent, Award, AwardTypeAlias, Decision
from tests.factories import (
    make_award,
    make_award_type,
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return make_unit(name="Đảng bộ tỉnh")


@pytest.fixture
def branch(province):
    return make_branch(parent=province, name="Chi bộ 3", code="CB-3")


def signed_in(role, unit):
    client = Client()
    client.force_login(make_staff(role, unit))
    return client


@pytest.fixture
def clerk(province):
    return signed_in("clerk", province)


@pytest.fixture
def approver(province):
    return signed_in("approver", province)


@pytest.fixture
def draft(province):
    return make_award(decision=make_decision(unit=province), recipient_name="Nguyễn Văn Ban", recipient_kind="person")


@pytest.fixture
def public(province):
    decision = make_decision(unit=province, published=True)
    return make_award(decision=decision, recipient_name="Nguyễn Văn Ban", recipient_kind="person", published=True)


def page(name, *args):
    return reverse(f"records:staff_award_{name}", args=args)


# The list


def test_the_list_is_found_without_tones_and_narrowed(clerk, province, branch):
    flag = make_award_type(name="Cờ thi đua", family="title", level="state")
    AwardTypeAlias.objects.create(type=flag, text="CTĐ")
    one = make_award(decision=make_decision(unit=province), recipient_name="Nhân dân xã Văn Hóa", type=flag)
    other = make_award(
        decision=make_decision(unit=province, number="70/QĐ-TTg", issued_on=date(2008, 6, 6)), collective=branch,
        status="revoked", published=True,
    )  # fmt: skip
    make_award()

    def found(**query):
        return {row["name"] for row in clerk.get(page("list"), query).context["rows"]}

    assert found() == {one.recipient_name, other.recipient_name}
    assert found(q="nhan dan xa van hoa") == {one.recipient_name} == found(type="ctđ") == found(type=flag.code)
    assert found(family="title") == {one.recipient_name} == found(level="state") == found(state="draft")
    assert found(q="70/qd-ttg") == {other.recipient_name} == found(year="2008") == found(status="revoked")
    assert found(unit="CB-3") == {other.recipient_name} == found(unit="chi bo 3") == found(state="published")
    assert found(decision=str(other.decision_id)) == {other.recipient_name}
    response = clerk.get(page("list"), {"type": "lạ", "unit": "lạ", "year": "0"})
    assert len(response.context["filters"].refusals) == 3 and len(response.context["rows"]) == 2


def test_an_empty_list_says_which_condition_to_drop(clerk, draft):
    response = clerk.get(page("list"), {"q": "khong ai", "state": "draft"})
    assert [one["count"] for one in response.context["alternatives"]] == [1]


def test_a_short_code_leads_to_its_award_if_it_may_be_seen(clerk, draft):
    assert clerk.get(page("list"), {"q": draft.short_code}).url == page("detail", draft.public_id)
    assert clerk.get(page("list"), {"q": make_award(published=True).short_code}).status_code == 200


@pytest.mark.one_database
def test_the_list_costs_the_same_whatever_its_length(clerk, province):
    costs = []
    kind = make_award_type(name="Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh Bà Rịa – Vũng Tàu")
    for n in (1, 3, 60):
        while Award.objects.count() < n:
            make_award(
                decision=make_decision(unit=province), type=kind, recipient_position="Bí thư Chi bộ",
                recipient_name="Nguyễn Thị Hoàng Phương Anh", recipient_unit="Chi bộ cơ sở Phòng Giáo dục và Đào tạo",
                recipient_kind="person", period_start=2018, period_end=2019,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            response = clerk.get(page("list"))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8 and costs[2] <= 8, costs
    assert response.context["page"].next_url and len(response.content) < 45_000


# Export


# In one step


def in_one_step(keeper, **fields):
    return {
        "by-number": "77-QĐ/TU",
        "by-issued_on": "1/2/1998",
        "by-issuer": "Ban Thường vụ Tỉnh ủy",
        "by-unit": keeper.name_in_full,
        "by-unit_key": str(keeper.pk),
        "recipient_kind": "person",
        "recipient_name": "Bùi Thị Xuân Mai",
        "period_start": "1997",
        **fields,
    }


def test_a_decided_award_of_any_year_is_entered_in_one_step(clerk, province):
    kind = make_award_type()
    response = clerk.post(page("add"), in_one_step(province, type=kind.name))
    award = Award.objects.get()
    assert response.url == page("detail", award.public_id)
    assert (award.decision.number, award.decided_on) == ("77-QĐ/TU", date(1998, 2, 1))
    assert award.decision.kind == "grant" and award.published_at is None and award.list_position == 1


@pytest.mark.one_database
def test_the_decision_is_taken_from_the_register_where_it_is(clerk, province):
    kind = make_award_type()
    known = make_decision(unit=province, number="077-QĐ/TU", issuer="Ban Thường vụ tỉnh ủy", issued_on=date(1998, 2, 1))
    data = in_one_step(province, type=kind.name, **{"by-unit": "", "by-unit_key": ""})
    assert clerk.post(page("add"), data).status_code == 302
    assert Award.objects.get().decision == known and Decision.objects.count() == 1


@pytest.mark.one_database
def test_a_decision_kept_elsewhere_takes_no_award(clerk, province):
    kind = make_award_type()
    make_decision(number="77-QĐ/TU", issuer="Ban Thường vụ Tỉnh ủy", issued_on=date(1998, 2, 1))
    response = clerk.post(page("add"), in_one_step(province, type=kind.name))
    assert list(response.context["by"].errors) == ["number"] and not Award.objects.exists()


@pytest.mark.parametrize("wrong", ["by-issued_on", "by-issuer", "by-unit", "recipient_name", "recipient_kind", "type"])
def test_nothing_of_it_is_saved_while_a_part_is_wrong(clerk, province, wrong):
    kind = make_award_type()
    data = in_one_step(province, **{"type": kind.name, wrong: "", f"{wrong}_key": ""})
    response = clerk.post(page("add"), data)
    assert response.status_code == 200 and not Award.objects.exists() and not Decision.objects.exists()
    form = response.context["by" if wrong.startswith("by-") else "form"]
    assert list(form.errors) == [wrong.removeprefix("by-")]


def test_a_double_found_at_the_last_step_leaves_no_empty_decision(clerk, province):
    kind = make_award_type()
    make_award(
        type=kind, recipient_kind="person", recipient_name="Bùi Thị Xuân Mai", period_start=1997,
        decision=make_decision(unit=province),
    )  # fmt: skip
    assert "different" in clerk.post(page("add"), in_one_step(province, type=kind.name)).context["form"].errors
    assert Decision.objects.count() == 1


# Its page


def test_the_page_tells_facts_links_events_and_who_entered(clerk, province, branch):
    member = make_member(full_name="Lê Ánh", unit=branch)
    clerk.post(
        page("add"), in_one_step(province, type=make_award_type().name, link=f"m{member.pk}", recipient_name="Lê Ánh")
    )
    award = Award.objects.get()
    award.correct(make_decision(unit=province, number="9-QĐ/TU"), "Sai chức vụ", recipient_position="Phó Bí thư")
    response = clerk.get(page("detail", award.public_id))
    text = response.content.decode()
    assert response.context["entered"].history_user.username in text
    for shown in ("Lê Ánh", "77-QĐ/TU", "9-QĐ/TU", "Sai chức vụ", "Phó Bí thư", award.short_code):
        assert shown in text, shown


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("role", "of_draft", "of_public"),
    [
        ("viewer", set(), set()),
        ("clerk", {"edit", "change", "remove"}, set()),
        ("approver", {"edit", "change", "remove"}, {"edit", "change", "unpublish"}),
    ],
)
def test_buttons_are_there_for_what_the_role_may_do(province, draft, public, role, of_draft, of_public):
    client = signed_in(role, province)
    for award, may in ((draft, of_draft), (public, of_public)):
        text = client.get(page("detail", award.public_id)).content.decode()
        for verb in ("edit", "change", "remove", "unpublish"):
            address = page(verb, award.public_id)
            assert (address in text) == (verb in may), (role, verb)
            code = client.get(address).status_code
            assert code == (200 if verb in may else 403) or (award, verb) == (draft, "unpublish"), (role, verb)


# Edit and removal


def shown(response):
    """What the form of the page would send if nobody touched it."""
    form = response.context["form"]
    return {name: form[name].value() or "" for name in form.fields if name not in ("unit", "different")}


@pytest.mark.one_database
def test_a_draft_is_put_right_with_its_history(clerk, draft):
    data = shown(clerk.get(page("edit", draft.public_id)))
    assert clerk.post(page("edit", draft.public_id), {**data, "recipient_name": "Nguyễn Văn Bản"}).status_code == 302
    draft.refresh_from_db()
    assert draft.recipient_name == "Nguyễn Văn Bản" and draft.search_key.startswith("nguyen van ban")
    assert draft.history.count() == 2 and draft.history.latest().history_user is not None


@pytest.mark.one_database
def test_a_link_moves_the_unit_with_it(clerk, draft, branch):
    member = make_member(unit=branch)
    data = shown(clerk.get(page("edit", draft.public_id)))
    clerk.post(page("edit", draft.public_id), {**data, "link": f"m{member.pk}"})
    draft.refresh_from_db()
    assert (draft.member, draft.unit, draft.unit_path) == (member, branch, branch.path)
    data = shown(clerk.get(page("edit", draft.public_id)))
    other = make_member(unit=make_branch(parent=branch.parent))
    kept_unit = {"unit": branch.name_in_full, "unit_key": str(branch.pk)}
    clerk.post(page("edit", draft.public_id), {**data, **kept_unit, "link": f"m{other.pk}"})
    draft.refresh_from_db()
    assert (draft.member, draft.unit) == (other, other.unit)


def test_a_link_that_lies_outside_reach_is_kept_and_no_other_taken(clerk, province):
    award = make_award(decision=make_decision(unit=province), member=make_member())
    data = shown(clerk.get(page("edit", award.public_id)))
    unit = {"unit": award.unit.name_in_full, "unit_key": str(award.unit_id)}
    assert clerk.post(page("edit", award.public_id), {**data, **unit, "reason": "Dân vận khéo"}).status_code == 302
    award.refresh_from_db()
    assert award.reason == "Dân vận khéo" and award.member_id
    crafted = clerk.post(page("edit", award.public_id), {**data, **unit, "link": f"m{make_member().pk}"})
    assert "link" in crafted.context["form"].errors


def test_of_two_who_edit_one_award_neither_loses_what_was_linked(province, clerk, draft, branch):
    data = shown(clerk.get(page("edit", draft.public_id)))
    member, other = make_member(unit=branch), make_member(unit=branch)
    signed_in("clerk", province).post(page("edit", draft.public_id), {**data, "link": f"m{member.pk}"})
    assert clerk.post(page("edit", draft.public_id), {**data, "reason": "Dân vận khéo"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.member, draft.reason) == (member, "Dân vận khéo")
    conflict = clerk.post(page("edit", draft.public_id), {**data, "link": f"m{other.pk}"})
    assert "link" in conflict.context["form"].errors


def test_of_a_public_award_only_the_links_change_and_only_by_an_approver(clerk, approver, public, branch):
    member = make_member(unit=branch)
    data = {"link": f"m{member.pk}", "recipient_name": "Kẻ khác", "type": "x"}
    assert clerk.post(page("edit", public.public_id), data).status_code == 403
    assert approver.post(page("edit", public.public_id), data).status_code == 302
    public.refresh_from_db()
    assert (public.member, public.unit, public.recipient_name) == (member, branch, "Nguyễn Văn Ban")


def test_removing_a_draft_asks_and_is_logged(clerk, draft):
    address = page("remove", draft.public_id)
    assert clerk.get(address).status_code == 200
    assert clerk.post(address, {"reason": ""}).context["form"].errors and Award.objects.exists()
    assert clerk.post(address, {"reason": "Nhập nhầm"}).status_code == 302
    assert not Award.objects.exists()
    last = Award.history.latest()
    assert (last.history_type, last.history_change_reason) == ("-", "Nhập nhầm") and last.history_user is not None
    event = AuditEvent.objects.get(action="remove")
    assert event.reason == "Nhập nhầm" and "Nguyễn Văn Ban" in event.label


def test_what_was_ever_public_or_changed_by_a_decision_is_never_removed(province, approver, public, draft):
    user = make_superuser()
    Award.objects.filter(pk=public.pk).unpublish(user, reason="x")
    draft.revoke(make_decision(unit=province), "Sai")
    public.history.update(published_at=public.published_at)
    for award in (public, draft):
        award.refresh_from_db()
        with pytest.raises(ValidationError):
            award.remove(user, "x")
        assert approver.post(page("remove", award.public_id), {"reason": "x"}).status_code == 403
    assert Award.objects.count() == 2 and not AuditEvent.objects.filter(action="remove").exists()


def test_a_stale_copy_does_not_remove_what_was_published_meanwhile(draft):
    user = make_superuser()
    Award.objects.filter(pk=draft.pk).publish(user)
    assert draft.published_at is None
    with pytest.raises(ValidationError):
        draft.remove(user, "x")
    assert Award.objects.exists()


@pytest.mark.one_database
def test_one_award_leaves_the_public_pages_for_a_reason(clerk, approver, public):
    address = page("unpublish", public.public_id)
    assert clerk.post(address, {"reason": "Sai tên"}).status_code == 403
    assert approver.post(address, {"reason": ""}).status_code == 200
    assert approver.post(address, {"reason": "Sai tên"}).status_code == 302
    public.refresh_from_db()
    assert public.published_at is None and AuditEvent.objects.get(action="unpublish").reason == "Sai tên"


# By a further decision


def change(client, award, what, by=None, **fields):
    """Send the page that changes an award as it stands, but for what is given."""
    data = {name: value for name, value in shown_change(client, award).items()}
    decision = {"decision": f"{by.number} ({by.issued_on:%d/%m/%Y}, {by.issuer})", "decision_key": by.pk} if by else {}
    return client.post(
        page("change", award.public_id), {**data, "kind": what, "reason": "Theo kết luận", **decision, **fields}
    )


def shown_change(client, award):
    form = client.get(page("change", award.public_id)).context["form"]
    return {name: form[name].value() or "" for name in form.fields if name not in ("decision", "kind", "reason")}


@pytest.mark.one_database
def test_a_public_award_is_revoked_and_its_page_says_so(approver, public, province):
    by = make_decision(unit=province, number="9-QĐ/TU", issued_on=date(2021, 1, 1), kind="revoke")
    assert change(approver, public, "revoke", by).status_code == 302
    public.refresh_from_db()
    event = public.events.get()
    assert public.status == "revoked" and (event.decision, event.reason) == (by, "Theo kết luận")
    text = Client().get(public.get_absolute_url()).content.decode()
    assert "9-QĐ/TU" in text and "Theo kết luận" in text
    assert public.history.latest().history_change_reason == "Theo kết luận"
    assert approver.get(page("change", public.public_id)).status_code == 403


@pytest.mark.one_database
def test_a_correction_keeps_what_was_written_before(approver, public, province):
    by = make_decision(unit=province, issued_on=date(2021, 1, 1))
    assert change(approver, public, "correct", by, right_recipient_name="Nguyễn Văn Bản").status_code == 302
    public.refresh_from_db()
    event = public.events.get()
    assert (public.status, public.recipient_name) == ("corrected", "Nguyễn Văn Bản")
    assert event.was == {"recipient_name": "Nguyễn Văn Ban"} and event.became == {"recipient_name": "Nguyễn Văn Bản"}


@pytest.mark.one_database
def test_a_paper_is_issued_anew(approver, public, province):
    change(approver, public, "reissue", make_decision(unit=province, issued_on=date(2021, 1, 1)))
    public.refresh_from_db()
    assert public.status == "reissued" and public.recipient_name == "Nguyễn Văn Ban"


@pytest.mark.one_database
def test_the_further_decision_is_entered_in_the_same_step(approver, public, province):
    new = {"new-number": "9-QĐ/TU", "new-issued_on": "1/1/2021", "new-issuer": "Ban Thường vụ Tỉnh ủy",
           "new-unit": province.name_in_full, "new-unit_key": province.pk}  # fmt: skip
    assert change(approver, public, "revoke", **new).status_code == 302
    by = public.events.get().decision
    assert (by.number, by.kind, by.unit, by.published_at) == ("9-QĐ/TU", "revoke", province, None)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"decision"}),
        ({"reason": "  "}, {"decision", "reason"}),
        ({"kind": "whim"}, {"kind", "decision"}),
        ({"new-number": "9-QĐ/TU"}, {"__all__"}),
        ({"decision": "khong co", "decision_key": "99"}, {"decision"}),
    ],
)
def test_without_a_decision_or_a_reason_nothing_changes(approver, public, fields, wrong):
    response = change(approver, public, "revoke", **fields)
    assert response.status_code == 200 and set(response.context["form"].errors) == wrong
    public.refresh_from_db()
    assert public.status == "active" and Decision.objects.count() == 1


@pytest.mark.one_database
def test_a_correction_says_something_new_and_something_sound(approver, public, province):
    by = make_decision(unit=province, issued_on=date(2021, 1, 1))
    assert change(approver, public, "correct", by).context["form"].non_field_errors()
    no_name = change(approver, public, "correct", by, right_recipient_name=" ")
    assert "right_recipient_name" in no_name.context["form"].errors
    backwards = change(approver, public, "correct", by, right_period_start="2020", right_period_end="2019")
    assert "right_period_end" in backwards.context["form"].errors
    assert not public.events.exists()


@pytest.mark.one_database
def test_an_older_decision_changes_nothing_and_one_known_in_part_may(approver, public, province):
    old = make_decision(unit=province, issued_on=date(2019, 1, 1))
    assert "decision" in change(approver, public, "revoke", old).context["form"].errors
    # No day of 2018, nor of February 2019, is late enough.
    for day, precision in ((date(2018, 1, 1), "year"), (date(2019, 2, 1), "month")):
        known_in_part = make_decision(unit=province, issued_on=day, issued_precision=precision)
        assert "decision" in change(approver, public, "revoke", known_in_part).context["form"].errors
    partial = make_decision(unit=province, issued_on=date(2020, 1, 1), issued_precision="year")
    assert change(approver, public, "revoke", partial).status_code == 302


def test_the_granting_decision_and_those_of_others_are_not_offered(approver, public):
    assert "decision" in change(approver, public, "revoke", public.decision).context["form"].errors
    foreign = make_decision(issued_on=date(2021, 1, 1))
    assert "decision" in change(approver, public, "revoke", foreign).context["form"].errors


def test_of_two_who_change_one_award_the_second_looks_again(approver, public, province):
    by = make_decision(unit=province, issued_on=date(2021, 1, 1))
    stale = shown_change(approver, public)
    public.correct(by, "Sai tên", recipient_name="Nguyễn Văn Bản")
    response = change(approver, public, "correct", by, **{**stale, "right_recipient_unit": "Chi bộ 3"})
    assert response.status_code == 200 and response.context["form"].non_field_errors()
    public.refresh_from_db()
    assert public.recipient_name == "Nguyễn Văn Bản"


def test_a_clerk_changes_drafts_alone_here_as_in_the_admin(clerk, province, draft, public):
    by = make_decision(unit=province, issued_on=date(2021, 1, 1))
    assert change(clerk, draft, "reissue", by).status_code == 302
    assert clerk.post(page("change", public.public_id), {"kind": "revoke"}).status_code == 403
    user = make_staff("clerk", province)
    client = Client()
    client.force_login(user)
    address = reverse("admin:records_award_verb", args=[public.pk, "event"])
    data = {"kind": "revoke", "decision": by.pk, "reason": "x", "recipient_name": public.recipient_name}
    assert client.post(address, data).context["form"].non_field_errors()
    public.refresh_from_db()
    assert public.status == "active"


def test_a_change_sent_twice_is_made_once(approver, public, province):
    by = make_decision(unit=province, issued_on=date(2021, 1, 1))
    data = {**shown_change(approver, public), "kind": "reissue", "reason": "Mất giấy", "decision_key": by.pk,
            "decision": f"{by.number} ({by.issued_on:%d/%m/%Y}, {by.issuer})",
            "once": "8a4a1b52-53c5-4b8b-9d3e-2c65d6f5e114"}  # fmt: skip
    for _time in range(2):
        assert approver.post(page("change", public.public_id), data).status_code == 302
    assert public.events.count() == 1


# What the models promise


def test_twins_are_found_for_all_awards_at_once(province, branch, django_assert_num_queries):
    member, kind = make_member(unit=branch), make_award_type()
    linked = make_award(member=member, type=kind, period_start=2019)
    free = make_award(type=kind, recipient_name="Lê Ánh", recipient_unit="Chi bộ 3", period_start=2019)
    make_award(type=kind, recipient_name="Lê Ánh", recipient_unit="Chi bộ 3", period_start=2018, status="revoked")
    asked = [
        Award(type=kind, member=member, period_start=2019),
        Award(type=kind, recipient_name="lê ánh", recipient_unit="chi bộ 3", period_start=2019),
        Award(type=kind, recipient_name="lê ánh", recipient_unit="chi bộ 3", period_start=2018),
        Award(type=make_award_type(), member=member, period_start=2019),
    ]
    with django_assert_num_queries(1):
        found = Award.objects.twins_of(asked)
    assert found == {0: linked, 1: free}
    for place, award in enumerate(asked):
        assert Award.objects.same_as(award).first() == found.get(place)


def test_entering_many_awards_takes_them_all_or_none(province, branch):
    decision = make_decision(unit=province)
    kind = make_award_type()
    good = Award(type=kind, recipient_kind="person", recipient_name="Lê Ánh", unit=branch)
    bad = Award(type=kind, recipient_kind="person", recipient_name="", unit=branch)
    with pytest.raises(Exception, match="award_recipient_named|CHECK"):
        Award.objects.enter([good, bad], decision)
