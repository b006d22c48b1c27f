"""The lists of units, people, decisions and awards that staff may take out; campaigns have their own file of this name.

What the import takes in goes out under the same headers, so that a file mended elsewhere comes back as its changes.
"""

from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.forms.filters import FilterForm, search_field
from records.forms.member_filters import MemberFilterForm
from records.forms.staff_awards import StaffAwardFilterForm
from records.forms.staff_decisions import StaffDecisionFilterForm
from records.forms.staff_units import StaffUnitFilterForm
from records.lists.award_rows import KIND_WORDS
from records.lists.exporting import (
    ORDINAL,
    Found,
    Outgoing,
    Part,
    day_of,
    first_words,
    known_date,
    named_below,
    own_only,
    part_of,
)
from records.models import Award, AwardType, AwardTypeAlias, Decision, Member, Membership, Unit
from records.models.scope import within_paths
from records.sheet_kinds import AWARD_TYPES, AWARDS, MEMBERS, MEMBERSHIPS, UNITS
from records.sheets.planning import Type

NUMBER = Part(ORDINAL, _("No."), type=Type.NUMBER, width=7, header="STT", always=True)

RECIPIENTS = first_words(KIND_WORDS)
NEWEST = ("-decided_on", "-decision_id", "list_position", "pk")


def the_way(label, page, form):
    """The way back to the list as it was filtered."""
    query = form.query()
    return [(label, f"{reverse(page)}{query if len(query) > 1 else ''}")]


# Members


def find_members(user, params):
    form = MemberFilterForm(params, user)
    rows = form.narrow(Member.objects.visible_to(user)).order_by("sort_key", "pk")
    return Found(rows, form, the_way(_("Members"), "records:staff_member_list", form), form.columns)


MEMBERS_OUT = Outgoing(
    code="members",
    title=_("list of members"),
    parts=(
        NUMBER,
        part_of(MEMBERS, "code", "public_id", width=11, always=True),
        part_of(MEMBERS, "name", "full_name", width=28, always=True),
        part_of(MEMBERS, "birth", "birth_date", "birth_precision", turn=known_date),
        part_of(MEMBERS, "gender", "gender", width=10),
        part_of(MEMBERS, "position", "position", width=30),
        part_of(MEMBERS, "unit_code", "unit__code", width=18, always=True),
        part_of(MEMBERS, "unit", "unit__name", "unit__parent__name", width=44, turn=named_below),
        part_of(MEMBERS, "standing", "standing", width=20),
        part_of(MEMBERS, "card", "card_number", "unit_path", width=18, turn_for=own_only),
        part_of(MEMBERS, "admitted", "admitted_on", width=14),
        part_of(MEMBERS, "full", "full_member_on", width=16),
        part_of(MEMBERS, "phone", "phone", "unit_path", width=16, turn_for=own_only, at_first=False),
        part_of(MEMBERS, "email", "email", "unit_path", width=26, turn_for=own_only, at_first=False),
    ),
    find=find_members,
    stem="dang-vien",
    event="members_exported",
    page="records:staff_member_export",
    section="member",
    of_people=True,
)

# Where they belong and belonged


def find_memberships(user, params):
    """The memberships, in units the user sees, of those members of one's own who meet the conditions."""
    form = MemberFilterForm(params, user)
    members = form.narrow(Member.objects.visible_to(user))
    if not user.is_superuser:
        # Of those attached here for a time the rest is their own unit's affair.
        members = members.filter(within_paths("unit_path", user.paths(user.READERS)))
    decisions = Decision.objects.visible_to(user).filter(pk=OuterRef("decision")).order_by()
    rows = Membership.objects.visible_to(user).filter(member__in=members.order_by().values("pk"))
    rows = rows.annotate(
        by_number=decisions.values("number")[:1],
        by_day=decisions.filter(issued_precision=Decision.Precision.DAY).values("issued_on")[:1],
    )
    rows = rows.order_by("member__sort_key", "member", "valid_from", "pk")
    return Found(rows, form, the_way(_("Members"), "records:staff_member_list", form))


