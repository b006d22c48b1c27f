"""What the software says of a unit's plan: what is missing before it can be handed in, what an approver should know."""

from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.translation import gettext as _

from campaigns.models.figures import rate
from campaigns.templatetags.campaign_parts import quantity
from records.papers import is_what_it_says
from records.templatetags.marks import percent, reaches


@dataclass(frozen=True)
class Gap:
    """Something a plan must say before it is handed in, and the field of its form where it is said."""

    field: str
    text: str


@dataclass(frozen=True)
class Check:
    """One finding: `good`, or something to look at."""

    good: bool
    text: str


def gaps(plan, lines):
    """What keeps a plan from being handed in, in the order of its form."""
    found = []
    if not plan.number:
        found.append(Gap("number", _("The plan’s number is missing.")))
    if not plan.dated:
        found.append(Gap("dated", _("The plan’s date is missing.")))
    if not plan.file:
        found.append(Gap("file", _("The plan itself is not attached.")))
    elif not opens(plan.file):
        found.append(Gap("file", _("The attached file cannot be opened; attach it again.")))
    if not plan.person_in_charge:
        found.append(Gap("person_in_charge", _("Nobody is named as being in charge.")))
    if not plan.member_target:
        found.append(Gap("member_target", _("It does not say how many members are to register.")))
    if not lines:
        found.append(Gap("activities", _("No activity is chosen.")))
    for line in lines:
        if line.target is None:
            said = _("“%(activity)s” has no quantity.") % {"activity": line.activity.name}
            found.append(Gap(f"target_{line.activity_id}", said))
    return found


def opens(kept):
    """Whether a stored file is there and is what its ending says."""
    try:
        with kept.storage.open(kept.name, "rb") as stream:
            return is_what_it_says(kept.name, stream)
    except OSError:
        return False


def checks(plan, lines, figures):
    """What was looked at: the member target, the quantities, who is in charge, the file, what is registered already.

    `figures` has eligible, and registered quantities by activity.
    """
    found = [member_check(plan, figures.eligible)]
    found += line_checks(lines)
    if plan.person_in_charge:
        found.append(Check(True, _("Somebody is in charge")))
    else:
        found.append(Check(False, _("Nobody is named as being in charge")))
    if plan.file and opens(plan.file):
        found.append(Check(True, _("The file opens")))
    else:
        text = _("The attached file cannot be opened") if plan.file else _("No file is attached")
        found.append(Check(False, text))
    for line in lines:
        registered = figures.quantities.get(line.activity_id)
        if registered and line.target is not None and registered > line.target:
            said = _("%(registered)s %(measure)s registered, beyond the target of %(target)s: %(activity)s")
            values = {"registered": quantity(registered), "measure": line.activity.measure}
            values |= {"target": quantity(line.target), "activity": line.activity.name}
            found.append(Check(False, " ".join((said % values).split())))
    return found


def member_check(plan, eligible):
    """Whether the members to register reach the campaign's share, and are no more than there are."""
    asked = plan.campaign.target_member_rate
    if not plan.member_target:
        return Check(False, _("It does not say how many members are to register"))
    if not eligible:
        return Check(False, _("The unit has no member who could register"))
    if plan.member_target > eligible:
        said = _("The target of %(target)s members is more than the %(eligible)s the unit has")
        return Check(False, said % {"target": localize(plan.member_target), "eligible": localize(eligible)})
    share = rate(plan.member_target, eligible)
    if reaches(share, asked):
        return Check(True, _("The member target is %(rate)s%% or more") % {"rate": asked})
    return Check(
        False, _("The member target is %(share)s, below %(rate)s%%") % {"share": percent(share, asked), "rate": asked}
    )


def line_checks(lines):
    """Whether every activity says how much of what."""
    silent = [line.activity.name for line in lines if line.target is None]
    if not lines:
        return [Check(False, _("No activity is chosen"))]
    if silent:
        return [Check(False, _("Without a quantity: %(activities)s") % {"activities": "; ".join(silent)})]
    return [Check(True, _("Every activity has a quantity"))]
