from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """The yearly work: campaigns, plans, registrations and what came of them."""

    name = "campaigns"
    verbose_name = _("Emulation campaigns")
