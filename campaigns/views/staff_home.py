"""The first page after signing in."""

from django.contrib import admin
from django.shortcuts import render
from django.utils import timezone


def staff_home(request):
    """Greets, says where the person is posted, and leads to the sections of data entry the person may use."""
    today = timezone.localdate()
    postings = request.user.postings_on(today)
    sections = admin.site.get_app_list(request) if request.user.is_staff else []
    context = {"today": today, "postings": postings, "sections": sections}
    return render(request, "campaigns/staff_home.html", context)
