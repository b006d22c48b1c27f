"""Good models: the list and its filters, one with its story, and photos that only a published one shows."""

import io
from datetime import date

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from campaigns.models import Campaign, Exemplar, ExemplarPhoto
from tests.factories import make_activity, make_campaign, make_exemplar, make_unit

pytestmark = pytest.mark.django_db


def make_photo(exemplar, **fields):
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG")
    image = ContentFile(stream.getvalue(), "anh.jpg")
    return ExemplarPhoto.objects.create(**{"exemplar": exemplar, "image": image, "caption": "Nhà chờ xe", **fields})


def address_of(photo):
    return f"{photo.exemplar.get_absolute_url()}photos/{photo.pk}.jpg"


def titles(response):
    return [exemplar.title for exemplar in response.context["page"].rows]


def test_the_list_has_published_ones_of_public_campaigns(client):
    make_exemplar(title="Thấy được", published=True)
    make_exemplar(title="Chưa công bố")
    make_exemplar(title="Phong trào còn soạn", campaign=make_campaign(status=Campaign.Status.DRAFT), published=True)
    response = client.get("/exemplars/")
    assert titles(response) == ["Thấy được"]
    assert response.context["count"] == 1


def test_it_is_narrowed_by_campaign_activity_and_words_without_tones(client):
    one, two = make_campaign(slug="mot"), make_campaign(slug="hai")
    lamps, trees = make_activity(one, name="Lắp đèn"), make_activity(one, name="Trồng cây")
    make_exemplar(title="Đèn đường quê", campaign=one, activity=lamps, published=True)
    make_exemplar(title="Đường hoa", campaign=one, activity=trees, published=True)
    make_exemplar(title="Tủ sách", campaign=two, published=True)
    assert set(titles(client.get("/exemplars/", {"campaign": "mot"}))) == {"Đèn đường quê", "Đường hoa"}
    assert titles(client.get("/exemplars/", {"campaign": "mot", "activity": lamps.pk})) == ["Đèn đường quê"]
    assert titles(client.get("/exemplars/", {"q": "TU sach"})) == ["Tủ sách"]
    assert titles(client.get("/exemplars/", {"q": "duong", "campaign": "hai"})) == []


def test_a_choice_that_does_not_exist_counts_as_none(client):
    make_exemplar(title="Tủ sách", published=True)
    for query in ({"campaign": "khong-co"}, {"campaign": "\x00"}, {"activity": "1"}, {"q": "\x00"}, {"after": "xyz"}):
        assert titles(client.get("/exemplars/", query)) == ["Tủ sách"]


def test_each_condition_is_a_chip_that_takes_it_away(client):
    campaign = make_campaign(slug="mot", title="Phong trào Một")
    activity = make_activity(campaign, name="Lắp đèn")
    make_exemplar(campaign=campaign, activity=activity, published=True)
    response = client.get("/exemplars/", {"q": "mo hinh", "campaign": "mot", "activity": activity.pk, "after": "x"})
    chips = {chip["url"] for chip in response.context["chips"]}
    assert chips == {f"?campaign=mot&activity={activity.pk}", "?q=mo+hinh", "?q=mo+hinh&campaign=mot"}
    assert [chip["label"] for chip in response.context["chips"]][1:] == [
        "Phong trào: Phong trào Một",
        "Nội dung: Lắp đèn",
    ]


def test_the_list_comes_in_pages(client):
    campaign = make_campaign()
    for number in range(26):
        make_exemplar(title=f"Mô hình {number}", campaign=campaign, published=True)
    first = client.get("/exemplars/")
    second = client.get("/exemplars/" + first.context["page"].next_url)
    assert len(titles(first)) == 24
    assert titles(second) == ["Mô hình 1", "Mô hình 0"]


def test_one_shows_its_facts_and_its_story_made_safe(client):
    exemplar = make_exemplar(
        title="Nhà chờ xe",
        story="## Làm thế nào\n\n<script>alert(1)</script> [x](javascript:alert(1))",
        figure="21 nhà chờ",
        place="Xã Suối Cả",
        started_on=date(2018, 8, 1),
        cost="392.40",
        people_helped=6740,
        published=True,
    )
    page = client.get(exemplar.get_absolute_url()).content.decode()
    for fact in ("21 nhà chờ", "Xã Suối Cả", "08/2018", "392,4", "6.740", exemplar.unit.name, exemplar.campaign.title):
        assert fact in page
    assert '<h2 class="mt-5">Làm thế nào</h2>' in page
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_an_unlisted_unit_is_not_named(client):
    exemplar = make_exemplar(unit=make_unit(name="Đơn vị kín", listed=False), published=True)
    for address in (exemplar.get_absolute_url(), "/exemplars/", exemplar.campaign.get_absolute_url()):
        assert "Đơn vị kín" not in client.get(address).content.decode()


def test_an_unpublished_one_or_one_of_a_cancelled_campaign_is_not_found(client):
    assert client.get(make_exemplar().get_absolute_url()).status_code == 404
    cancelled = make_exemplar(campaign=make_campaign(status=Campaign.Status.CANCELLED), published=True)
    assert client.get(cancelled.get_absolute_url()).status_code == 404


def test_others_of_the_campaign_follow_those_of_the_same_activity_first(client):
    campaign = make_campaign()
    lamps, trees = make_activity(campaign), make_activity(campaign)
    shown = make_exemplar(campaign=campaign, activity=lamps, published=True)
    alike = make_exemplar(campaign=campaign, activity=lamps, published=True)
    other = make_exemplar(campaign=campaign, activity=trees, published=True)
    make_exemplar(campaign=campaign, activity=lamps)
    make_exemplar(published=True)
    assert list(client.get(shown.get_absolute_url()).context["others"]) == [alike, other]


def test_a_photo_of_a_published_one_is_a_jpeg_and_stands_on_its_page(client):
    exemplar = make_exemplar(published=True)
    photo = make_photo(exemplar)
    assert f'src="{address_of(photo)}"' in client.get(exemplar.get_absolute_url()).content.decode()
    assert f'src="{address_of(photo)}"' in client.get("/exemplars/").content.decode()
    response = client.get(address_of(photo))
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8")


def test_a_photo_goes_with_its_exemplar(client):
    exemplar = make_exemplar(published=True)
    photo = make_photo(exemplar)
    other = make_exemplar(published=True)
    assert client.get(f"{other.get_absolute_url()}photos/{photo.pk}.jpg").status_code == 404
    assert client.get(f"{exemplar.get_absolute_url()}photos/{'9' * 30}.jpg").status_code == 404
    Exemplar.objects.filter(pk=exemplar.pk).unpublish(None)
    assert client.get(address_of(photo)).status_code == 404


def test_a_photo_whose_file_is_gone_is_not_found(client):
    photo = make_photo(make_exemplar(published=True))
    photo.image.storage.delete(photo.image.name)
    assert client.get(address_of(photo)).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow(client, django_assert_num_queries, many):
    campaign = make_campaign(slug="mot")
    activity = make_activity(campaign)
    for _each in range(many):
        exemplar = make_exemplar(campaign=campaign, activity=activity, published=True)
        make_photo(exemplar)
        make_photo(exemplar)
    with django_assert_num_queries(3):
        client.get("/exemplars/")
    with django_assert_num_queries(4):
        client.get("/exemplars/", {"campaign": "mot", "activity": activity.pk, "q": "mo"})
    with django_assert_num_queries(3):
        client.get(exemplar.get_absolute_url())
