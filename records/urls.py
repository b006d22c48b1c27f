"""Addresses of units, people, decisions and awards."""

app_name = "records"

urlpatterns = []
