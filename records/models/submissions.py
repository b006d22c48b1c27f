"""Forms sent twice: the second sending is answered with what the first one did."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SubmissionQuerySet(models.QuerySet):
    """Nobody reads them: they only tell a second sending from a first."""

    def visible_to(self, user, on=None):
        return self.none()

    def editable_by(self, user, on=None):
        return self.none()

    def published(self):
        return self.none()


class Submission(models.Model):
    """One sending of a form that creates something, by the token the form carried; kept for a day.

    It says nothing about the register, so it has no history.
    """

    token = models.UUIDField(unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="submissions", verbose_name=_("user")
    )
    at = models.DateTimeField(_("at"), db_index=True)
    answer = models.CharField(_("where it led"), max_length=500, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")

    def __str__(self):
        return f"{self.token}"
