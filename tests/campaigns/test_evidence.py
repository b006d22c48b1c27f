"""Photos that show what was done: only photos, without what a phone hides in them, and only for those concerned."""

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from campaigns.models import EvidencePhoto
from campaigns.models.photos import PHOTO_LIMIT, THUMB_SIDE
from records.models import AuditEvent
from tests.campaigns.grid_pages import signed_in
from tests.campaigns.test_photos import BAD, CARRIERS, GPS, SECRET, exif, picture
from tests.factories import make_member, make_registration, make_staff, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration(campaign, branch):
    return make_registration(campaign, make_member(unit=branch))


def page_of(registration, name="registration_detail"):
    place = [registration.campaign.slug, registration.unit_id, registration.pk]
    return reverse(f"campaigns:staff_{name}", args=place)


def upload(client, registration, *files, **fields):
    images = [SimpleUploadedFile(name, data, "image/jpeg") for name, data in files]
    return client.post(page_of(registration, "evidence_add"), {"images": images, **fields}, follow=True)


def shown(registration, photo):
    return reverse("campaigns:staff_evidence_photo", args=[registration.campaign.slug, photo.pk])


def stored(photo):
    with photo.image.open() as file:
        return file.read()


def test_several_photos_are_kept_at_once_and_listed(desk, registration):
    kinds = [("a.jpg", picture()), ("b.png", picture("PNG")), ("c.webp", picture("WEBP"))]
    upload(desk, registration, *kinds, caption="Đoạn đường hoa")
    photos = list(registration.evidence.order_by("order"))
    assert [photo.order for photo in photos] == [1, 2, 3]
    assert all(stored(photo).startswith(b"\xff\xd8\xff") for photo in photos)
    html = desk.get(page_of(registration)).content.decode()
    assert all(shown(registration, photo) in html for photo in photos) and "Đoạn đường hoa" in html


@pytest.mark.one_database
@pytest.mark.parametrize("carrier", [name for name in CARRIERS if not name.startswith("gif")])
def test_place_and_device_do_not_stay(desk, registration, carrier):
    upload(desk, registration, ("anh.jpg", CARRIERS[carrier]()))
    kept = stored(registration.evidence.get())
    assert SECRET not in kept
    assert not Image.open(io.BytesIO(kept)).getexif().get_ifd(GPS)


@pytest.mark.one_database
def test_gps_was_there_before(registration):
    assert Image.open(io.BytesIO(picture(exif=exif()))).getexif().get_ifd(GPS)


@pytest.mark.one_database
@pytest.mark.parametrize("kind", [*BAD, "gif", "too large", "too many pixels"])
def test_what_is_no_fit_photo_is_refused_by_its_name(desk, registration, kind, monkeypatch):
    if kind == "too many pixels":
        monkeypatch.setattr("campaigns.models.photos.MOST_PIXELS", 100)
    extra = {"gif": picture("GIF", mode="P"), "too large": picture() + bytes(PHOTO_LIMIT), "too many pixels": picture()}
    page = upload(desk, registration, ("lạ.jpg", (BAD | extra)[kind]))
    (said,) = page.context["form"].errors["images"]
    assert said.endswith(".") and "Error" not in said and (not (BAD | extra)[kind] or "lạ.jpg" in said)
    assert not EvidencePhoto.objects.exists()


@pytest.mark.one_database
def test_a_bomb_is_not_unpacked(desk, registration, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert upload(desk, registration, ("bom.png", picture("PNG"))).context["form"].errors
    assert not EvidencePhoto.objects.exists()


def test_one_bad_file_loses_no_good_one(desk, registration):
    page = upload(desk, registration, ("tốt.jpg", picture()), ("xấu.svg", BAD["svg"]))
    assert registration.evidence.count() == 1
    assert any("xấu.svg" in str(message) for message in page.context["messages"])


def test_photos_sent_twice_are_kept_once(desk, registration):
    token = str(uuid4())
    for _ in range(2):
        upload(desk, registration, ("a.jpg", picture()), once=token)
    assert registration.evidence.count() == 1


@pytest.mark.one_database
def test_a_small_copy_is_shown_that_cannot_run_anything(desk, registration):
    upload(desk, registration, ("a.jpg", picture(size=(2000, 1000))))
    answer = desk.get(shown(registration, registration.evidence.get()))
    assert max(Image.open(io.BytesIO(answer.content)).size) <= THUMB_SIDE
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
    assert not AuditEvent.objects.exists()


def test_the_whole_photo_is_a_private_file_whose_reading_is_logged(desk, registration):
    upload(desk, registration, ("a.jpg", picture()))
    photo = registration.evidence.get()
    outsider = signed_in(make_staff("clerk", make_unit()))
    whole = reverse("records:file_download", args=[photo.image.name])
    assert [outsider.get(address).status_code for address in (whole, shown(registration, photo))] == [404, 404]
    assert desk.get(whole).status_code == 200
    assert AuditEvent.objects.get().action == "file_read"


def test_removing_asks_and_is_logged_with_the_file_gone(desk, registration, root, django_capture_on_commit_callbacks):
    upload(desk, registration, ("a.jpg", picture()))
    photo = registration.evidence.get()
    storage, name = photo.image.storage, photo.image.name
    address = reverse("campaigns:staff_evidence_remove", args=[registration.campaign.slug, photo.pk])
    assert desk.get(address).status_code == 200 and EvidencePhoto.objects.exists()
    assert signed_in(make_staff("viewer", root)).post(address).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(address).url == page_of(registration)
    assert not EvidencePhoto.objects.exists() and not storage.exists(name)
    assert AuditEvent.objects.get(action="evidence_remove").label == name
    assert EvidencePhoto.history.filter(history_type="-").count() == 1


def test_a_closed_campaign_neither_gains_nor_loses_photos(desk, registration):
    upload(desk, registration, ("a.jpg", picture()))
    registration.campaign.close()
    upload(desk, registration, ("b.jpg", picture()))
    photo = registration.evidence.get()
    desk.post(reverse("campaigns:staff_evidence_remove", args=[registration.campaign.slug, photo.pk]))
    assert registration.evidence.count() == 1
