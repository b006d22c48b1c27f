"""Addresses of units, people, decisions and awards."""

from django.urls import path

from records.views import public_about, public_awards, public_decisions, public_files, public_people, public_units

app_name = "records"

urlpatterns = [
    path("awards/", public_awards.award_list, name="award_list"),
    path("awards.csv", public_awards.award_csv, name="award_csv"),
    path("awards/<str:public_id>/", public_awards.award_detail, name="award_detail"),
    path("decisions/", public_decisions.decision_list, name="decision_list"),
    path("decisions/<int:pk>/", public_decisions.decision_detail, name="decision_detail"),
    path("units/", public_units.unit_list, name="unit_list"),
    path("units/<path:code>/", public_units.unit_detail, name="unit_detail"),
    path("people/<str:public_id>/", public_people.person_detail, name="person_detail"),
    path("about/", public_about.about, name="about"),
    path("healthz", public_about.healthz, name="healthz"),
    path("robots.txt", public_about.robots, name="robots"),
    path("media/<path:name>", public_files.file_download, name="file_download"),
]
