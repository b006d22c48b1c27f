"""How this register's people sign in: accounts are given, never taken; each sign-in is on record."""

from allauth.account.adapter import DefaultAccountAdapter

from records.models import AuditEvent


class AccountAdapter(DefaultAccountAdapter):
    """Closed to self sign-up; writes sign-ins and refusals to the audit trail."""

    def is_open_for_signup(self, request):
        return False

    def post_login(self, request, user, **kwargs):
        AuditEvent.record("sign_in", actor=user, request=request)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request, **credentials):
        super().authentication_failed(request, **credentials)
        AuditEvent.record("sign_in_refused", request=request, label=str(credentials.get("username", ""))[:150])
