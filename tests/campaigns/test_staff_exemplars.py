"""A good model from a unit's draft to the public page: who may do what, and what is lost on the way (nothing)."""

import io
import re
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from campaigns.models import Exemplar, ExemplarPhoto
from records.models import AuditEvent
from tests.factories import (
    make_activity,
    make_branch,
    make_campaign,
    make_exemplar,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return make_unit(name="Đảng bộ tỉnh")


@pytest.fixture
def branch(province):
    return make_branch(name="Chi bộ thôn Lồ Ồ", parent=province)


@pytest.fixture
def campaign(province):
    return make_campaign(scope=province)


@pytest.fixture
def exemplar(campaign, branch):
    return make_exemplar(campaign=campaign, unit=branch, summary="Đường hoa do đảng viên trồng.")


def to(name, exemplar, *rest):
    return reverse(f"campaigns:staff_exemplar_{name}", args=[exemplar.campaign.slug, exemplar.public_id, *rest])


def typed(unit, **values):
    return {
        "unit": unit.name_in_full,
        "unit_key": unit.pk,
        "title": "Đường hoa khu dân cư",
        "summary": "Đường hoa do đảng viên trồng.",
        "story": "Kể lại.",
        "figure": "",
        "figure_note": "",
        "place": "",
        "started_on": "1/2/2020",
        "cost": "1.200,5",
        "people_helped": "",
        **values,
    }


def photo(kind="JPEG", name="anh.jpg"):
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(stream, kind)
    return SimpleUploadedFile(name, stream.getvalue())


def sign_in(client, role, unit):
    user = make_staff(role, unit)
    client.force_login(user)
    return user


class TestWriting:
    def test_a_clerk_writes_a_draft_for_a_unit_of_theirs(self, client, campaign, branch):
        sign_in(client, "clerk", branch)
        address = reverse("campaigns:staff_exemplar_add", args=[campaign.slug])
        answer = client.post(address, typed(branch))
        exemplar = Exemplar.objects.get()
        assert answer.status_code == 302 and answer.url == to("detail", exemplar)
        assert (exemplar.unit, exemplar.campaign, exemplar.state) == (branch, campaign, "draft")
        assert (str(exemplar.started_on), str(exemplar.cost)) == ("2020-02-01", "1200.50")
        assert exemplar.history.get().history_user_id == int(client.session["_auth_user_id"])

    def test_sent_twice_it_is_there_once(self, client, campaign, branch):
        sign_in(client, "clerk", branch)
        once = str(uuid.uuid4())
        for _n in range(2):
            client.post(reverse("campaigns:staff_exemplar_add", args=[campaign.slug]), typed(branch, once=once))
        assert Exemplar.objects.count() == 1

    def test_another_units_name_or_key_is_refused(self, client, campaign, province, branch):
        beside = make_branch(parent=province)
        sign_in(client, "clerk", branch)
        answer = client.post(reverse("campaigns:staff_exemplar_add", args=[campaign.slug]), typed(beside))
        assert "unit" in answer.context["form"].errors and not Exemplar.objects.exists()

    @pytest.mark.one_database
    def test_another_campaigns_activity_is_refused(self, client, campaign, branch):
        foreign = make_activity(make_campaign())
        sign_in(client, "clerk", branch)
        address = reverse("campaigns:staff_exemplar_add", args=[campaign.slug])
        answer = client.post(address, typed(branch, activity=foreign.pk))
        assert "activity" in answer.context["form"].errors

    def test_a_stale_page_shows_what_another_wrote(self, client, exemplar):
        sign_in(client, "clerk", exemplar.unit)
        opened = client.get(to("edit", exemplar)).context["form"]["version"].value()
        other = Exemplar.objects.get(pk=exemplar.pk)
        other.title = "Tên người khác đặt"
        other.save()
        answer = client.post(to("edit", exemplar), typed(exemplar.unit, version=opened))
        assert "Tên người khác đặt" in str(answer.context["form"].errors["title"])
        assert answer.context["form"]["title"].value() == "Đường hoa khu dân cư"


class TestFromDraftToPublic:
    @pytest.mark.one_database
    def test_handed_in_then_published_it_is_on_the_public_page(self, client, exemplar, province):
        sign_in(client, "clerk", exemplar.unit)
        assert client.post(to("submit", exemplar)).status_code == 302
        exemplar.refresh_from_db()
        assert exemplar.state == "submitted" and client.get(exemplar.get_absolute_url()).status_code == 404
        approver = sign_in(client, "approver", province)
        assert client.post(to("publish", exemplar)).status_code == 302
        exemplar.refresh_from_db()
        assert exemplar.state == "published"
        client.logout()
        assert client.get(exemplar.get_absolute_url()).status_code == 200
        assert AuditEvent.objects.get(action="publish").actor == approver

    @pytest.mark.parametrize("what", ["words", "photo"])
    def test_nobody_publishes_what_was_changed_since_they_read_it(self, client, exemplar, province, what):
        exemplar.submit()
        sign_in(client, "approver", province)
        link = re.compile(r'href="([^"]+/publish/[^"]+)"')
        read = link.search(client.get(to("detail", exemplar)).content.decode()).group(1)
        version = re.search(r'name="version" value="([^"]+)"', client.get(read).content.decode()).group(1)
        if what == "words":
            exemplar.title = "Tên khác"
            exemplar.save()
        else:
            exemplar.photos.create(image=photo(), caption="Ảnh khác")
        for answer in (client.get(read), client.post(to("publish", exemplar), {"version": version})):
            assert answer.status_code == 302 and answer.url == to("detail", exemplar)
        exemplar.refresh_from_db()
        assert exemplar.state == "submitted"
        read = link.search(client.get(to("detail", exemplar)).content.decode()).group(1)
        client.post(to("publish", exemplar), {"version": read.partition("=")[2]})
        exemplar.refresh_from_db()
        assert exemplar.state == "published"

    @pytest.mark.one_database
    def test_returned_it_is_a_draft_that_says_why(self, client, exemplar, province):
        exemplar.submit()
        sign_in(client, "approver", province)
        assert client.post(to("return", exemplar), {"reason": ""}).status_code == 200
        client.post(to("return", exemplar), {"reason": "Thiếu ảnh"})
        exemplar.refresh_from_db()
        assert (exemplar.state, exemplar.return_reason) == ("returned", "Thiếu ảnh")
        sign_in(client, "clerk", exemplar.unit)
        assert "Thiếu ảnh" in client.get(to("detail", exemplar)).content.decode()
        client.post(to("submit", exemplar))
        exemplar.refresh_from_db()
        assert exemplar.state == "submitted"

    @pytest.mark.one_database
    def test_taken_off_it_is_a_draft_again(self, client, exemplar, province):
        sign_in(client, "approver", province)
        client.post(to("publish", exemplar))
        client.post(to("unpublish", exemplar), {"reason": "Nhầm tên thôn"})
        exemplar.refresh_from_db()
        assert exemplar.published_at is None and exemplar.submitted_at is None
        assert client.get(exemplar.get_absolute_url()).status_code == 404
        assert exemplar.history.order_by("-history_id")[0].history_change_reason == "Nhầm tên thôn"

    def test_what_says_too_little_is_not_handed_in(self, exemplar):
        exemplar.story = ""
        exemplar.save()
        with pytest.raises(ValidationError):
            exemplar.submit()
        assert Exemplar.objects.drafts().get() == exemplar

    def test_of_two_approvers_one_is_told(self, exemplar):
        exemplar.submit()
        twice = Exemplar.objects.get(pk=exemplar.pk)
        exemplar.send_back("Thiếu ảnh")
        with pytest.raises(ValidationError):
            twice.send_back("Thiếu số liệu")
        twice.refresh_from_db()
        assert twice.return_reason == "Thiếu ảnh"

    @pytest.mark.parametrize("name", ["publish", "return", "unpublish"])
    def test_a_clerk_does_not_publish(self, client, exemplar, name):
        exemplar.submit()
        sign_in(client, "clerk", exemplar.unit)
        assert client.get(to(name, exemplar)).status_code == 403
        assert client.post(to(name, exemplar), {"reason": "x"}).status_code == 403
        exemplar.refresh_from_db()
        assert exemplar.state == "submitted"

    @pytest.mark.one_database
    def test_a_clerk_does_not_change_what_is_public(self, client, exemplar, province):
        Exemplar.objects.filter(pk=exemplar.pk).publish(make_staff("approver", province))
        sign_in(client, "clerk", exemplar.unit)
        for name in ("edit", "photos"):
            assert client.post(to(name, exemplar), typed(exemplar.unit)).status_code == 403
        html = client.get(to("detail", exemplar)).content.decode()
        assert 'href="edit/"' not in html and 'type="file"' not in html

    @pytest.mark.one_database
    def test_a_viewer_reads_without_buttons(self, client, exemplar):
        sign_in(client, "viewer", exemplar.unit)
        html = client.get(to("detail", exemplar)).content.decode().split("<main")[1].split("</main>")[0]
        assert exemplar.title in html and "<button" not in html and 'href="submit/"' not in html


class TestPhotos:
    def add(self, client, exemplar, *files):
        return client.post(to("photos", exemplar), {"images": [*files], "caption": "Đường hoa"})

    def test_photos_are_added_in_order_and_shown_small(self, client, exemplar):
        sign_in(client, "clerk", exemplar.unit)
        assert self.add(client, exemplar, photo(), photo("PNG", "anh.png")).status_code == 302
        assert [kept.order for kept in exemplar.photos.order_by("pk")] == [1, 2]
        answer = client.get(to("photo_show", exemplar, exemplar.photos.first().pk))
        assert answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]

    def test_what_is_no_photo_is_refused_by_name_and_the_others_are_kept(self, client, exemplar):
        sign_in(client, "clerk", exemplar.unit)
        drawing = SimpleUploadedFile("hinh.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
        answer = client.post(
            to("photos", exemplar), {"images": [photo(), drawing], "caption": "Đường hoa"}, follow=True
        )
        assert exemplar.photos.count() == 1 and "hinh.svg" in answer.content.decode()

    @pytest.mark.one_database
    def test_without_a_caption_nothing_is_added(self, client, exemplar):
        sign_in(client, "clerk", exemplar.unit)
        client.post(to("photos", exemplar), {"images": [photo()], "caption": ""})
        assert not exemplar.photos.exists()

    def test_a_photo_is_captioned_anew_and_taken_out_and_the_log_keeps_it(self, client, exemplar):
        sign_in(client, "clerk", exemplar.unit)
        self.add(client, exemplar, photo())
        kept = exemplar.photos.get()
        client.post(to("photo_edit", exemplar, kept.pk), {"caption": "Hoa mười giờ", "order": 1})
        kept.refresh_from_db()
        assert kept.caption == "Hoa mười giờ"
        client.post(to("photo_remove", exemplar, kept.pk))
        assert not exemplar.photos.exists()
        assert [row.history_type for row in ExemplarPhoto.history.order_by("history_id")] == ["+", "~", "-"]

    @pytest.mark.one_database
    def test_a_photo_of_another_good_model_is_not_there(self, client, exemplar):
        sign_in(client, "clerk", exemplar.unit)
        self.add(client, exemplar, photo())
        beside = make_exemplar(campaign=exemplar.campaign, unit=exemplar.unit)
        for name in ("photo_show", "photo_edit"):
            assert client.get(to(name, beside, exemplar.photos.get().pk)).status_code == 404


class TestList:
    def address(self, campaign, query=""):
        return reverse("campaigns:staff_exemplar_list", args=[campaign.slug]) + query

    def test_it_shows_my_units_and_filters_by_state_and_words(self, client, campaign, exemplar, province):
        make_exemplar(campaign=campaign, unit=make_branch(parent=province), title="Của chi bộ bên cạnh")
        handed = make_exemplar(campaign=campaign, unit=exemplar.unit, title="Tủ sách", summary="Tủ sách.")
        handed.submit()
        sign_in(client, "clerk", exemplar.unit)
        rows = client.get(self.address(campaign)).context["page"].rows
        assert rows == [handed, exemplar]
        assert client.get(self.address(campaign, "?state=submitted")).context["page"].rows == [handed]
        assert client.get(self.address(campaign, "?q=tu+sach")).context["page"].rows == [handed]

    def test_it_asks_as_often_whatever_its_length(self, client, campaign, branch, django_assert_max_num_queries):
        sign_in(client, "clerk", branch)
        for many in (1, 2):
            for _n in range(many):
                make_exemplar(campaign=campaign, unit=branch)
            with django_assert_max_num_queries(8):
                client.get(self.address(campaign))

    def test_fifty_fit_the_budget(self, client, campaign, branch):
        for n in range(50):
            make_exemplar(campaign=campaign, unit=branch, title=f"Mô hình dân vận khéo số {n}", summary="ấ" * 400)
        sign_in(client, "clerk", branch)
        assert len(client.get(self.address(campaign)).content) <= 45 * 1024
