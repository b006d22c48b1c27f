"""Tags of the public register: the rows of its longest table, and documents by the name and number they go by."""

from html import escape

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from records.templatetags.marks import decision_no

register = template.Library()

# The abbreviation in a number tells what the document is (Decree 30/2020, appendix III; Guide 36-HD/VPTW).
NOUNS = {
    "CT": _("Directive"),
    "CV": _("Official letter"),
    "HD": _("Guidance"),
    "KH": _("Plan"),
    "KL": _("Conclusion"),
    "NQ": _("Resolution"),
    "QĐ": _("Decision"),
    "TB": _("Notice"),
}


@register.filter
def document_noun(decision):
    """What kind of paper a decision is by its number: a decision, an official letter, a plan."""
    return NOUNS.get(decision.series, NOUNS["QĐ"])


@register.filter
def decision_ref(decision):
    """A decision by its kind and number, linked where the public may read it."""
    number = decision_no(decision)
    if decision.published_at:
        number = format_html('<a href="{}">{}</a>', decision.get_absolute_url(), number)
    return format_html("{} {}", document_noun(decision), number)


# Written here and not in a template, whose own work on fifty rows takes longer than all else on the page together.
ROW = (
    '<tr><th scope="row"><span class="act">{mark}<span><a class="who" href="{url}">{name}</a>{place}</span></span></th>'
    '<td class="full">{type}<span class="sub">{level}</span></td>{period}{decision}'
    '<td data-label="{validity}">{standing}</td></tr>\n'
)
SUB = '<span class="sub">{}</span>'
PERIOD = '<td data-label="{}">{}</td>'
DECISION = '<td data-label="{label}" class="{css}">{number}<span class="sub">{date}</span></td>'
LINK = '<a href="{}">{}</a>'


@register.simple_tag
def award_lines(rows, bare=False):
    """The table rows of `public_awards.award_rows`; `bare` leaves out the decision. Every word of theirs is escaped."""
    label, achievement = escape(gettext("Decision")), escape(gettext("Achievement"))
    validity = escape(pgettext("award", "Standing"))
    lines = []
    for row in rows:
        decision = row["decision"]
        # Neighbours share their decision, so its cell is written once.
        if "cell" not in decision:
            number = escape(decision["number"])
            number = LINK.format(decision["url"], number) if decision["url"] else number
            decision["cell"] = DECISION.format(label=label, css=decision["css"], number=number, date=decision["date"])
        lines.append(
            ROW.format(
                mark=row["mark"],
                url=row["url"],
                name=escape(row["name"]),
                place=SUB.format(escape(row["place"])) if row["place"] else "",
                type=escape(row["type"]),
                level=row["level"],
                period=PERIOD.format(achievement, row["period"]) if row["period"] else "<td></td>",
                decision="" if bare else decision["cell"],
                validity=validity,
                standing=row["standing"],
            )
        )
    return mark_safe("".join(lines))  # noqa: S308  (every value above is escaped or made by the register)