MEMBERSHIPS_OUT = Outgoing(
    code="memberships",
    title=MEMBERSHIPS.title,
    parts=(
        NUMBER,
        part_of(MEMBERSHIPS, "code", "member__public_id", width=14, always=True),
        part_of(MEMBERSHIPS, "name", "member__full_name", width=28, always=True),
        part_of(MEMBERSHIPS, "birth", "member__birth_date", "member__birth_precision", turn=known_date),
        part_of(
            MEMBERSHIPS,
            "act",
            "kind",
            always=True,
            words={Membership.Kind.OFFICIAL: "Chính thức", Membership.Kind.TEMPORARY: "Tạm thời"},
        ),
        part_of(MEMBERSHIPS, "to_code", "unit__code", width=18, always=True),
        part_of(MEMBERSHIPS, "to", "unit__name", "unit__parent__name", width=44, turn=named_below),
        part_of(MEMBERSHIPS, "since", "valid_from", always=True),
        part_of(MEMBERSHIPS, "until", "valid_to", always=True),
        part_of(MEMBERSHIPS, "decision", "by_number", width=18),
        part_of(MEMBERSHIPS, "decided", "by_day", width=15),
    ),
    find=find_memberships,
    stem="sinh-hoat-dang",
    event="memberships_exported",
    page="records:staff_membership_export",
    section="member",
    of_people=True,
)

# Units


def find_units(user, params):
    """The units that meet the conditions; where the list only opens a unit, that one and all below it."""
    form = StaffUnitFilterForm(params, user, timezone.localdate())
    units = Unit.objects.visible_to(user)
    if form.conditions.get("under") and not form.searching:
        units = form.narrow(units.within(form.superior), without="under")
    else:
        units = form.narrow(units)
    return Found(units.order_by("path"), form, the_way(_("Units"), "records:staff_unit_list", form))


LISTED = first_words(UNITS.field("listed").words)
UNITS_OUT = Outgoing(
    code="units",
    title=_("list of units"),
    parts=(
        NUMBER,
        part_of(UNITS, "code", "code", width=18, always=True),
        part_of(UNITS, "name", "name", width=44, always=True),
        part_of(UNITS, "short_name", "short_name"),
        part_of(UNITS, "kind", "kind", width=28),
        part_of(UNITS, "above_code", "parent__code", width=18),
        part_of(UNITS, "above", "parent__name", width=44),
        part_of(UNITS, "sector", "sector__name"),
        part_of(UNITS, "established", "established_on", width=14),
        part_of(UNITS, "dissolved", "dissolved_on", width=14),
        part_of(UNITS, "listed", "listed", width=10, words={True: LISTED["yes"], False: LISTED["no"]}),
        part_of(UNITS, "description", "description", width=50, at_first=False),
        Part("headcount", _("eligible members of its own"), ("headcount",), Type.NUMBER, at_first=False),
    ),
    find=find_units,
    stem="don-vi",
    event="units_exported",
    page="records:staff_unit_export",
    section="unit",
)

# Awards


def find_awards(user, params):
    form = StaffAwardFilterForm(params, user=user)
    rows = form.narrow(Award.objects.visible_to(user)).order_by(*NEWEST)
    return Found(rows, form, the_way(_("Awards"), "records:staff_award_list", form))


AWARDS_OUT = Outgoing(
    code="awards",
    title=_("list of awards"),
    parts=(
        NUMBER,
        part_of(AWARDS, "code", "public_id", width=15, always=True),
        part_of(AWARDS, "salutation", "salutation", width=12),
        part_of(AWARDS, "name", "recipient_name", width=30, always=True),
        part_of(AWARDS, "position", "recipient_position", width=30),
        part_of(AWARDS, "unit", "recipient_unit", width=40),
        part_of(AWARDS, "kind", "recipient_kind"),
        part_of(AWARDS, "type", "type__name", width=44),
        part_of(AWARDS, "period_start", "period_start", width=9),
        part_of(AWARDS, "period_end", "period_end", width=9),
        part_of(AWARDS, "reason", "reason", width=50),
        part_of(AWARDS, "number", "decision__number", width=18),
        part_of(AWARDS, "issued_on", "decided_on", "decision__issued_precision", width=15, turn=known_date),
        part_of(AWARDS, "issuer", "decision__issuer", width=36),
        part_of(AWARDS, "category", "recipient_category", width=30, at_first=False),
        Part("mode", _("ground"), ("mode",), Type.CHOICE, 30, words=Award.Mode.choices, at_first=False),
        part_of(AWARDS, "list_position", "list_position", width=10, at_first=False),
        Part("status", _("status"), ("status",), Type.CHOICE, 12, words=Award.Status.choices),
        Part("published", _("published on"), ("published_at",), Type.DATE, 14, turn=day_of, at_first=False),
    ),
    find=find_awards,
    stem="khen-thuong",
    event="awards_exported",
    page="records:staff_award_export",
    section="award",
    of_people=True,
)

