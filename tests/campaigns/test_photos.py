"""Photos are drawn anew: what a camera, a phone or a prankster put beside the picture does not stay."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from campaigns.admin.exemplars import PHOTO_LIMIT, PhotoForm
from campaigns.models import ExemplarPhoto
from campaigns.models.photos import PHOTO_SIDE, reencoded
from tests.factories import make_exemplar

SECRET = b"10.4969N 107.1685E BIMAT"
ORIENTATION, GPS, MODEL = 0x0112, 0x8825, 0x0110


def picture(kind="JPEG", size=(60, 40), mode="RGB", **options):
    stream = io.BytesIO()
    Image.new(mode, size, 0).save(stream, kind, **options)
    return stream.getvalue()


def exif(**tags):
    made = Image.Exif()
    made[MODEL] = SECRET.decode()
    made.get_ifd(GPS)[2] = (10.0, 29.0, 48.0)
    for tag, value in tags.items():
        made[int(tag.removeprefix("t"))] = value
    return made


def with_note():
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", SECRET.decode())
    return picture("PNG", pnginfo=note)


CARRIERS = {
    "exif": lambda: picture(exif=exif()),
    "comment": lambda: picture(comment=SECRET),
    "xmp": lambda: picture(xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"),
    "profile": lambda: picture(icc_profile=SECRET * 20),
    "png text": with_note,
    "gif comment": lambda: picture("GIF", mode="P", comment=SECRET),
    "tail": lambda: picture() + SECRET,
}


def redrawn(data):
    return reencoded(ContentFile(data)).read()


@pytest.mark.parametrize("carrier", CARRIERS)
def test_nothing_hidden_beside_the_picture_survives(carrier):
    data = CARRIERS[carrier]()
    assert SECRET in data
    made = redrawn(data)
    assert SECRET not in made
    with Image.open(io.BytesIO(made)) as shown:
        assert not shown.getexif()
        assert shown.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


KINDS = ["PNG RGBA", "PNG P", "PNG 1", "PNG I;16", "GIF P", "JPEG CMYK", "JPEG L", "WEBP RGB", "BMP RGB"]


@pytest.mark.parametrize(("kind", "mode"), [kind.split() for kind in KINDS])
def test_any_kind_of_picture_becomes_a_plain_jpeg(kind, mode):
    with Image.open(io.BytesIO(redrawn(picture(kind, mode=mode)))) as made:
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (60, 40))


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((3200, 1600), (1600, 800)), ((200, 5000), (64, 1600)), ((1600, 1600), (1600, 1600)), ((1, 1), (1, 1))],
)
def test_a_large_photo_is_made_smaller_and_a_small_one_is_left(size, becomes):
    with Image.open(io.BytesIO(redrawn(picture(size=size)))) as made:
        assert made.size == becomes
        assert max(made.size) <= PHOTO_SIDE


@pytest.mark.parametrize(("turned", "upright"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_a_photo_held_sideways_stands_upright(turned, upright):
    data = picture(exif=exif(**{f"t{ORIENTATION}": turned}))
    with Image.open(io.BytesIO(redrawn(data))) as made:
        assert made.size == upright


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = {
    "svg": SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "nothing": b"",
    "half a picture": picture(size=(400, 400))[:600],
    "a head only": picture()[:20],
    "text": "Đây không phải là ảnh".encode(),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_picture_is_never_stored(kind):
    with pytest.raises((UnidentifiedImageError, OSError, SyntaxError)):
        redrawn(BAD[kind])


def offered(data, name="anh.jpg"):
    file = SimpleUploadedFile(name, data, "image/jpeg")
    return PhotoForm({"caption": "Nhà chờ xe", "order": 0}, {"image": file})


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("name", ["anh.jpg", "anh.svg"])
def test_the_form_says_so_in_words(kind, name):
    form = offered(BAD[kind], name)
    assert not form.is_valid()
    (said,) = form.errors["image"]
    assert said.endswith(".") and "PIL" not in said and "Error" not in said


@pytest.mark.django_db
def test_the_form_refuses_a_bomb_and_a_file_beyond_its_limit(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert offered(picture(size=(60, 40))).errors["image"]
    monkeypatch.undo()
    assert offered(picture() + bytes(PHOTO_LIMIT)).errors["image"]
    assert "image" not in offered(picture()).errors


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["../../etc/passwd.jpg", "a b%00.jpg", "chữ có dấu.PNG", "x" * 200 + ".jpg", "vo.svg"])
def test_the_name_it_came_under_does_not_stay(name):
    upload = ContentFile(picture())
    upload.name = name
    photo = ExemplarPhoto(exemplar=make_exemplar(), image=upload, caption="Ảnh")
    photo.save()
    folder, year, file = photo.image.name.split("/")
    assert (folder, year.isdigit(), file.endswith(".jpg"), len(file)) == ("exemplars", True, True, 12)


@pytest.mark.django_db
def test_saving_the_caption_does_not_draw_the_photo_again():
    photo = ExemplarPhoto.objects.create(exemplar=make_exemplar(), image=ContentFile(picture(), "a.jpg"), caption="Một")
    name = photo.image.name
    photo.caption = "Hai"
    photo.save()
    photo.refresh_from_db()
    assert (photo.image.name, photo.caption) == (name, "Hai")
    assert photo.image.size
