"""Photos that people send in, drawn anew on arrival."""

import io

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from records.models.fields import new_public_id

PHOTO_SIDE = 1600


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
