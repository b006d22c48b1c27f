"""Lists that a person comes back to, by name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.vietnamese import normalise


class SavedViewQuerySet(models.QuerySet):
    """A person's own saved views."""

    def visible_to(self, user, on=None):
        return self.filter(user=user.pk) if user.is_active else self.none()

    def editable_by(self, user, on=None):
        return self.visible_to(user, on)

    def published(self):
        return self.none()


class SavedView(models.Model):
    """The query of a list under a name its owner gave it: an address, so it can be opened, kept and sent on.

    A convenience of one person, so it has no history.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("user")
    )
    page = models.CharField(_("list"), max_length=60, help_text=_("Name of the list's address."))
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("conditions"), max_length=1000, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"],
                name="savedview_name_once",
                violation_error_message=_("You have a view of this name already."),
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name = normalise(self.name)
        super().save(*args, **kwargs)
