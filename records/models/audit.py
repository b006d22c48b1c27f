"""The audit trail: append-only, each row sealed by the one before it."""

import hashlib
import json

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.turns import take_turn

ATTEMPTS = 20


class AuditEventQuerySet(models.QuerySet):
    """Rows are written once: neither changed nor deleted."""

    def visible_to(self, user, on=None):
        return self.all() if user.is_active and user.is_superuser else self.none()

    def editable_by(self, user, on=None):
        return self.none()

    def published(self):
        return self.none()

    def update(self, **kwargs):
        raise TypeError("An audit event is never changed.")

    def delete(self):
        raise TypeError("An audit event is never deleted.")

    def first_broken(self):
        """The first row whose seal does not fit, or None when the chain is whole."""
        seal = ""
        for event in self.order_by("pk").iterator():
            if event.previous != seal or event.seal != event.sealed():
                return event
            seal = event.seal
        return None


class AuditEvent(models.Model):
    """One act that must be answerable for: a sign-in, a publication, an export, a look at a private file."""

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="audit_events", verbose_name=_("who")
    )
    action = models.CharField(_("action"), max_length=40, db_index=True)
    subject = models.CharField(_("record"), max_length=100, blank=True, help_text=_("Model and id."))
    label = models.CharField(_("description"), max_length=255, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    address = models.GenericIPAddressField(_("from address"), null=True)
    request_id = models.CharField(_("request"), max_length=32, blank=True)
    details = models.JSONField(_("details"), default=dict)
    previous = models.CharField(_("seal before"), max_length=64, unique=True)
    seal = models.CharField(_("seal"), max_length=64, unique=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")

    def __str__(self):
        return f"{timezone.localtime(self.at):%d/%m/%Y %H:%M} · {self.label}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("An audit event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("An audit event is never deleted.")

    def sealed(self):
        """SHA-256 over the row and the seal before it, in hex."""
        content = [
            self.previous, self.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(), self.actor_id, self.action,
            self.subject, self.label, self.reason, self.address, self.request_id, self.details,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @classmethod
    def record(cls, action, *, actor=None, request=None, subject=None, label="", reason="", **details):
        """Append an event, as the last that a transaction locks: whoever comes next waits for its end.

        The unique seal makes two writers at once try again instead of forking the chain.
        """
        if request is not None and actor is None and getattr(request, "user", None) and request.user.is_authenticated:
            actor = request.user
        event = cls(
            at=timezone.now(),
            actor=actor,
            action=action,
            subject=f"{subject._meta.label_lower}:{subject.pk}" if subject is not None else "",
            label=str(label or subject or "")[:255],
            reason=reason[:500],
            address=request.META.get("REMOTE_ADDR") or None if request is not None else None,
            request_id=getattr(request, "id", ""),
            details=details,
        )
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    take_turn("audit")
                    event.previous = cls.objects.order_by("-pk").values_list("seal", flat=True).first() or ""
                    event.seal = event.sealed()
                    event.save()
                return event
            except IntegrityError:
                if attempt == ATTEMPTS - 1:
                    raise
        return event
