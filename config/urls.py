"""All addresses: the public register, sign-in, the staff portal, the admin."""

from allauth.account import urls as account_urls
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

admin.site.login = secure_admin_login(admin.site.login)
handler400 = "config.faults.bad_request"
handler403 = "config.faults.permission_denied"
handler500 = "config.faults.server_error"

# Whoever manages an account keeps its e-mail address: a letter sent there opens the account to a new password.
CLOSED = {"account_email", "account_email_verification_sent", "account_confirm_email"}
OPEN = [address for address in account_urls.urlpatterns if address.name not in CLOSED]

urlpatterns = [
    path("", include("campaigns.urls")),
    path("", include("records.urls")),
    path("accounts/", include(OPEN)),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("admin/", admin.site.urls),
]
