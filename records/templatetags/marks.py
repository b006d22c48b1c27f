"""Tags and filters of the site's dress: marks from the sprite, states, rates, dates as far as they are known."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import forms, template
from django.conf import settings
from django.templatetags.static import static
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

register = template.Library()

DASH = "–"
LAST_FIGURES = 4
TENTH = Decimal("0.1")
# A share of two counts carries float noise; more than nine decimals say nothing about a rate.
NOISE = Decimal("0.000000001")
PRECISION_FORMATS = {
    "day": "{0.day:02d}/{0.month:02d}/{0.year:04d}",
    "month": "{0.month:02d}/{0.year:04d}",
    "year": "{0.year:04d}",
}
BOX_CLASSES = ((forms.CheckboxInput, "form-check-input"), (forms.Select, "form-select"))
SECTIONS = {"person": "award"}
STAFF_SECTIONS = {"transfer": "member", "view": "member", "quality": "unit", "cleanup": "unit"} | dict.fromkeys(
    ("plan", "registration", "result", "report", "exemplar", "inspection", "invitation", "reminder", "self"), "campaign"
)


def masked(number):
    """A card number of which only the end is shown, never more than half."""
    shown = min(LAST_FIGURES, len(number) // 2)
    return f"•••• {number[-shown:] if shown else ''}".rstrip() if number else DASH


# Marks


@register.simple_tag
@lru_cache(maxsize=512)
def mark(name, css="i"):
    """The sprite's symbol `name`, hidden from screen readers: what it shows always stands beside it in words."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, static("marks.svg"), name)


@register.simple_tag
def seal(kind, css="seal"):
    """The mark of an award's family; `kind` is AwardType.mark: flag, medal, certificate, title or badge."""
    return mark(f"mark-{kind}", css)


@register.simple_tag
def standing(status, long=False):
    """The state of an award in a list, as shape and word; `status` is Award.status, `long` says it in full."""
    return _standing(str(status), bool(long), get_language())


@lru_cache(maxsize=64)
def _standing(status, long, language):
    # `language` is only the cache's key: the words come from the language in force.
    css, icon, short, full = {
        "active": ("is-ok", "i-ok", pgettext("award", "valid"), pgettext("award", "Valid")),
        "corrected": ("is-warn", "i-pencil", pgettext("award", "corrected"), pgettext("award", "Corrected")),
        "revoked": ("is-bad", "i-void", pgettext("award", "revoked"), pgettext("award", "Revoked")),
        "reissued": ("is-ok", "i-ok", pgettext("award", "reissued"), pgettext("award", "Reissued")),
    }[status]
    return format_html('<span class="state {}">{} {}</span>', css, mark(icon), full if long else short)


# Figures


def _decimal(value):
    return Decimal(str(value)).quantize(NOISE)


def _rounded(value, ceiling):
    """One decimal, halves up, but what is below the ceiling never reads as having reached it (89.96 of 90 is 89.9)."""
    figure = value.quantize(TENTH, ROUND_HALF_UP)
    return value.quantize(TENTH, ROUND_DOWN) if value < ceiling <= figure else figure


def _written(figure):
    whole = figure == figure.to_integral_value()
    text = str(figure.to_integral_value() if whole and figure in (0, 100) else figure)
    return text.replace(".", str(get_format("DECIMAL_SEPARATOR")))


@register.filter
def percent(value, target=None):
    """A rate in percent (92.5) with its sign, in the reader's way; None is a dash.

    Below `target`, and below 100, rounding stops short of it.
    """
    if value in (None, ""):
        return DASH
    value = _decimal(value)
    ceiling = _decimal(target) if target and not reaches(value, target) else Decimal(100)
    return f"{_written(_rounded(value, ceiling))}%"


@register.filter
def points(value, target):
    """How far a rate lies from its target, in percentage points, without sign."""
    shown = _rounded(_decimal(value), _decimal(target))
    return _written(abs(shown - _decimal(target)).quantize(TENTH, ROUND_HALF_UP))


@register.filter
def point(value):
    """A rate for an SVG attribute: 0 to 100 with a decimal point whatever the language; None is 0."""
    return f"{min(100.0, max(0.0, float(value or 0))):g}"


@register.filter
def reaches(value, target):
    """Whether a rate (None: not known) has met its target."""
    return value not in (None, "") and _decimal(value) >= _decimal(target)


# What a decision says


@register.filter
def partial_date(date, precision="day"):
    """A date as far as it is known: 22/05/2020, 05/2020 or 2020; nothing for None."""
    return PRECISION_FORMATS[precision].format(date) if date else ""


@register.filter
def decision_no(number):
    """A decision's number as printed, never broken over two lines; takes the number or the decision itself."""
    number = getattr(number, "number", number)
    if not number:
        return format_html('<span class="muted">{}</span>', _("number not recorded"))
    return format_html('<span class="no">{}</span>', number)


# The frame


@register.simple_tag(takes_context=True)
def section(context):
    """The main menu's entry this page belongs to: the context's `section`, or the noun of the address's name."""
    if given := context.get("section"):
        return given
    match = getattr(context.get("request"), "resolver_match", None)
    name = (match.url_name or "") if match else ""
    noun = name.removeprefix("staff_").split("_")[0]
    return (STAFF_SECTIONS if name.startswith("staff_") else SECTIONS).get(noun, noun)


@register.simple_tag
def site_owner():
    """The body whose register this is, where the context has none (400, 500) or another `site` (sign-in)."""
    return settings.SITE


@register.filter
def box(field):
    """A bound field's control in the site's dress, without a placeholder: its label stands above and stays."""
    css = next((css for kind, css in BOX_CLASSES if isinstance(field.field.widget, kind)), "form-control")
    own = field.field.widget.attrs.get("class", "")
    attrs = {"class": " ".join(filter(None, (css, "is-invalid" if field.errors else "", own))), "placeholder": False}
    return field.as_widget(attrs=attrs)
