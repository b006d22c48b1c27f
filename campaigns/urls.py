"""Addresses of campaigns and exemplars, the home page and the staff's day."""

from django.urls import path

from campaigns.views import (
    public_campaigns,
    public_exemplars,
    public_home,
    public_registrations,
    public_units,
    staff_home,
)

app_name = "campaigns"

urlpatterns = [
    path("", public_home.home, name="home"),
    path("campaigns/", public_campaigns.campaign_list, name="campaign_list"),
    path("campaigns/<slug:slug>/", public_campaigns.campaign_detail, name="campaign_detail"),
    path("campaigns/<slug:slug>/units/", public_units.campaign_units, name="campaign_units"),
    path("campaigns/<slug:slug>/units.csv", public_units.campaign_units_csv, name="campaign_units_csv"),
    path(
        "campaigns/<slug:slug>/registrations/",
        public_registrations.campaign_registrations,
        name="campaign_registrations",
    ),
    path("exemplars/", public_exemplars.exemplar_list, name="exemplar_list"),
    path("exemplars/<slug:public_id>/", public_exemplars.exemplar_detail, name="exemplar_detail"),
    path("exemplars/<slug:public_id>/photos/<int:pk>.jpg", public_exemplars.exemplar_photo, name="exemplar_photo"),
    path("staff/", staff_home.staff_home, name="staff_home"),
]
