"""Tags and filters of campaigns: rates, time left, written text, and the campaigns on other pages."""

from collections import Counter
from datetime import timedelta

import nh3
from django import template
from django.db.models import Prefetch
from django.utils.formats import localize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markdown_it import MarkdownIt

from campaigns.models import Activity, Campaign, Pledge, Registration
from campaigns.models.figures import rate as share
from records.templatetags.marks import mark
from records.time_lines import AWARDS, CHANGES, MEMBERSHIPS, REGISTRATIONS, Entry, by_year

register = template.Library()

# HTML is off, so what comes out is markdown's own; the allow-list below holds even where the parser should err.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
TAGS = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
CSS = {"blockquote_open": "quote", "table_open": "records"}
CLASSES = {"blockquote": {"quote"}, "table": {"records"}}
HEADINGS = {"h2": "mt-5", "h3": "mt-4"}
CLASSES |= {f"h{level}": {"mt-5", "mt-4", "h6", "fw-bold"} for level in range(1, 7)}
ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
DEEPEST = 6
CAMPAIGNS_NAMED = 10
TIME_LINE_LABELS = {
    "": gettext_lazy("All"),
    MEMBERSHIPS: gettext_lazy("Party life"),
    REGISTRATIONS: gettext_lazy("Registrations"),
    AWARDS: gettext_lazy("Awards"),
    CHANGES: gettext_lazy("Changes"),
}


@register.filter
def markdown(text, top=2):
    """Written text as safe markup; its highest heading becomes level `top`, so that the page skips none."""
    tokens = MARKDOWN.parse(text or "")
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(DEEPEST, int(token.tag[1]) - highest + int(top))}"
    for token in tokens:
        if token.type == "heading_open":
            token.attrSet("class", HEADINGS.get(token.tag, "h6 fw-bold mt-4"))
        elif token.type in CSS:
            token.attrSet("class", CSS[token.type])
    markup = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    clean = nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )
    return mark_safe(clean)  # noqa: S308  (cleaned by an allow-list)


@register.simple_tag
def drawing(activity):
    """The drawing of an activity; a tick where there is none."""
    return mark(f"i-{activity.icon if activity else Activity.Icon.OTHER}")


@register.filter
def rate(part, whole):
    """A share in percent, None when there is nothing to share."""
    return share(part, whole)


@register.filter
def less(whole, part):
    """What is left of a count."""
    return whole - part


@register.filter
def quantity(value):
    """A decimal without the zeros nobody wrote, in the reader's way; None is a dash."""
    if value is None:
        return "–"
    whole = value.to_integral_value()
    return localize(int(whole) if value == whole else value.normalize())


@register.filter
def shown_name(unit):
    """A unit's short name, or its name; empty for one that is not shown publicly."""
    return (unit.short_name or unit.name) if unit and unit.listed else ""


@register.filter
def is_running(campaign):
    """Whether a campaign is under way."""
    return campaign.status == Campaign.Status.LAUNCHED


@register.simple_tag
def campaign_dates(campaign):
    """A campaign's first and last day, for a list."""
    start = f"{campaign.starts_on:%d/%m/%Y}"
    if campaign.ends_on is None:
        return _("from %(start)s, no end set yet") % {"start": start}
    return f"{start} – {campaign.ends_on:%d/%m/%Y}"


@register.simple_tag
def time_left(campaign, today):
    """What a running campaign's dates mean on a day: days to its start or left, the last day, no end, past its end."""
    if not is_running(campaign):
        return ""
    if campaign.starts_on > today:
        days = (campaign.starts_on - today).days
        return ngettext("starts in %(days)s day", "starts in %(days)s days", days) % {"days": localize(days)}
    if campaign.ends_on is None:
        return _("no end set yet")
    days = (campaign.ends_on - today) // timedelta(days=1)
    if days < 0:
        return _("past its last day")
    if days == 0:
        return _("today is the last day")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": localize(days)}


@register.inclusion_tag("campaigns/_campaigns_of_unit.html")
def campaigns_of_unit(unit):
    """The newest public campaigns a unit launched, alone or together with others, with their member rate; one query."""
    return {"campaigns": Campaign.objects.published().of_unit(unit).for_list().with_rates()[:CAMPAIGNS_NAMED]}


@register.inclusion_tag("campaigns/_registrations_of_member.html")
def registrations_of_member(member, entries, show, query):
    """A person's time line: entries that `records` has of them, and the registrations; `show` is the one kind wanted,
    `query` what the page's address has beside it."""
    pledges = Pledge.objects.select_related("activity").order_by("activity__order", "activity")
    registrations = Registration.objects.filter(member=member).select_related("campaign", "unit")
    entries = entries + [
        Entry(one.registered_on, REGISTRATIONS, "registration", one, order=(one.pk,))
        for one in registrations.prefetch_related(Prefetch("pledges", pledges))
    ]
    counts = Counter(entry.kind for entry in entries)
    labels = {kind: label for kind, label in TIME_LINE_LABELS.items() if not kind or counts[kind]}
    chips = [
        (f"{f'{query}&' if query else '?'}show={kind}", label, counts[kind] if kind else len(entries), kind == show)
        for kind, label in labels.items()
    ]
    shown = [entry for entry in entries if not show or entry.kind == show]
    return {"member": member, "chips": chips, "years": by_year(shown), "show": show}


@register.inclusion_tag("campaigns/_registrations_of_record.html")
def registrations_of_record(member):
    """The registrations that hang on one record of a pair, the newest first; one query."""
    rows = Registration.objects.filter(member=member).select_related("campaign")
    return {"registrations": rows.order_by("-registered_on", "-pk")}


@register.inclusion_tag("campaigns/_campaigns_of_decision.html")
def campaigns_of_decision(decision):
    """The public campaigns a decision launched, is a basis of, or granted awards for; one query."""
    return {"campaigns": Campaign.objects.published().of_decision(decision).for_list()[:CAMPAIGNS_NAMED]}
