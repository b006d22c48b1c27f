"""Registering by oneself through a unit's link: a page for a phone that shows nobody's data."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from campaigns.forms.self_registrations import SelfRegistrationForm
from campaigns.models import Invitation
from records.once import once

LIMITED = "self_registration"


@login_not_required
@never_cache
@once
def self_registration_add(request, token):
    """The form, or a sentence on why nothing can be sent now; too many sendings are answered 429 with the form kept."""
    invitation = get_object_or_404(Invitation.objects.select_related("campaign", "unit"), token=token)
    today = timezone.localdate()
    if not invitation.accepts_on(today):
        return answer(request, {"invitation": invitation, "today": today})
    form = SelfRegistrationForm(request.POST or None, invitation=invitation, on=today)
    context = {"invitation": invitation, "form": form}
    if request.method != "POST" or not form.is_valid():
        return answer(request, context)
    if not ratelimit.consume(request, action=LIMITED, key=token):
        form.add_error(None, _("Too many have been sent from here just now. Wait a few minutes and send it again."))
        return answer(request, context, status=429)
    form.save()
    messages.success(request, _("Sent. A clerk of your unit will confirm it; you need do nothing more."))
    return redirect("campaigns:self_registration_sent", token)


@login_not_required
@never_cache
def self_registration_sent(request, token):
    """Thanks, and the way to register the next person on the same phone; it does not say what was sent."""
    invitation = get_object_or_404(Invitation.objects.select_related("campaign", "unit"), token=token)
    return answer(request, {"invitation": invitation, "sent": True})


def answer(request, context, status=200):
    response = render(request, "campaigns/self_registration_add.html", context, status=status)
    # The address is a secret of the unit's, not for search engines. The site's own policy keeps it from other sites;
    # a stricter one would have the browser send the form without its origin, which is then refused.
    response["X-Robots-Tag"] = "noindex"
    return response
