"""Figures that take too long to count while somebody waits for a page."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from records.models.fields import ExactField

# A count that was asked for and never came, as its worker died, is asked for again after so long.
GIVEN_UP_AFTER = timedelta(minutes=30)


class ReckoningQuerySet(models.QuerySet):
    """Nobody reads or changes them as records; pages show what of them concerns their reader."""

    def visible_to(self, user, on=None):
        return self.all() if user.is_active and user.is_superuser else self.none()

    def editable_by(self, user, on=None):
        return self.none()

    def published(self):
        return self.none()


class Reckoning(models.Model):
    """What was counted of something, and when; derived, so without history.

    `about` names what counts and of which record; `figures` is None until the first count is done.
    """

    about = ExactField(max_length=150, unique=True)
    figures = models.JSONField(null=True)
    counted_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    objects = ReckoningQuerySet.as_manager()

    def __str__(self):
        return self.about

    def may_be_asked(self):
        """Whether nobody has asked for it, or so long ago that nothing will come of that."""
        return self.asked_at is None or self.asked_at < timezone.now() - GIVEN_UP_AFTER

    @classmethod
    def claim(cls, about):
        """Whether the caller is to have it counted; of many who ask at once only one is."""
        now = timezone.now()
        cls.objects.get_or_create(about=about)
        free = Q(asked_at__isnull=True) | Q(asked_at__lt=now - GIVEN_UP_AFTER)
        return bool(cls.objects.filter(free, about=about).update(asked_at=now))

    @classmethod
    def note(cls, about, figures):
        """Keep what was counted just now."""
        now = timezone.now()
        cls.objects.update_or_create(about=about, defaults={"figures": figures, "counted_at": now, "asked_at": None})
