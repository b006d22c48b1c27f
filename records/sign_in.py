"""How this register's people sign in: accounts are given, never taken; each sign-in is on record."""

import unicodedata

from allauth.account.adapter import DefaultAccountAdapter

from records.models import AuditEvent


class AccountAdapter(DefaultAccountAdapter):
    """Closed to self sign-up; writes sign-ins and refusals to the audit trail."""

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        # Accounts are kept in this form (Django's UsernameField); some keyboards type letters and marks apart.
        if name := credentials.get("username"):
            credentials["username"] = unicodedata.normalize("NFKC", name)
        return super().authenticate(request, **credentials)

    def respond_user_inactive(self, request, user):
        AuditEvent.record("sign_in_refused", request=request, label=user.get_username())
        return super().respond_user_inactive(request, user)

    def post_login(self, request, user, **kwargs):
        AuditEvent.record("sign_in", actor=user, request=request)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request, **credentials):
        super().authentication_failed(request, **credentials)
        AuditEvent.record("sign_in_refused", request=request, label=str(credentials.get("username", ""))[:150])
