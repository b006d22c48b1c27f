"""The filters and columns of the staff's list of members; every one is a parameter of its address."""

import re
from datetime import date
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.forms.filters import FilterForm, KnownField, YearField, options, search_field
from records.gaps import MEMBER_GAPS, with_gap
from records.models import Member, Unit
from records.models.members import PRESENT
from records.models.scope import within_path, within_paths
from records.paging import beyond
from records.vietnamese import any_tones

PRESENT_ONES = "present"
STANDINGS = ((PRESENT_ONES, _("belongs today")), *Member.Standing.choices)
GENDERS = tuple(Member.Gender.choices)
HERE, AWAY = "here", "away"
ATTACHED = ((HERE, _("attached here for a time")), (AWAY, _("away for a time")))
MISSING = tuple((gap.name, gap.words) for gap in MEMBER_GAPS)
COLUMNS = {
    "birth": _("Born"),
    "gender": _("Gender"),
    "position": _("Position"),
    "unit": _("Unit"),
    "standing": _("Standing"),
    "card": _("Card number"),
    "admitted": _("Admitted"),
    "full": _("Full member"),
}
# The rows behind the figures of the day's work.
KEPT = (("mine", _("that I may put right")),)
EVERY = "all"
FIRST_COLUMNS = ("birth", "position", "unit", "standing")
# What a suggestion leaves in the box ends with the unit's code.
CODE_AT_END = re.compile(r"\(([^()]+)\)$")
NAMESAKES = 4


class MemberFilterForm(FilterForm):
    """Conditions on the members a user may see."""

    BOXES = ("q", "unit", "standing")

    q = search_field(_("Name, or figures of the card number"), _("Name or card"))
    unit = forms.CharField(required=False, max_length=400, label=_("Unit and below"))
    standing = KnownField(required=False, choices=STANDINGS, label=_("Standing"))
    gender = KnownField(required=False, choices=GENDERS, label=_("Gender"))
    position = forms.CharField(required=False, max_length=100, label=_("Position"))
    admitted_from = YearField(label=_("Admitted from year"))
    admitted_to = YearField(label=_("Admitted to year"))
    attached = KnownField(required=False, choices=ATTACHED, label=_("Temporary attachment"))
    missing = KnownField(required=False, choices=MISSING, label=_("Data to put right"))
    kept = KnownField(required=False, choices=KEPT, label=_("Kept by"))

    def __init__(self, params, user):
        self.user, self.superior = user, None
        super().__init__(params)
        # The address that links and saved views get is the short one.
        self.params = params.copy()
        if self.superior:
            self.params["unit"] = self.superior.code
        if "cols" in self.params:
            self.params["cols"] = "" if self.columns == FIRST_COLUMNS else named_columns(self.columns)

    def clean_unit(self):
        text = self.cleaned_data["unit"]
        if text:
            self.superior = self.named_unit(text)
        return text

    def named_unit(self, text):
        """The unit that a code, or a name borne by one only, stands for among those the user may see."""
        units = Unit.objects.visible_to(self.user).select_related("parent")
        code = match[1] if (match := CODE_AT_END.search(text)) else text
        if unit := units.filter(code=code).first():
            return unit
        found = list(units.search(text).order_by("sort_key")[:NAMESAKES])
        if len(found) == 1:
            return found[0]
        if not found:
            said = _("There is no unit “%(value)s” among those you may see; the condition was left out.")
            raise forms.ValidationError(said % {"value": text})
        said = _("Several units are called “%(value)s”, among them %(units)s; type the code of one.")
        raise forms.ValidationError(said % {"value": text, "units": "; ".join(u.name_in_full for u in found)})

    def described(self, name):
        # Its values say by themselves what is lacking.
        return capfirst(str(self.shown(name))) if name in ("missing", "attached", "kept") else super().described(name)

    def shown(self, name):
        return self.superior.short_name or self.superior.name if name == "unit" else super().shown(name)

    # The columns

    @cached_property
    def columns(self):
        """The keys of COLUMNS asked for, in the table's own order."""
        asked = {name for value in self.params.getlist("cols") for name in value.split(",")}
        return tuple(name for name in COLUMNS if name in asked or EVERY in asked) or FIRST_COLUMNS

    @property
    def column_choices(self):
        """(key, label, whether shown) of every column."""
        return [(name, label, name in self.columns) for name, label in COLUMNS.items()]

    # The select boxes

    @property
    def is_wide(self):
        """Whether a condition holds that has its box among the further ones."""
        return any(name not in self.BOXES for name in self.conditions)

    @property
    def unit_text(self):
        return self.superior.name_in_full if self.superior else self.data["unit"]

    @property
    def standing_options(self):
        return options(STANDINGS, self.cleaned_data.get("standing"))

    @property
    def gender_options(self):
        return options(GENDERS, self.cleaned_data.get("gender"))

    @property
    def attached_options(self):
        return options(ATTACHED, self.cleaned_data.get("attached"))

    @property
    def missing_options(self):
        return options(MISSING, self.cleaned_data.get("missing"))

    def beginning(self, members):
        """Of all that is asked for, those whose name begins with what was typed; None where that is no name."""
        text = self.cleaned_data.get("q", "")
        if not text or any(letter.isdigit() for letter in text):
            return None
        return self.narrow(members, without="q").beginning(text)

    # The conditions

    def by_q(self, members):
        text = self.cleaned_data["q"]
        return members.with_card(text) if any(letter.isdigit() for letter in text) else members.search(text)

    def by_unit(self, members):
        field = "attached_path" if self.cleaned_data.get("attached") == HERE else "unit_path"
        return members.filter(within_path(field, self.superior.path))

    def by_standing(self, members):
        standing = self.cleaned_data["standing"]
        return members.filter(standing__in=PRESENT if standing == PRESENT_ONES else [standing])

    def by_gender(self, members):
        return members.filter(gender=self.cleaned_data["gender"])

    def by_position(self, members):
        for word in self.cleaned_data["position"].split():
            members = members.filter(position__iregex=any_tones(word))
        return members

    def by_admitted_from(self, members):
        return members.filter(admitted_on__gte=date(self.cleaned_data["admitted_from"], 1, 1))

    def by_admitted_to(self, members):
        return members.filter(admitted_on__lte=date(self.cleaned_data["admitted_to"], 12, 31))

    def by_attached(self, members):
        members = members.filter(attached_to__isnull=False)
        if self.user.is_superuser:
            return members
        field = "attached_path" if self.cleaned_data["attached"] == HERE else "unit_path"
        return members.filter(within_paths(field, self.user.paths(self.user.READERS)))

    def by_missing(self, members):
        return with_gap(members, MEMBER_GAPS, self.cleaned_data["missing"], timezone.localdate())

    def by_kept(self, members):
        return members.editable_by(self.user)


def named_columns(columns):
    """The columns as an address says them: each row carries it, so all of them have one word."""
    return EVERY if columns == tuple(COLUMNS) else ",".join(columns)


def neighbours(members, member):
    """The people before and after one in a list by name, None where there is none."""
    named, values = members.only("public_id", "full_name"), [member.sort_key, member.pk]
    return tuple(
        named.filter(beyond(keys, values)).order_by(*keys).first()
        for keys in (("-sort_key", "-pk"), ("sort_key", "pk"))
    )
