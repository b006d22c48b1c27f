"""Addresses of campaigns and exemplars, the home page and the staff's day."""

app_name = "campaigns"

urlpatterns = []
