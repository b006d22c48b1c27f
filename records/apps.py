from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """Units, people and awards."""

    name = "records"
    verbose_name = _("Register")
