"""Plans, registrations, exemplars and inspections: what units hand in and what comes of it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from campaigns.models import Exemplar, Inspection, Registration, Tally, UnitPlan
from records.models import AuditEvent
from tests.factories import (
    make_activity,
    make_campaign,
    make_exemplar,
    make_member,
    make_plan,
    make_registration,
    make_staff,
    make_unit,
)
from tests.records.admin_pages import errors, filled, page, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def campaign(unit):
    return make_campaign(launched_by=unit)


@pytest.fixture
def client(unit):
    return signed_in(make_staff("clerk", unit))


@pytest.fixture
def approver(unit):
    return signed_in(make_staff("approver", unit))


@pytest.mark.one_database
def test_a_plan_is_entered_and_then_asks_for_its_activities(client, campaign, unit):
    lamps, other = make_activity(campaign), make_activity(make_campaign(launched_by=unit))
    response = send(client, page("unitplan_add"), campaign=campaign.pk, unit=unit.pk, number="5-KH/CB")
    plan = UnitPlan.objects.get()
    assert response.url == page("unitplan_change", plan)
    line = {"planned-TOTAL_FORMS": 1, "planned-0-target": "1234,5"}
    refused = send(client, page("unitplan_change", plan), **line, **{"planned-0-activity": other.pk})
    assert refused.status_code == 200 and "activity" in errors(refused)
    response = send(client, page("unitplan_change", plan), **line, **{"planned-0-activity": lamps.pk})
    assert response.status_code == 302, errors(response)
    assert float(plan.planned.get().target) == 1234.5


@pytest.mark.one_database
def test_a_plan_for_a_campaign_that_does_not_concern_the_unit_is_refused(client, unit):
    elsewhere = make_campaign(launched_by=unit, scope=make_unit(parent=unit))
    response = send(client, page("unitplan_add"), campaign=elsewhere.pk, unit=unit.pk)
    assert "unit" in response.context["adminform"].form.errors


def test_the_same_plan_twice_is_told_in_words(client, campaign, unit):
    make_plan(campaign, unit)
    assert send(client, page("unitplan_add"), campaign=campaign.pk, unit=unit.pk).status_code == 200


def test_a_plan_is_handed_in_by_clerks_and_approved_or_returned_by_approvers(client, approver, campaign, unit):
    plan = make_plan(campaign, unit)
    client.post(page("unitplan_verb", plan, "submit"), {})
    for verb in ("approve", "return"):
        assert client.post(page("unitplan_verb", plan, verb), {"reason": "X"}).status_code == 403
    address = page("unitplan_verb", plan, "return")
    assert "reason" in approver.post(address, {}).context["form"].errors
    approver.post(address, {"reason": "Thiếu chỉ tiêu", "due_on": "1/5/2020"})
    plan.refresh_from_db()
    assert (plan.status, plan.return_reason, plan.due_on.isoformat()) == ("returned", "Thiếu chỉ tiêu", "2020-05-01")
    client.post(page("unitplan_verb", plan, "submit"), {})
    act = {"action": "approve", "_selected_action": plan.pk, "confirmed": "1"}
    approver.post(page("unitplan_changelist"), act)
    plan.refresh_from_db()
    assert plan.status == "approved"


def test_lines_of_a_plan_may_be_taken_out_until_it_is_handed_in(client, campaign, unit):
    plan = make_plan(campaign, unit)
    plan.planned.create(activity=make_activity(campaign))
    plan.submit()
    send(client, page("unitplan_change", plan), **{"planned-0-DELETE": "on"})
    assert plan.planned.count() == 1
    UnitPlan.objects.filter(pk=plan.pk).update(status="draft")
    send(client, page("unitplan_change", plan), **{"planned-0-DELETE": "on"})
    assert plan.planned.count() == 0


@pytest.mark.one_database
def test_a_registration_takes_the_members_unit_and_counts(client, campaign, unit):
    member, lamps = make_member(unit=unit), make_activity(campaign)
    data = {"campaign": campaign.pk, "member": member.pk, "registered_on": "1/2/2020"}
    response = send(client, page("registration_add"), **data, source="staff")
    registration = Registration.objects.get()
    assert response.url == page("registration_change", registration) and registration.unit == unit
    line = {"pledges-TOTAL_FORMS": 1, "pledges-0-activity": lamps.pk, "pledges-0-quantity": "3"}
    assert send(client, page("registration_change", registration), **line).status_code == 302
    assert registration.pledges.get().activity == lamps
    assert Tally.objects.get().registered == 1
    assert send(client, page("registration_add"), **data, source="staff").status_code == 200


def test_a_registration_moves_only_by_its_acts(client, campaign, unit):
    registration = make_registration(campaign, make_member(unit=unit), status="pending")
    send(client, page("registration_change", registration), status="done", rating="excellent")
    registration.refresh_from_db()
    assert (registration.status, registration.rating) == ("pending", "")
    act = {"action": "confirm", "_selected_action": registration.pk, "confirmed": "1"}
    client.post(page("registration_changelist"), act)
    client.post(page("registration_verb", registration, "finish"), {"rating": "good"})
    registration.refresh_from_db()
    assert (registration.status, registration.rating, Tally.objects.get().done) == ("done", "good", 1)


def test_withdrawing_asks_why_and_may_be_undone(client, campaign, unit):
    registration = make_registration(campaign, make_member(unit=unit))
    address = page("registration_verb", registration, "withdraw")
    assert "reason" in client.post(address, {"reason": ""}).context["form"].errors
    client.post(address, {"reason": "Chuyển công tác"})
    registration.refresh_from_db()
    assert registration.status == "withdrawn" and Tally.objects.get().registered == 0
    client.post(page("registration_verb", registration, "again"), {})
    registration.refresh_from_db()
    assert registration.status == "registered"


def photo(content, name="anh.jpg"):
    return {
        "photos-TOTAL_FORMS": 1, "photos-0-caption": "Tuyến đường", "photos-0-order": 0,
        "photos-0-image": SimpleUploadedFile(name, content, "image/jpeg"),
    }  # fmt: skip


def jpeg():
    stream = io.BytesIO()
    Image.effect_noise((400, 300), 80).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.one_database
def test_a_photo_comes_with_its_exemplar(client, campaign, unit):
    exemplar = make_exemplar(campaign=campaign, unit=unit)
    data = filled(client.get(page("exemplar_change", exemplar))) | photo(jpeg())
    response = client.post(page("exemplar_change", exemplar), data)
    assert response.status_code == 302, errors(response)
    assert exemplar.photos.get().caption == "Tuyến đường"


@pytest.mark.one_database
@pytest.mark.parametrize("content", [b"khong phai anh", jpeg()[:900], b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_file_that_is_no_picture_is_told_in_words(client, campaign, unit, content):
    exemplar = make_exemplar(campaign=campaign, unit=unit)
    data = filled(client.get(page("exemplar_change", exemplar))) | photo(content)
    response = client.post(page("exemplar_change", exemplar), data)
    assert response.status_code == 200 and "image" in errors(response)
    assert not exemplar.photos.exists()


def test_an_exemplars_activity_is_one_of_its_campaign(client, campaign, unit):
    other = make_activity(make_campaign(launched_by=unit))
    data = {"campaign": campaign.pk, "unit": unit.pk, "title": "Camera an ninh"}
    refused = send(client, page("exemplar_add"), **data, activity=other.pk)
    assert "activity" in refused.context["adminform"].form.errors
    assert send(client, page("exemplar_add"), **data, activity=make_activity(campaign).pk).status_code == 302
    assert Exemplar.objects.get().activity.campaign == campaign


def test_an_exemplar_is_published_by_an_approver_who_is_asked_first(client, approver, campaign, unit):
    exemplar = make_exemplar(campaign=campaign, unit=unit)
    address = page("exemplar_verb", exemplar, "publish")
    assert client.post(address).status_code == 403
    assert approver.get(address).status_code == 200
    exemplar.refresh_from_db()
    assert exemplar.published_at is None
    assert approver.post(address, {"confirmed": "1"}).status_code == 302
    exemplar.refresh_from_db()
    assert exemplar.published_at and AuditEvent.objects.get(action="publish").actor
    assert approver.get(page("exemplar_change", exemplar)).context["absolute_url"]


@pytest.mark.one_database
def test_an_inspection_is_entered_for_a_unit_of_the_own_scope(client, campaign, unit):
    data = {"campaign": campaign.pk, "inspected_on": "1/2/2020", "inspector": "Đoàn 1", "outcome": "praise"}
    assert "unit" in send(client, page("inspection_add"), **data, unit=make_unit().pk).context["adminform"].form.errors
    assert send(client, page("inspection_add"), **data, unit=unit.pk).status_code == 302
    inspection = Inspection.objects.get()
    early = send(client, page("inspection_change", inspection), resolved_on="1/1/2019")
    assert early.status_code == 200 and early.context["adminform"].form.non_field_errors()
