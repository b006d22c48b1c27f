"""How a campaign's registrations leave the register: so that the import takes them for the same."""

from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from campaigns.forms.registrations import StaffRegistrationFilter
from campaigns.lists.exporting import quantities, told_amount, told_result, within
from campaigns.lists.finding import fields_of
from campaigns.models import Campaign, Pledge, Registration
from campaigns.sheet_kinds import REGISTRATIONS
from records.access import seen
from records.export_lists import NUMBER
from records.lists.exporting import Outgoing, Part, known_date, part_of
from records.sheets.planning import Type


def find_registrations(user, params, slug):
    campaign = seen(Campaign.objects, user, slug=slug)
    form = StaffRegistrationFilter(params, campaign, user)
    activities = list(campaign.activities.order_by("order", "pk"))
    rows = form.narrow(Registration.objects.visible_to(user).filter(campaign=campaign))
    for name in ("quantity", "done_quantity"):
        rows = quantities(rows, Pledge.objects.filter(registration=OuterRef("pk")), name, activities)
    more = tuple(part for one in activities for part in chosen_and_done(one))
    rows = rows.order_by("unit_path", "pk")
    return within(campaign, rows, form, _("Registrations"), "campaigns:staff_registration_list", more=more)


def chosen_and_done(activity):
    """The two columns of an activity, under the headers by which the import knows them."""
    known = {field.name.partition(":")[0]: field for field in fields_of(activity)}
    for about, source, turn in (
        ("activity", f"quantity_{activity.pk}", told_amount(activity)),
        ("done", f"done_quantity_{activity.pk}", told_result(activity)),
    ):
        field = known[about]
        header = field.synonyms[0]
        yield Part(f"{about}_{activity.pk}", field.title, (source,), Type.NUMBER, 18, header, turn=turn)


REGISTRATIONS_OUT = Outgoing(
    code="registrations",
    title=_("list of registrations"),
    parts=(
        NUMBER,
        part_of(REGISTRATIONS, "code", "member__public_id", width=11, always=True),
        part_of(REGISTRATIONS, "name", "member__full_name", width=28, always=True),
        part_of(REGISTRATIONS, "birth", "member__birth_date", "member__birth_precision", turn=known_date),
        part_of(REGISTRATIONS, "position", "member__position", width=30),
        part_of(REGISTRATIONS, "unit_code", "unit__code", width=18, always=True),
        part_of(REGISTRATIONS, "unit", "unit__name", width=44),
        part_of(REGISTRATIONS, "status", "status"),
        part_of(REGISTRATIONS, "registered", "registered_on", width=14),
        part_of(REGISTRATIONS, "rating", "rating", width=22),
        part_of(REGISTRATIONS, "aim", "aims_at__name", width=30),
        part_of(REGISTRATIONS, "own_words", "own_words", width=50),
    ),
    find=find_registrations,
    stem="dang-ky",
    event="registrations_exported",
    page="campaigns:staff_registration_export",
    section="campaign",
    of_people=True,
    where=("slug",),
)