# The catalogue of awards


class AwardTypeFilterForm(FilterForm):
    """Words of the name."""

    q = search_field(_("Name of the award"), _("Name"))

    def by_q(self, types):
        return types.search(self.cleaned_data["q"])


def find_award_types(user, params):
    form = AwardTypeFilterForm(params)
    rows = form.narrow(AwardType.objects.visible_to(user)).order_by("precedence", "code")
    return Found(rows, form, [(_("Exports"), reverse("records:staff_export_list"))])


def other_names(user):
    """For `turn_for`, of a type's key: the other names it goes by, as one cell has them."""
    names = {}
    for key, text in AwardTypeAlias.objects.order_by("text", "pk").values_list("type_id", "text"):
        names.setdefault(key, []).append(text)
    return lambda key: "; ".join(names.get(key, ()))


def whom(recipients):
    """Whom an award may go to, in words."""
    return ", ".join(RECIPIENTS[one] for one in recipients.split("|") if one in RECIPIENTS)


AWARD_TYPES_OUT = Outgoing(
    code="award_types",
    title=_("list of award types"),
    parts=(
        NUMBER,
        part_of(AWARD_TYPES, "code", "code", width=18, always=True),
        part_of(AWARD_TYPES, "name", "name", width=50, always=True),
        part_of(AWARD_TYPES, "family", "family", width=24),
        part_of(AWARD_TYPES, "legal_order", "legal_order"),
        part_of(AWARD_TYPES, "level", "level"),
        part_of(AWARD_TYPES, "recipients", "recipients", turn=whom),
        part_of(AWARD_TYPES, "granted_by", "granted_by", width=36),
        part_of(AWARD_TYPES, "precedence", "precedence", width=9),
        part_of(AWARD_TYPES, "milestone_years", "milestone_years", width=10),
        part_of(AWARD_TYPES, "mark", "mark", width=24),
        part_of(AWARD_TYPES, "legal_basis", "legal_basis", width=36),
        part_of(AWARD_TYPES, "valid_from", "valid_from"),
        part_of(AWARD_TYPES, "valid_to", "valid_to"),
        part_of(AWARD_TYPES, "aliases", "pk", width=60, turn_for=other_names),
    ),
    find=find_award_types,
    stem="danh-muc-khen-thuong",
    event="award_types_exported",
    page="records:staff_award_type_export",
    section="export",
)

# Decisions


def find_decisions(user, params):
    form = StaffDecisionFilterForm(params, user=user)
    rows = form.narrow(Decision.objects.visible_to(user)).newest_first()
    return Found(rows, form, the_way(_("Decisions"), "records:staff_decision_list", form))


DECISIONS_OUT = Outgoing(
    code="decisions",
    title=_("list of decisions"),
    parts=(
        NUMBER,
        Part("number", _("number"), ("number",), width=18, always=True),
        Part("issued_on", _("issued on"), ("issued_on", "issued_precision"), Type.DATE, turn=known_date, always=True),
        Part("issuer", _("issued by"), ("issuer",), width=36, always=True),
        Part("kind", _("kind"), ("kind",), Type.CHOICE, 18, words=Decision.Kind.choices),
        Part("subject", _("subject"), ("subject",), width=60),
        Part("signed_by", _("signed by"), ("signed_by",)),
        Part("signer_position", _("signer's position"), ("signer_position",), width=30),
        Part("effective_on", _("in force from"), ("effective_on",), Type.DATE, 14),
        Part("unit_code", _("unit’s code"), ("unit__code",), width=18),
        Part("unit", _("kept by"), ("unit__name",), width=40),
        Part("published", _("published on"), ("published_at",), Type.DATE, 14, turn=day_of),
    ),
    find=find_decisions,
    stem="quyet-dinh",
    event="decisions_exported",
    page="records:staff_decision_export",
    section="decision",
)

LISTS = (MEMBERS_OUT, MEMBERSHIPS_OUT, UNITS_OUT, DECISIONS_OUT, AWARDS_OUT, AWARD_TYPES_OUT)
