"""How this register's people sign in: accounts are given, never taken; each sign-in is on record."""

import time
import unicodedata

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from records.models import AuditEvent
from records.passwords import typed
from records.sessions import SEEN_AT, SIGNED_IN_AT, times
from records.vietnamese import normalise

# An address that no visitor has (RFC 5737), for asking about an account's limit without counting anybody's own.
NOWHERE = "192.0.2.0"
# What the library would write a letter about, and what it is called in the audit trail.
SECOND_STEPS = {
    "mfa/email/totp_activated": "second_factor_set_up",
    "mfa/email/totp_deactivated": "second_factor_given_up",
    "mfa/email/recovery_codes_generated": "recovery_codes_made",
}


class AccountAdapter(DefaultAccountAdapter):
    """Closed to self sign-up; writes sign-ins and refusals to the audit trail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many wrong tries, so signing in is locked. Try again after %(minutes)d minutes, or ask whoever "
            "manages the accounts of your unit to unlock it."
        ),
    }

    def validation_error(self, code, *args):
        if code in ("too_many_login_attempts", "rate_limited"):
            message = self.error_messages["too_many_login_attempts"] % {"minutes": settings.LOCK_MINUTES}
            return ValidationError(message, code=code)
        return super().validation_error(code, *args)

    def is_open_for_signup(self, request):
        return False

    def clean_password(self, password, user=None):
        super().clean_password(typed(password), user)
        return password

    def set_password(self, user, password):
        super().set_password(user, password)
        AuditEvent.record("password_changed", request=self.request, subject=user)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        # The library calls this at every change of a second step, whether or not it sends mail.
        if action := SECOND_STEPS.get(template_prefix):
            # What was opened by the password alone, or by the app that is gone, must not stay open beside it.
            for session in user.usersession_set.exclude(session_key=self.request.session.session_key):
                session.end()
            AuditEvent.record(action, request=self.request, subject=user)
        super().send_notification_mail(template_prefix, user, context, email)

    def is_reauthentication_required(self, *, app, **kwargs):
        # Who has just typed the password is not asked for it a second time.
        began, _seen = times(self.request)
        recent = time.time() - began < app_settings.REAUTHENTICATION_TIMEOUT
        return not recent and super().is_reauthentication_required(app=app, **kwargs)

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            AuditEvent.record("sign_in_locked", request=request, label=as_typed(credentials))
            raise

    def authenticate(self, request, **credentials):
        # Accounts are kept in this form (Django's UsernameField); some keyboards type letters and marks apart.
        if name := credentials.get("username"):
            credentials["username"] = unicodedata.normalize("NFKC", name)
        return super().authenticate(request, **credentials)

    def respond_user_inactive(self, request, user):
        AuditEvent.record("sign_in_refused", request=request, label=user.get_username())
        return super().respond_user_inactive(request, user)

    def post_login(self, request, user, **kwargs):
        request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())
        by = [record.get("type", record["method"]) for record in get_authentication_records(request, user)]
        AuditEvent.record("sign_in", actor=user, request=request, by=by)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request, **credentials):
        super().authentication_failed(request, **credentials)
        AuditEvent.record("sign_in_refused", request=request, label=as_typed(credentials))

    def _get_login_attempts_cache_key(self, request, **credentials):
        # Whichever name the site was reached by, an account is locked and unlocked as one.
        return credentials.get("username", credentials.get("email", "")).lower()


def as_typed(credentials):
    """The user name of a refused sign-in, on one line and no longer than a name may be."""
    return normalise(str(credentials.get("username", ""))[:150])


class SecondFactorAdapter(DefaultMFAAdapter):
    """What an authenticator app shows beside its code: this register's name and the user's."""

    def get_totp_label(self, user):
        return user.get_username()

    def get_totp_issuer(self):
        return settings.SITE["name"]


class CodeOnRecord:
    """A code that was refused is put on record, as a refused password is."""

    help_text = _("Six figures from the app, or a recovery code. A code works once and changes every half minute.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label, code.help_text = _("Code"), self.help_text
        code.widget.attrs |= {"inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}

    def clean_code(self):
        try:
            return super().clean_code()
        except ValidationError as refusal:
            action = "second_factor_refused" if refusal.code == "incorrect_code" else "sign_in_locked"
            AuditEvent.record(action, request=context.request, subject=self.user)
            raise


class CodeForm(CodeOnRecord, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(CodeOnRecord, ReauthenticateForm):
    """A code asked for again before something that matters."""


class FirstCodeForm(CodeOnRecord, ActivateTOTPForm):
    """The code that shows that the app was set up."""

    help_text = _("Six figures. They change every half minute.")


def ask_again(request):
    """Before an act that opens or closes somebody's account: leads to a page that asks for the password once more.

    Returns when that was done in the last minutes (`ACCOUNT_REAUTHENTICATION_TIMEOUT`).
    """
    raise_if_reauthentication_required(request, app="")


def limits(user):
    """The keys under which wrong passwords and wrong codes of an account are counted."""
    name = get_adapter()._get_login_attempts_cache_key(None, username=user.get_username())
    return [name, f"mfa-auth-user-{user.pk}"]


def nobodys_request():
    request = HttpRequest()
    request.method, request.META["REMOTE_ADDR"] = "POST", NOWHERE
    return request


def locked(user):
    """Whether signing in to the account waits because of wrong tries."""
    asking = nobodys_request()
    return not all(ratelimit.consume(asking, action="login_failed", key=key, dry_run=True) for key in limits(user))


def unlock(user):
    """Forget the wrong tries at an account."""
    for key in limits(user):
        ratelimit.clear(nobodys_request(), action="login_failed", key=key)


def password_link(request, user):
    """An address where whoever holds it chooses the account's password, once and within `PASSWORD_RESET_TIMEOUT`."""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return get_adapter(request).get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{key}")
