"""Photos that people send in, drawn anew on arrival."""

import io

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from records.models.fields import new_public_id

PHOTO_SIDE = 1600
THUMB_SIDE = 480
PHOTO_LIMIT = 10 * 1024 * 1024
# A picture of more pixels would take hundreds of megabytes to unpack.
MOST_PIXELS = 60_000_000
BEGINNINGS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF"}


class Photo(models.Model):
    """A photo, re-encoded on arrival so that it carries no place, device or hidden content; the model adds `image`."""

    caption = models.CharField(_("caption"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True

    def __str__(self):
        return self.caption

    def save(self, *args, **kwargs):
        if self.image and not self.image._committed:
            self.image.save(f"{new_public_id()}.jpg", reencoded(self.image), save=False)
        super().save(*args, **kwargs)


def reencoded(upload):
    """The picture drawn anew as a JPEG of at most 1,600 pixels a side, upright and without metadata."""
    with Image.open(upload) as picture:
        # A phone's picture need not be unpacked whole to be drawn small.
        picture.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        # A comment of the old file would be written into the new one.
        upright.info.clear()
        stream = io.BytesIO()
        upright.save(stream, "JPEG", quality=85)
    return ContentFile(stream.getvalue())


def refuse_unfit(upload):
    """Raises ValidationError, naming the file, unless it is a JPEG, PNG or WebP photo of bearable size that can be
    drawn anew; its content decides, not its name."""
    named = {"name": upload.name}
    if upload.size > PHOTO_LIMIT:
        raise ValidationError(_("“%(name)s” is larger than 10 MB. Send it in a smaller size.") % named)
    upload.seek(0)
    if not upload.read(16).startswith(tuple(BEGINNINGS.values())):
        raise ValidationError(_("“%(name)s” is no photo: a JPEG, PNG or WebP is asked for.") % named)
    upload.seek(0)
    try:
        with Image.open(upload, formats=[*BEGINNINGS]) as picture:
            width, height = picture.size
        if width * height > MOST_PIXELS:
            raise ValidationError(_("“%(name)s” has too many pixels. Send it in a smaller size.") % named)
        upload.seek(0)
        reencoded(upload)
    except Image.DecompressionBombError as error:
        raise ValidationError(_("“%(name)s” has too many pixels. Send it in a smaller size.") % named) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ValidationError(_("“%(name)s” cannot be read: the file is damaged or incomplete.") % named) from error
    upload.seek(0)


def thumbnail(kept):
    """A small JPEG of a kept photo, as bytes."""
    with Image.open(kept) as picture:
        picture.draft("RGB", (THUMB_SIDE, THUMB_SIDE))
        picture.thumbnail((THUMB_SIDE, THUMB_SIDE))
        stream = io.BytesIO()
        picture.convert("RGB").save(stream, "JPEG", quality=80)
    return stream.getvalue()
