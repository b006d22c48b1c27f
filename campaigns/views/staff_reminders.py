"""Whom to remind in a campaign: the list to call by, to print, to copy, or as plain text."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns.forms.staff_reminders import ReminderFilter
from campaigns.models import Campaign
from campaigns.reminders import reminders
from campaigns.views.staff_campaigns import KEY_DIGITS, own_paths
from records.access import seen
from records.models import Unit

PAGE = 40


def staff_reminder_list(request, slug):
    """The units of mine that owe something, with a sentence each to read out or send; `?as=text` is all of them."""
    campaign = seen(Campaign.objects.select_related("launched_by").with_head(), request.user, slug=slug)
    today = timezone.localdate()
    unit = asked_unit(request)
    found = reminders(campaign, today, [unit.path] if unit else own_paths(request.user))
    form = ReminderFilter(request.GET, today)
    chosen = form.narrow(found)
    if request.GET.get("as") == "text":
        return plain(chosen, today)
    start = request.GET.get("from", "")
    start = int(start) if start.isdecimal() and len(start) < KEY_DIGITS else 0
    start = start if start < len(chosen) else 0
    shown = chosen[start : start + PAGE]
    context = {
        "campaign": campaign,
        "unit": unit,
        "filters": form,
        "rows": [(reminder, reminder.kinds(today)[0], reminder.sentence(today)) for reminder in shown],
        "count": len(chosen),
        "kinds": form.kinds(found),
        "page": {
            "previous_url": form.query_from(max(0, start - PAGE)) if start else "",
            "next_url": form.query_from(start + PAGE) if start + PAGE < len(chosen) else "",
        },
        "today": today,
    }
    return render(request, "campaigns/staff_reminder_list.html", context)


def asked_unit(request):
    """The unit whose subtree `?unit=` asks for, None unless asked; raises Http404 for one outside my units."""
    asked = request.GET.get("unit", "")
    if not asked:
        return None
    return seen(Unit.objects, request.user, pk=int(asked) if asked.isdecimal() and len(asked) <= KEY_DIGITS else 0)


def plain(chosen, today):
    """All of the sentences as plain text, a line each."""
    text = "\n".join(reminder.sentence(today) for reminder in chosen)
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})
