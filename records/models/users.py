"""People who sign in, and over which units they are posted."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.audit import AuditEvent
from records.models.fields import one_of, ordered
from records.models.history import history
from records.models.scope import ScopedQuerySet
from records.passwords import typed
from records.vietnamese import any_tones


class Role(models.TextChoices):
    """What a posting allows over its unit's subtree; each role includes those before it."""

    VIEWER = "viewer", _("viewer")
    CLERK = "clerk", _("clerk")
    APPROVER = "approver", _("approver")
    MANAGER = "manager", _("manager")


class UserQuerySet(models.QuerySet):
    """Accounts; a manager sees those posted inside the manager's own units."""

    def visible_to(self, user, on=None):
        if user.is_active and user.is_superuser:
            return self.all()
        postings = Posting.objects.editable_by(user, on)
        return self.filter(Q(pk=user.pk) | Q(pk__in=postings.values("user")))

    def editable_by(self, user, on=None):
        return self.all() if user.is_active and user.is_superuser else self.none()

    def published(self):
        return self.none()

    def managed_by(self, user, on=None):
        """Accounts a manager answers for: people with no posting, in force or to come, outside the manager's units.

        Never one's own, and a superuser's only by another superuser: nobody raises himself.
        """
        others = self.exclude(pk=user.pk)
        if user.is_active and user.is_superuser:
            return others
        own = Posting.objects.editable_by(user, on)
        outside = Posting.objects.lasting(on or timezone.localdate()).exclude(pk__in=own.values("pk"))
        return others.filter(is_superuser=False, pk__in=own.values("user")).exclude(pk__in=outside.values("user"))

    def search(self, text):
        """Accounts whose user name or names have every word, with or without its tones."""
        rows = self
        for word in text.split():
            pattern = any_tones(word)
            rows = rows.filter(
                Q(username__iregex=pattern) | Q(last_name__iregex=pattern) | Q(first_name__iregex=pattern)
            )
        return rows


class AccountManager(UserManager.from_queryset(UserQuerySet)):
    """Django's manager, with scope."""

    def create_user(self, username, email=None, password=None, **fields):
        return super().create_user(username, email, typed(password), **fields)

    def create_superuser(self, username, email=None, password=None, **fields):
        return super().create_superuser(username, email, typed(password), **fields)


class User(AbstractUser):
    """A person with an account; what the account may do comes from its postings."""

    READERS = tuple(Role.values)
    EDITORS = (Role.CLERK, Role.APPROVER, Role.MANAGER)
    PUBLISHERS = (Role.APPROVER, Role.MANAGER)
    MANAGERS = (Role.MANAGER,)

    objects = AccountManager()
    history = history(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def get_full_name(self):
        """Family name first, as Vietnamese names are said."""
        return f"{self.last_name} {self.first_name}".strip()

    def set_password(self, raw_password):
        super().set_password(typed(raw_password))

    def check_password(self, raw_password):
        return super().check_password(typed(raw_password))

    def needs_second_factor(self, on=None):
        """Whether the account may approve or manage, so that a password alone must not open it."""
        return self.is_superuser or bool(self.paths(self.PUBLISHERS, on))

    def has_second_factor(self):
        """Whether an authenticator app was set up."""
        return self.authenticator_set.filter(type="totp").exists()

    def sign_out_everywhere(self):
        """End every session of the account."""
        for session in self.usersession_set.all():
            session.end()

    def forget_second_factor(self):
        """For a phone that was lost: removes the app and its recovery codes and ends every session."""
        self.authenticator_set.all().delete()
        self.sign_out_everywhere()

    def leave(self, on, reason):
        """The person goes: no sign-in, no session, no posting from this day on; the name stays in the history."""
        self.is_active = False
        self._change_reason = reason
        self.save(update_fields=["is_active"])
        ended = list(self.postings.lasting(on))
        for posting in ended:
            posting.end(on, reason)
        self.sign_out_everywhere()
        return ended

    def come_back(self, reason):
        """The account may be signed in to again; its postings are given anew."""
        self.is_active = True
        self._change_reason = reason
        self.save(update_fields=["is_active"])

    def postings_on(self, on=None):
        """The postings in force on a day with their units, topmost first; asked once per object and day."""
        on = on or timezone.localdate()
        if not self.is_active or not self.pk:
            return []
        known = self.__dict__.setdefault("_postings_on", {})
        if on not in known:
            known[on] = list(self.postings.current(on).select_related("unit").order_by("unit__path", "pk"))
        return known[on]

    def paths(self, roles, on=None):
        """The paths of the units where the user holds one of the roles on a day."""
        return [posting.unit.path for posting in self.postings_on(on) if posting.role in roles]

    def may(self, roles, path, on=None):
        """Whether one of the roles is held over the unit at `path`."""
        return self.is_superuser or any(path.startswith(own) for own in self.paths(roles, on))


class PostingQuerySet(ScopedQuerySet):
    """Who is posted where."""

    scope_field = "unit__path"

    def current(self, on):
        """Postings in force on a day."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))

    def lasting(self, on):
        """Postings in force on a day or beginning later; one taken back before it began is neither."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on) & Q(valid_to__gt=F("valid_from")))

    def editable_by(self, user, on=None):
        return self.for_roles(user, user.MANAGERS, on)


class Posting(models.Model):
    """A user's role over a unit and everything below it, for a time."""

    Role = Role
    part_of = ("unit",)

    user = models.ForeignKey(User, models.CASCADE, related_name="postings", verbose_name=_("user"))
    unit = models.ForeignKey("records.Unit", models.PROTECT, related_name="postings", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))

    objects = PostingQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            one_of("role", Role, "posting_role_known"),
            ordered("valid_from", "valid_to", "posting_ends_after_start", _("A posting cannot end before it starts.")),
            models.UniqueConstraint(
                fields=["user", "unit", "role"],
                condition=Q(valid_to__isnull=True),
                name="posting_once_open",
                violation_error_message=_("This person already holds this role at this unit."),
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.unit}"

    def record(self, request, reason=""):
        """Who may do what is answered for in the audit trail."""
        until = self.valid_to.isoformat() if self.valid_to else None
        AuditEvent.record(
            "posting", request=request, subject=self, reason=reason, since=self.valid_from.isoformat(), until=until
        )

    def end(self, on, reason):
        """It no longer holds from a day on; one that was only to begin later never held."""
        self.valid_to = max(on, self.valid_from)
        self._change_reason = reason
        self.save(update_fields=["valid_to"])
