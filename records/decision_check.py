"""What is missing or odd about a decision before it is published; every finding says where it is mended."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from records.models import Award, Decision

# Beyond so many a decision is checked in part, and the page says so.
CHECKED = 2000


@dataclass
class Finding:
    """One thing to look at. `award` is None where it is about the decision; `part` says what mends it: "decision",
    "scan", "recipients" or "award"."""

    title: str
    part: str
    award: object = None
    note: str = ""
    serious: bool = False


def check(decision, user, today):
    """The findings about a decision and up to CHECKED of its awards; three queries, however many awards."""
    awards = list(decision.awards.select_related("type").order_by("list_position", "pk")[:CHECKED])
    found = list(of_decision(decision, awards, today))
    twins = Award.objects.readable_by(user).twins_of(awards) if awards else {}
    for place, award in enumerate(awards):
        found += of_award(award, twins.get(place))
    return found, awards


def of_decision(decision, awards, today):
    """What is missing of the decision itself."""
    if not decision.number:
        yield Finding(_("The decision has no number."), "decision", serious=True)
    elif not decision.number_is_understood:
        note = _("“%(number)s” does not follow the official pattern; it is kept as printed.")
        yield Finding(_("The number was not understood."), "decision", note=note % {"number": decision.number})
    if decision.issued_on > today:
        yield Finding(_("The date of the decision lies in the future."), "decision", serious=True)
    if decision.issued_precision != Decision.Precision.DAY:
        yield Finding(_("The day of the decision is not known."), "decision")
    if not decision.signed_by:
        yield Finding(_("Who signed is not recorded."), "decision")
    if not decision.file:
        yield Finding(_("There is no scan."), "scan")
    if not awards and decision.kind == Decision.Kind.GRANT:
        yield Finding(_("The decision has no recipients yet."), "recipients", serious=True)


def of_award(award, twin):
    """What is missing of one award or odd about it."""
    kind, day = award.recipient_kind, award.decided_on
    if not award.type.may_go_to(kind):
        note = _("%(award)s does not go to this kind of recipient (%(basis)s).")
        yield Finding(_("The award does not fit the recipient."), "award", award,
                      note % {"award": award.type, "basis": award.type.legal_basis}, serious=True)  # fmt: skip
    if (award.type.valid_from and day < award.type.valid_from) or (award.type.valid_to and day >= award.type.valid_to):
        note = _("%(award)s could not be given on %(day)s.") % {"award": award.type, "day": f"{day:%d/%m/%Y}"}
        yield Finding(_("The award was not in force on that day."), "award", award, note, serious=True)
    if twin:
        note = _("%(award)s by decision %(decision)s") % {"award": twin, "decision": twin.decision}
        yield Finding(_("The same award may be in the register twice."), "award", award, note, serious=True)
    if kind != Award.RecipientKind.HOUSEHOLD and not (award.member_id or award.collective_id):
        yield Finding(_("The recipient is not linked to the register."), "award", award)
    if not award.period_start and award.type.family != award.type.Family.BADGE:
        yield Finding(_("The years of the achievement are not recorded."), "award", award)


def grouped(findings):
    """The findings by title, the serious first, each with its rows: [(title, serious, findings)]."""
    groups = {}
    for one in findings:
        groups.setdefault(one.title, []).append(one)
    rows = [(title, any(one.serious for one in found), found) for title, found in groups.items()]
    return sorted(rows, key=lambda row: not row[1])
