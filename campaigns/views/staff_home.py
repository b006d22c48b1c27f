"""The first page after signing in: the day's work."""

from django.shortcuts import render
from django.utils import timezone

from campaigns.work import Work


def staff_home(request):
    """What waits in the user's units, each line leading where it is put right."""
    today = timezone.localdate()
    postings = request.user.postings_on(today)
    placed = postings or request.user.is_superuser
    context = {"today": today, "postings": postings, "work": Work(request.user, today) if placed else None}
    return render(request, "campaigns/staff_home.html", context)
