"""What of a campaign's registrations a list may write, and when: one set of rules for planning and for writing."""

from django.utils.translation import gettext as _

from campaigns.models import Campaign, Registration
from campaigns.models.registrations import COUNTED
from records.models import Member
from records.models.members import ACTIVE

PLEDGE = "pledge:"
Status = Registration.Status


def pledge_key(activity):
    """Under which key a plan keeps what a member chose of an activity: [quantity, done], or None for nothing."""
    return f"{PLEDGE}{activity}"


def activity_of(key):
    """The key of the activity that a plan's key is about, None for a column of the registration."""
    return int(key.removeprefix(PLEDGE)) if key.startswith(PLEDGE) else None


def as_amount(value):
    """A quantity as a plan keeps it: the same text for equal numbers."""
    return None if value is None else format(value.normalize(), "f")


def why_shut(status, results=False):
    """Why a campaign of the status takes no registration, or no result, in words; empty where it does."""
    match status:
        case Campaign.Status.LAUNCHED:
            return ""
        case Campaign.Status.REVIEWING if results:
            return ""
        case Campaign.Status.REVIEWING:
            return _("The campaign is under review: registration has ended, results may still be entered.")
        case Campaign.Status.DRAFT:
            return _("The campaign has not been launched yet; registrations are entered once it is.")
        case Campaign.Status.CANCELLED:
            return _("The campaign was cancelled; nothing more is entered.")
    return _("The campaign is closed; its figures are frozen.")


def is_result(before, after):
    """Whether a change is about what was done only: quantities done of what was chosen, finished, how well."""
    for key, value in after.items():
        was = before.get(key)
        if key == "status" and not (was in COUNTED and value == Status.DONE):
            return False
        if activity_of(key) is None:
            if key not in ("status", "rating"):
                return False
        elif was is None or value is None or was[0] != value[0]:
            return False
    return True


def why_not(standing):
    """Why a member of the standing does not register, in words; empty for one who does."""
    if standing in ACTIVE:
        return ""
    if standing == Member.Standing.EXEMPT:
        return _("Exempt from work and meetings: does not register and is not counted.")
    return _("This member does not take part in campaigns now.")


def covered(campaign, units):
    """Of the units with these keys those that a campaign concerns."""
    return set(campaign.units().filter(pk__in=units).values_list("pk", flat=True))
