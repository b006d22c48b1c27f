"""All addresses: the public register, sign-in, the staff portal, the admin."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

admin.site.login = secure_admin_login(admin.site.login)
handler400 = "config.faults.bad_request"
handler403 = "config.faults.permission_denied"
handler500 = "config.faults.server_error"

urlpatterns = [
    path("", include("campaigns.urls")),
    path("", include("records.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("admin/", admin.site.urls),
]
