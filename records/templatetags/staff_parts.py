"""Tags of the staff pages: the token that makes a form work once, and where a person is posted."""

import uuid
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from records.changes import logged
from records.exports import lists
from records.once import FIELD
from records.sheets.kinds import find_kind

register = template.Library()
# Each with what it says of itself and those after it do not: nearly all say Safari, most of these Chrome.
BROWSERS = [
    ("Zalo", "Zalo"), ("Cốc Cốc", "coc_coc"), ("Edge", "Edg"), ("Opera", "OPR/"), ("Firefox", "Firefox"),
    ("Firefox", "FxiOS"), ("Samsung Internet", "SamsungBrowser"), ("Chrome", "Chrome"),
    ("Chrome", "CriOS"), ("Safari", "Safari"),
]  # fmt: skip
SYSTEMS = [
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("macOS", "Mac OS X"),
    ("ChromeOS", "CrOS"), ("Linux", "Linux"),
]  # fmt: skip


@register.simple_tag
def once():
    """The token by which a form sent twice does its work once; see `records.once`."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4())


@register.simple_tag
def posted_as(user):
    """The role and unit that the head of every staff page names: the topmost posting of those in force today."""
    postings = user.postings_on()
    if not postings:
        return _("Whole register") if user.is_superuser else _("Not posted to a unit yet")
    first = postings[0]
    text = f"{first.get_role_display().capitalize()}, {first.unit.short_name or first.unit.name}"
    return f"{text} (+{len(postings) - 1})" if len(postings) > 1 else text


@register.filter
def browser(user_agent):
    """The browser and the system of a user agent as people call them; what it says where it names none."""
    named = [next((name for name, sign in kinds if sign in user_agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or user_agent[:80]


@register.filter
def manages(user):
    """Whether the user keeps accounts: a manager of some unit today, or a superuser."""
    return user.is_superuser or bool(user.paths(user.MANAGERS))


@register.filter
def takes_in(user):
    """Whether the user takes in lists for some unit, or approves what others take in."""
    return user.is_superuser or bool(user.paths(user.EDITORS))


@register.simple_tag(takes_context=True)
def import_url(context, kind, **given):
    """The address at which a list of the kind is taken in, empty where the user or the register takes in none."""
    if find_kind(kind) is None or not takes_in(context["user"]):
        return ""
    query = urlencode({"kind": kind, **{name: value for name, value in given.items() if value}})
    return f"{reverse('records:staff_import_add')}?{query}"


@register.simple_tag
def export_url(code, q=""):
    """The address at which a list is taken out, searched for the same words; empty where there is no such list."""
    if (outgoing := lists().get(code)) is None:
        return ""
    address = reverse(outgoing.page)
    return f"{address}?{urlencode({'q': q})}" if q else address


@register.simple_tag
def changes_url(record):
    """The address of a record's change log, empty for one that keeps no history or is not there yet."""
    if getattr(record, "pk", None) is None:
        return ""
    label = record._meta.label_lower
    return reverse("records:staff_change_list", args=[label, record.pk]) if label in logged() else ""
