"""Who may do what in the admin comes from postings: the same table for every role and kind of record."""

import html
import re
from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse

from records.models import Award, Decision, Member, Unit, User
from tests.factories import (
    make_award,
    make_award_type,
    make_campaign,
    make_decision,
    make_member,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)
from tests.records.admin_pages import errors, page, send, signed_in

pytestmark = pytest.mark.django_db

# What a role may do is decided before anything is asked of the database: one posting asks the same as another.
SAME_QUERIES = (pytest.param(role, marks=pytest.mark.one_database) for role in ("viewer", "approver", "manager"))
ROLES = ("stranger", "clerk", "superuser", *SAME_QUERIES)
NOUNS = ("unit", "member", "decision", "award", "campaign")
# list, view, add, change by POST
EXPECTED = {
    "stranger": (403, 403, 403, 403),
    "viewer": (200, 200, 403, 403),
    "clerk": (200, 200, 200, 302),
    "approver": (200, 200, 200, 302),
    "manager": (200, 200, 200, 302),
    "superuser": (200, 200, 200, 302),
}


def make_world():
    """A unit below a root with a record of each noun."""
    unit = make_unit(parent=make_unit())
    member = make_member(unit=unit)
    decision = make_decision(unit=unit)
    return {
        "unit": unit,
        "member": member,
        "decision": decision,
        "award": make_award(member=member, decision=decision),
        "campaign": make_campaign(launched_by=unit),
    }


def user_with(role, unit):
    if role == "superuser":
        return make_superuser()
    return make_user(is_staff=True) if role == "stranger" else make_staff(role, unit)


@pytest.mark.one_database
@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_to_each_record_what_the_table_says(role, noun):
    world = make_world()
    client = signed_in(user_with(role, world["unit"]))
    change = page(f"{noun}_change", world[noun])
    opened = client.get(change)
    if EXPECTED[role][3] == 302:
        sent = send(client, change, change_reason="Rà soát")
    else:
        sent = client.post(change, {"change_reason": "Rà soát"})
    assert sent.status_code != 200, errors(sent)
    codes = [client.get(page(f"{noun}_changelist")).status_code, opened.status_code]
    codes += [client.get(page(f"{noun}_add")).status_code, sent.status_code]
    assert tuple(codes) == EXPECTED[role]
    kept = world[noun].history.filter(history_change_reason="Rà soát").exists()
    assert kept is (role in ("clerk", "approver", "manager", "superuser"))


@pytest.mark.one_database
@pytest.mark.parametrize("noun", NOUNS)
def test_a_viewer_reads_without_any_button_to_save(noun):
    world = make_world()
    response = signed_in(make_staff("viewer", world["unit"])).get(page(f"{noun}_change", world[noun]))
    assert b'name="_save"' not in response.content
    assert b"change_reason" not in response.content


@pytest.mark.one_database
@pytest.mark.parametrize("role", ["viewer", "clerk"])
@pytest.mark.parametrize("noun", NOUNS)
def test_lists_lead_to_where_they_are_taken_in_and_out_in_the_portal(noun, role):
    client = signed_in(make_staff(role, make_world()["unit"]))
    text = client.get(page(f"{noun}_changelist"), {"q": "Thơm & Bình"}).text
    (out,) = re.findall(r'href="(/staff/[^"]+/export/[^"]*)"', text)
    response = client.get(html.unescape(out))
    assert response.status_code == 200 and "Thơm &amp; Bình" in response.text
    taken_in = role == "clerk" and noun not in ("decision", "campaign")
    assert ("/staff/imports/add/" in text) is taken_in


@pytest.mark.one_database
@pytest.mark.parametrize("noun", NOUNS)
def test_anothers_record_looks_like_one_that_does_not_exist(noun):
    world = make_world()
    client = signed_in(make_staff("manager", make_unit()))
    assert world[noun].pk not in [row.pk for row in client.get(page(f"{noun}_changelist")).context["cl"].result_list]
    change = page(f"{noun}_change", world[noun])
    for address in (change, page(f"{noun}_history", world[noun])):
        there = client.get(address, follow=True)
        gone = client.get(address.replace(f"/{world[noun].pk}/", "/99999999/"), follow=True)
        assert there.redirect_chain == gone.redirect_chain
        said = [str(m) for r in (there, gone) for m in r.context["messages"]]
        assert said[0].replace(str(world[noun].pk), "N") == said[1].replace("99999999", "N")
    before = world[noun].history.count()
    assert client.post(change, {"change_reason": "lạ"}).status_code == 302
    assert world[noun].history.count() == before


@pytest.mark.one_database
@pytest.mark.parametrize("noun", NOUNS)
def test_nobody_deletes_what_a_decision_made(noun):
    world = make_world()
    for role in ("clerk", "manager", "superuser"):
        client = signed_in(user_with(role, world["unit"]))
        assert client.post(page(f"{noun}_delete", world[noun]), {"post": "yes"}).status_code == 403
        assert "delete_selected" not in client.get(page(f"{noun}_changelist")).content.decode()
    world[noun].refresh_from_db()


