"""Campaign pages as nobody sends them: lines of another campaign, acts out of turn, files that are something else."""

import io

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from campaigns.models import Campaign, Registration, Tally, UnitPlan
from tests.factories import (
    make_activity,
    make_branch,
    make_campaign,
    make_exemplar,
    make_inspection,
    make_member,
    make_plan,
    make_registration,
    make_staff,
    make_superuser,
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


def every_act():
    """(noun, verb) for every act of the campaigns' records."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label == "campaigns":
            yield from ((model._meta.model_name, verb.name) for verb in model_admin.verbs)


def world(unit):
    campaign = make_campaign(launched_by=unit)
    return {
        "campaign": campaign,
        "unitplan": make_plan(campaign, unit),
        "registration": make_registration(campaign, make_member(unit=unit)),
        "exemplar": make_exemplar(campaign=campaign, unit=unit),
    }


def stored(rows):
    """Every column of the records as the database has them."""
    return {noun: type(row).objects.filter(pk=row.pk).values().get() for noun, row in rows.items()}


@pytest.mark.one_database
@pytest.mark.parametrize(("noun", "verb"), [*every_act()])
@pytest.mark.parametrize("who", ["viewer", "stranger", "asking"])
def test_an_act_only_asks_at_its_address_and_is_refused_out_of_reach(unit, who, noun, verb):
    rows = world(unit)
    before = stored(rows)
    answers = {"reason": "Dịch bệnh", "rating": "good", "confirmed": "1"}
    if who == "asking":
        answer = signed_in(make_superuser()).get(page(f"{noun}_verb", rows[noun], verb), answers)
        assert answer.status_code in (200, 403)
    else:
        client = signed_in(make_staff("viewer", unit) if who == "viewer" else make_staff("manager", make_unit()))
        answer = client.post(page(f"{noun}_verb", rows[noun], verb), answers)
        assert answer.status_code == (403 if who == "viewer" else 302)
        in_list = {"action": verb, "_selected_action": rows[noun].pk, **answers}
        assert client.post(page(f"{noun}_changelist"), in_list).status_code in (200, 302)
    assert stored(rows) == before


@pytest.mark.one_database
@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_a_campaign_moves_only_forward_even_in_a_list(approver, unit, status):
    campaign = make_campaign(launched_by=unit, status=status)
    make_activity(campaign)
    onward = {"draft": {"launch", "cancel"}}.get(status, set())
    for verb in {"launch", "review", "close", "cancel"} - onward:
        act = {"action": verb, "_selected_action": campaign.pk, "confirmed": "1", "reason": "X"}
        assert approver.post(page("campaign_changelist"), act).context["form"].non_field_errors(), verb
        assert approver.post(page("campaign_verb", campaign, verb), act).status_code == 403, verb
    campaign.refresh_from_db()
    assert campaign.status == status


@pytest.mark.parametrize(
    ("verb", "first", "data"),
    [("submit", "draft", {}), ("approve", "submitted", {}), ("return", "submitted", {"reason": "Thiếu"})],
)
def test_an_act_on_a_plan_sent_twice_is_done_once(approver, campaign, unit, verb, first, data):
    plan = make_plan(campaign, unit, status=first)
    codes = [approver.post(page("unitplan_verb", plan, verb), data).status_code for _twice in range(2)]
    assert codes == [302, 403]
    act = {"action": verb, "_selected_action": plan.pk, "confirmed": "1"} | data
    assert approver.post(page("unitplan_changelist"), act).context["form"].non_field_errors()
    assert plan.history.count() == 2


def test_a_registration_withdrawn_twice_is_counted_once(client, campaign, unit):
    registration, other = (make_registration(campaign, make_member(unit=unit)) for _two in range(2))
    for _twice in range(2):
        client.post(page("registration_verb", registration, "withdraw"), {"reason": "Chuyển công tác"})
    assert Tally.objects.get().registered == 1
    act = {"action": "withdraw", "confirmed": "1", "reason": "X", "_selected_action": [registration.pk, other.pk]}
    assert client.post(page("registration_changelist"), act).context["form"].non_field_errors()
    other.refresh_from_db()
    assert (other.status, Tally.objects.get().registered) == ("registered", 1)


@pytest.mark.one_database
@pytest.mark.parametrize("rating", ["no-such", "\x00", "excellent|good"])
def test_a_rating_is_one_of_those_there_are(client, campaign, unit, rating):
    registration = make_registration(campaign, make_member(unit=unit))
    response = client.post(page("registration_verb", registration, "finish"), {"rating": rating})
    assert "rating" in response.context["form"].errors
    assert Registration.objects.get().status == "registered"


@pytest.mark.one_database
def test_a_registration_elsewhere_is_refused_by_member_and_by_campaign(client, campaign, unit):
    stranger, elsewhere = make_member(), make_campaign()
    data = {"registered_on": "1/2/2020", "source": "staff"}
    for chosen, field in (
        ({"campaign": campaign.pk, "member": stranger.pk}, "member"),
        ({"campaign": elsewhere.pk, "member": make_member(unit=unit).pk}, "campaign"),
    ):
        response = send(client, page("registration_add"), **data, **chosen)
        assert field in response.context["adminform"].form.errors
    assert not Registration.objects.exists() and not Tally.objects.exists()


@pytest.mark.parametrize("quantity", ["-1", "NaN", "1e9999", "9" * 30, "mười", "1\x00", "Infinity"])
def test_a_quantity_is_a_number_that_can_be_reached(client, campaign, unit, quantity):
    plan, lamps = make_plan(campaign, unit), make_activity(campaign)
    line = {"planned-TOTAL_FORMS": 1, "planned-0-activity": lamps.pk, "planned-0-target": quantity}
    response = send(client, page("unitplan_change", plan), **line)
    assert response.status_code == 200 and not plan.planned.exists()


def test_the_same_activity_twice_in_a_plan_is_told_in_words(client, campaign, unit):
    plan, lamps = make_plan(campaign, unit), make_activity(campaign)
    lines = {"planned-TOTAL_FORMS": 2, "planned-0-activity": lamps.pk, "planned-1-activity": lamps.pk}
    response = send(client, page("unitplan_change", plan), **lines)
    assert response.status_code == 200 and errors(response).strip() and not plan.planned.exists()


@pytest.mark.one_database
def test_a_line_of_another_plan_is_not_taken_over(client, campaign, unit):
    own, lamps = make_plan(campaign, unit), make_activity(campaign)
    theirs = make_plan(campaign, make_branch(parent=unit)).planned.create(activity=lamps, target=5)
    line = {
        "planned-TOTAL_FORMS": 1, "planned-INITIAL_FORMS": 1, "planned-0-id": theirs.pk, "planned-0-plan": own.pk,
        "planned-0-activity": lamps.pk, "planned-0-target": "99", "planned-0-DELETE": "on",
    }  # fmt: skip
    address = page("unitplan_change", own)
    client.post(address, filled(client.get(address)) | line)
    theirs.refresh_from_db()
    assert theirs.target == 5 and theirs.plan != own and not own.planned.exists()


def test_status_and_reasons_in_a_post_are_not_read(client, campaign, unit):
    plan = make_plan(campaign, unit)
    forged = {"status": "approved", "return_reason": "X", "submitted_at": "1/1/2020", "unit_path": "x", "unit": 1}
    assert send(client, page("unitplan_change", plan), **forged, number="5-KH/CB").status_code == 302
    assert UnitPlan.objects.values_list("number", "status", "return_reason", "unit").get() == (
        "5-KH/CB", "draft", "", unit.pk,
    )  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": "   "}, "title"),
        ({"title": "x" * 10_000}, "title"),
        ({"slug": "../../etc"}, "slug"),
        ({"slug": "tên có dấu"}, "slug"),
        ({"target_plan_rate": "101"}, "__all__"),
        ({"target_plan_rate": "-1"}, "target_plan_rate"),
        ({"ends_on": "1/1/1990"}, "__all__"),
        ({"starts_on": "31/02/2020"}, "starts_on"),
        ({"mode": "no-such"}, "mode"),
        ({"plans_from": "\x00"}, "plans_from"),
    ],
)
def test_a_campaign_that_cannot_be_is_told_where(client, unit, changes, wrong):
    data = {"title": "Phong trào", "launched_by": unit.pk, "starts_on": "1/2/2020", "scopes-TOTAL_FORMS": 0} | changes
    response = send(client, page("campaign_add"), **data)
    found = set(response.context["adminform"].form.errors)
    assert found & {wrong, *changes} and not Campaign.objects.exists()


@pytest.mark.one_database
@pytest.mark.parametrize("title", ["!!!", "🎖", "。。。"])
def test_a_title_without_letters_asks_for_an_address(client, unit, title):
    data = {"title": title, "launched_by": unit.pk, "starts_on": "1/2/2020", "scopes-TOTAL_FORMS": 0}
    response = send(client, page("campaign_add"), **data)
    assert response.status_code == 200 and "slug" in response.context["adminform"].form.errors


def test_the_same_title_twice_is_told_at_the_address(client, unit):
    data = {"title": "Đảng viên tình nguyện", "launched_by": unit.pk, "starts_on": "1/2/2020"}
    data["scopes-TOTAL_FORMS"] = 0
    codes = [send(client, page("campaign_add"), **data).status_code for _twice in range(2)]
    assert codes == [302, 200] and Campaign.objects.count() == 1


def test_an_inspection_is_not_resolved_before_it_took_place(client, campaign, unit):
    inspection = make_inspection(campaign, unit)
    response = send(client, page("inspection_change", inspection), resolved_on="31/12/2019")
    assert response.status_code == 200 and errors(response).strip()
    inspection.refresh_from_db()
    assert inspection.resolved_on is None


def picture(kind, size=(60, 40)):
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, kind)
    return stream.getvalue()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("anh.exe", picture("PNG")),
        ("anh.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("anh.jpg", b"<html><script>alert(1)</script>"),
        ("anh.png", b"%PDF-1.4"),
        ("anh.jpg", b""),
        ("anh.gif", picture("GIF")[:20]),
    ],
)
def test_what_is_no_photo_is_not_kept(client, campaign, unit, name, content):
    exemplar = make_exemplar(campaign=campaign, unit=unit)
    line = {"photos-TOTAL_FORMS": 1, "photos-0-caption": "Ảnh", "photos-0-order": 0}
    line["photos-0-image"] = SimpleUploadedFile(name, content, "image/jpeg")
    response = send(client, page("exemplar_change", exemplar), **line)
    assert response.status_code == 200 and "image" in errors(response) and not exemplar.photos.exists()


def test_a_photo_too_large_is_told_in_words_and_any_other_is_drawn_anew(client, campaign, unit, monkeypatch):
    exemplar = make_exemplar(campaign=campaign, unit=unit)
    line = {"photos-TOTAL_FORMS": 1, "photos-0-caption": "Ảnh", "photos-0-order": 0}
    content = picture("PNG")

    def hand_in(name):
        return send(
            client, page("exemplar_change", exemplar), **line, **{"photos-0-image": SimpleUploadedFile(name, content)}
        )

    with monkeypatch.context() as small:
        small.setattr("campaigns.admin.exemplars.PHOTO_LIMIT", 10)
        assert "image" in errors(hand_in("a.png")) and not exemplar.photos.exists()
    assert hand_in("../../../etc/x.png").status_code == 302
    kept = exemplar.photos.get().image
    assert kept.name.startswith("exemplars/") and ".." not in kept.name and kept.name.endswith(".jpg")
    with Image.open(kept) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (60, 40))