@pytest.mark.one_database
def test_a_crafted_choice_of_anothers_record_is_an_error_of_the_form():
    world, other = make_world(), make_unit()
    own, theirs = world["decision"].pk, {"member": make_member(unit=other), "decision": make_decision(unit=other)}
    client = signed_in(make_staff("clerk", world["unit"]))
    award_type = make_award_type()
    tries = [
        ("unit_add", {"code": "X", "name": "X", "kind": "other", "parent": other.pk}, "parent"),
        ("unit_add", {"code": "X", "name": "X", "kind": "other"}, "parent"),
        ("member_add", {"full_name": "Lê Thị Hoa", "unit": other.pk, "belongs_from": "1/2/2020"}, "unit"),
        ("decision_add", {"number": "9/QĐ-UBND", "issuer": "A", "issued_on": "1/2/2020", "unit": other.pk}, "unit"),
        ("award_add", {"decision": theirs["decision"].pk, "type": award_type.pk, "recipient_name": "A"}, "decision"),
        ("award_add", {"decision": own, "type": award_type.pk, "member": theirs["member"].pk}, "member"),
        ("award_add", {"decision": own, "type": award_type.pk, "collective": other.pk}, "collective"),
        ("campaign_add", {"title": "P", "launched_by": other.pk, "starts_on": "1/2/2020"}, "launched_by"),
    ]  # fmt: skip
    counts = [m.objects.count() for m in (Unit, Member, Decision, Award)]
    for name, data, field in tries:
        response = send(client, page(name), **data)
        assert response.status_code == 200, (name, data)
        assert field in response.context["adminform"].form.errors, (name, data)
    assert [m.objects.count() for m in (Unit, Member, Decision, Award)] == counts


def test_what_a_record_already_holds_stays_valid_though_it_has_left_the_clerks_units():
    world = make_world()
    member, elsewhere = world["member"], make_unit()
    member.transfer_to(elsewhere, date(2021, 1, 1))
    client = signed_in(make_staff("clerk", world["unit"]))
    response = send(client, page("award_change", world["award"]), reason="Thành tích")
    assert response.status_code == 302, errors(response)
    world["award"].refresh_from_db()
    assert (world["award"].reason, world["award"].member_id) == ("Thành tích", member.pk)


def test_choices_by_typing_are_limited_to_what_may_be_chosen_and_found_without_tones():
    unit = make_unit(name="Chi bộ Đường Sắt", parent=(root := make_unit(name="Đảng bộ Đường Sắt")))
    make_unit(name="Chi bộ Đường Sắt khác")
    make_member(full_name="Trần Thị Ánh", unit=unit)
    client = signed_in(make_staff("clerk", unit))

    def offers(term, model="award", field="unit", app="records"):
        query = {"term": term, "app_label": app, "model_name": model, "field_name": field}
        return [row["text"] for row in client.get(reverse("admin:autocomplete"), query).json()["results"]]

    assert offers("duong sat") == [unit.name_in_full]
    assert str(root) not in offers("")
    assert len(offers("tran thi anh", field="member")) == 1
    viewer = signed_in(make_staff("viewer", unit))
    query = {"term": "", "app_label": "records", "model_name": "award", "field_name": "unit"}
    assert viewer.get(reverse("admin:autocomplete"), query).json()["results"] == []


# What the portal's own acts make and answer; an editor of rows beside them would go round these acts.
IN_THE_PORTAL_ALONE = {"Transfer", "SavedView", "Submission", "Invitation", "SelfRegistration", "SelfPledge"}
IN_THE_PORTAL_ALONE |= {"EvidencePhoto", "UnitReport", "ImportRow", "ColumnTemplate", "Export"}
IN_THE_PORTAL_ALONE |= {"CleanUp", "Merge", "Namesakes", "Move"}
# Derived; nobody enters it.
IN_THE_PORTAL_ALONE |= {"Reckoning"}


def test_every_model_of_the_register_has_its_page_or_a_place_on_anothers():
    shown = {inline.model for model_admin in admin.site._registry.values() for inline in inlines_of(model_admin)}
    from_registry = set(admin.site._registry)
    models = {m for m in User._meta.apps.get_models() if m._meta.app_label in ("records", "campaigns")}
    models = {m for m in models if not m.__name__.startswith("Historical") and not m._meta.auto_created}
    assert {m.__name__ for m in models - shown - from_registry} == {"Membership", *IN_THE_PORTAL_ALONE}


def inlines_of(model_admin):
    return model_admin.inlines


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda m: m._meta.label))
def test_every_list_counts_to_ten_thousand_and_no_further(model, django_assert_max_num_queries):
    if model._meta.app_label not in ("records", "campaigns"):
        return
    model_admin = admin.site._registry[model]
    assert model_admin.show_full_result_count is False and model_admin.list_per_page == 50
    client = signed_in(make_superuser())
    with django_assert_max_num_queries(12) as queries:
        assert client.get(page(f"{model._meta.model_name}_changelist")).status_code == 200
    counting = [q["sql"] for q in queries if "COUNT(" in q["sql"]]
    assert counting and all("LIMIT 10001" in sql for sql in counting)


@pytest.mark.one_database
def test_pages_carry_no_script_or_style_of_their_own():
    world = make_world()
    world["unit"].rename("Tên mới", date(2021, 1, 1))
    client = signed_in(make_superuser())
    pages = [page(f"{noun}_{kind}", world[noun]) for noun in NOUNS for kind in ("change", "history")]
    pages += [page(f"{noun}_{kind}") for noun in NOUNS for kind in ("add", "changelist")]
    pages += [page("unit_verb", world["unit"], "rename"), page("award_verb", world["award"], "event")]
    for address in [*pages, reverse("admin:index")]:
        response = client.get(address)
        assert response.status_code == 200
        found = re.findall(
            r"<script(?![^>]*(?:src=|application/json))|<style|\sstyle=|\son[a-z]+=", response.content.decode()
        )
        assert not found, (address, found)
        assert "default-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.one_database
def test_the_admin_has_one_sign_in():
    response = signed_in(make_user()).get(reverse("admin:index"))
    assert response.status_code in (302, 403)
    anonymous = signed_in(make_user())
    anonymous.logout()
    assert reverse("account_login") in anonymous.get(reverse("admin:index"), follow=True).redirect_chain[-1][0]
