"""Lists of where people belong: transfers, temporary attachments and their ends, leaving, and periods of the past."""

from collections import defaultdict
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records.lists.base import Draft, ListPlanner
from records.lists.decisions import Decisions
from records.lists.membership_fields import ATTACH, FIRST, LEAVING, MOVES, PAST, RETURN, TRANSFER
from records.lists.people import PersonFinder
from records.models import Member, Membership, Transfer
from records.models.members import PRESENT, MembershipKind
from records.sheets.planning import Finding, Outcome, PlannedRow
from records.sheets.values import EMPTY, ERASED
from records.templatetags.marks import DASH, partial_date

OFFICIAL, TEMPORARY = MembershipKind.OFFICIAL.value, MembershipKind.TEMPORARY.value
NAMES = 500


class MembershipPlanner(ListPlanner):
    """Plans rows of acts on people: each by the person, what happens, the unit and the day."""

    model = Member
    makes_new = False

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.people, self.decisions = PersonFinder(self.places), Decisions(context)
        self.periods, self.waiting, self.looked_at = defaultdict(list), {}, set()

    def read(self, row):
        draft = Draft(row, row.text("name"))
        said = self.people.read(self.reader, draft)
        read, extra, findings = self.reader.value, draft.extra, draft.findings
        if not (draft.label or said.code or said.card):
            self.missing(draft, "name")
        draft.label = draft.label or said.code or said.card
        for name in ("since", "until", "decided"):
            day = read(row, name, findings)
            extra[name] = day[0] if day and day != ERASED else ""
        said.unit = row.text("from_code") or row.text("from") or said.unit
        extra["to"] = row.text("to_code") or row.text("to") or self.context.settings.get("to", "")
        extra["act"] = read(row, "act", findings) or (TRANSFER if extra["to"] else "")
        extra["reason"] = read(row, "reason", findings) or ""
        extra["decision"] = row.text("decision") or self.context.settings.get("decision", "")
        self.read_whole(draft)
        return draft

    def read_whole(self, draft):
        extra, act = draft.extra, draft.extra["act"]
        today = self.context.on.isoformat()
        for name in ("since", "until"):
            if extra[name] > today and self.context.mend("to_come", name) == EMPTY:
                extra[name] = ""
            elif extra[name] > today:
                title, day = _("The day is still to come."), partial_date(date.fromisoformat(extra[name]))
                words = _("The day is still to come: %(day)s.") % {"day": day}
                draft.findings.append(Finding("to_come", name, day, words, title))
        if extra["until"] and act in (TRANSFER, ATTACH, FIRST):
            extra["kind"], extra["act"] = TEMPORARY if act == ATTACH else OFFICIAL, PAST
        if not act and not any(finding.field == "act" for finding in draft.findings):
            self.missing(draft, "act")
        if not extra["since"] and not any(finding.field == "since" for finding in draft.findings):
            self.missing(draft, "since")
        if extra["act"] in MOVES and not extra["to"]:
            self.missing(draft, "to")
        if extra["until"] and extra["until"] < extra["since"]:
            self.find(draft, "ends_early", "until", _("A membership cannot end before it starts."))

    def find(self, draft, code, name, words, title=""):
        draft.findings.append(Finding(code, name, draft.label, words, title or words))

    # Who and where

    def look_up(self, drafts):
        self.places.learn({text for draft in drafts for text in (draft.extra["to"], draft.row.text("to"))})
        self.decisions.learn({draft.extra["decision"] for draft in drafts})
        for draft in drafts:
            self.find_receiver(draft)
        self.people.look_up(drafts)
        keys = {person.pk for draft in drafts for person in draft.matches} - self.looked_at
        self.looked_at |= keys
        self.learn_periods(sorted(keys))
        self.places.learn_keys({one.unit_id for key in keys for one in self.periods[key]})

    def learn_periods(self, keys):
        """Where people belonged and belong, and the transfers of theirs that wait for an answer."""
        columns = ("member_id", "kind", "unit_id", "valid_from", "valid_to", "decision_id", "end_reason")
        for start in range(0, len(keys), NAMES):
            some = keys[start : start + NAMES]
            periods = Membership.objects.filter(member__in=some).order_by("valid_from", "pk")
            for period in periods.values_list(*columns, named=True):
                self.periods[period.member_id].append(period)
            waiting = Transfer.objects.waiting().filter(member__in=some)
            for transfer in waiting.values_list("member_id", "to_unit_id", "moves_on", named=True):
                self.waiting[transfer.member_id] = transfer

    def find_receiver(self, draft):
        """The unit a person goes to; for a transfer it may be one that others keep."""
        draft.extra["receiver"] = None
        if text := draft.extra["to"] if draft.extra["act"] in (*MOVES, FIRST) else "":
            anywhere = draft.extra["act"] == TRANSFER
            place, finding = self.places.find(text, "to", draft.row.groups, anywhere)
            draft.findings += [finding] if finding else []
            draft.extra["receiver"] = draft.extra["person"].by_now = place

    def identity(self, draft):
        person, extra = self.people.identity(draft), draft.extra
        return person and (person, extra["act"], extra.get("kind"), extra["since"])

    def said_by(self, draft):
        names = ("until", "to", "decision", "decided", "reason")
        return {name: draft.extra[name] for name in names}

    def candidate(self, draft, record):
        return self.people.candidate(draft, record)

    def claim(self, draft, record):
        """Of what is as it is, and of periods of the past, a person may have many rows: `check` claims the others."""

    # What becomes of the row

    def check(self, draft, record):
        extra = draft.extra
        if record is None:
            self.people.unknown(draft, extra["person"])
            return
        extra["decision_id"], finding = self.decisions.find(extra["decision"], extra["decided"])
        draft.findings += [finding] if finding else []
        if draft.findings:
            return
        extra["record"], periods = record, self.periods[record.pk]
        extra["open"] = {one.kind: one for one in periods if one.valid_to is None}
        extra["same"] = CHECKS[extra["act"]](self, draft, record, periods)
        if extra["same"] and draft.row.text("to_code"):
            finding = self.places.contradiction(extra["receiver"], draft.row.text("to"), "to", draft.row.groups)
            draft.findings += [finding] if finding else []
        if not extra["same"] and extra["act"] != PAST:
            # What changes the present is one act a list.
            super().claim(draft, record)

    def check_from(self, draft, record):
        """Whether the person is where the row says that it leaves."""
        said = draft.extra["person"]
        if said.unit and said.place and not record.unit_path.startswith(said.place.path):
            own = self.places.get(record.unit_id)
            words = _("The register has %(name)s at %(unit)s.")
            told = words % {"name": record.full_name, "unit": own.in_full if own else DASH}
            self.find(draft, "elsewhere", "from", told, _("The register has them at another unit."))

    def check_open(self, draft, kind):
        """Whether there is a membership to end, and the day is not before its start."""
        opened, since = draft.extra["open"].get(kind), draft.extra["since"]
        if opened is None:
            self.find(draft, "none_open", "act", _("The person has no open membership of this kind."))
        elif since < opened.valid_from.isoformat():
            place = self.places.get(opened.unit_id)
            words = _("The person belongs to %(unit)s only since %(day)s.")
            told = words % {"unit": place.name if place else DASH, "day": partial_date(opened.valid_from)}
            self.find(draft, "before_start", "since", told, _("The day is before the start of the membership."))

    def check_receiver(self, draft):
        receiver = draft.extra["receiver"]
        if receiver.dissolved:
            words = _("“%(text)s” has been dissolved.") % {"text": receiver.name}
            draft.findings.append(Finding("dissolved", "to", receiver.name, words, one_value=True))

    def check_transfer(self, draft, record, _periods):
        extra, receiver = draft.extra, draft.extra["receiver"]
        opened, waiting = extra["open"].get(OFFICIAL), self.waiting.get(record.pk)
        if opened and record.unit_id == receiver.pk:
            return self.check_again(draft, opened)
        if waiting:
            if (waiting.to_unit_id, waiting.moves_on.isoformat()) == (receiver.pk, extra["since"]):
                return True
            self.find(draft, "waiting", "to", _("A transfer of this person is waiting already. Call it off first."))
        self.check_from(draft, record)
        self.check_open(draft, OFFICIAL)
        self.check_receiver(draft)
        extra["asks"] = not self.places.reaches(receiver.path)
        return False

    def check_again(self, draft, period):
        """Whether a membership the register has is the one of the row; a finding where it is of another day."""
        same_decision = draft.extra["decision_id"] in (None, period.decision_id)
        if period.valid_from.isoformat() == draft.extra["since"] and same_decision:
            return True
        words = _("The person belongs to this unit already, since %(day)s.")
        told = words % {"day": partial_date(period.valid_from)}
        self.find(draft, "there_already", "to", told, _("The person belongs to this unit already, on other terms."))
        return False

    def check_attach(self, draft, record, _periods):
        receiver, opened = draft.extra["receiver"], draft.extra["open"].get(TEMPORARY)
        if opened and opened.unit_id == receiver.pk:
            return self.check_again(draft, opened)
        if opened:
            self.find(draft, "attached", "act", _("End the present temporary attachment first."))
            return False
        if record.unit_id == receiver.pk:
            self.find(draft, "own_unit", "to", _("The person already belongs to this unit."))
        self.check_from(draft, record)
        self.check_present(draft, record)
        self.check_receiver(draft)
        self.check_apart(draft, TEMPORARY)
        return False

    def check_present(self, draft, record):
        if record.standing not in PRESENT:
            self.find(draft, "gone", "act", _("The person no longer belongs to the Party."))

    def check_return(self, draft, record, periods):
        if TEMPORARY not in draft.extra["open"]:
            ended = [one for one in periods if one.kind == TEMPORARY and one.end_reason == "return"]
            if ended and ended[-1].valid_to.isoformat() == draft.extra["since"]:
                return True
        self.check_open(draft, TEMPORARY)
        return False

    def check_leaving(self, draft, record, periods):
        extra, standing = draft.extra, LEAVING[draft.extra["act"]]
        if record.standing not in PRESENT:
            ended = [one.valid_to.isoformat() for one in periods if one.kind == OFFICIAL and one.valid_to]
            if record.standing == standing and ended and max(ended) == extra["since"]:
                return True
            words = _("The register has the person as gone already, on another day or otherwise.")
            self.find(draft, "gone", "act", words)
            return False
        if not (extra["decision_id"] or extra["reason"]):
            self.find(draft, "missing", "reason", _("Name the decision or give the reason."))
        for kind in extra["open"]:
            self.check_open(draft, kind)
        return False

    def check_first(self, draft, record, _periods):
        extra = draft.extra
        if opened := extra["open"].get(OFFICIAL):
            receiver = extra["receiver"]
            if receiver is None or receiver.pk == opened.unit_id:
                return self.check_again(draft, opened)
        if opened or extra["receiver"] and extra["receiver"].pk != record.unit_id:
            words = _("A membership begins at the person’s own unit; another one is entered as a transfer.")
            self.find(draft, "not_own", "to", words)
            return False
        extra["receiver"] = self.places.get(record.unit_id)
        extra["standing"] = record.standing if record.standing in PRESENT else Member.Standing.FULL.value
        self.check_receiver(draft)
        self.check_apart(draft, OFFICIAL)
        return False

    def check_past(self, draft, record, periods):
        extra, receiver = draft.extra, draft.extra["receiver"]
        told = (extra["kind"], receiver.pk, extra["since"], extra["until"])
        for one in periods:
            if told == (one.kind, one.unit_id, one.valid_from.isoformat(), one.valid_to and one.valid_to.isoformat()):
                if extra["decision_id"] not in (None, one.decision_id):
                    words = _("The register has this time already, but not by this decision.")
                    self.find(draft, "other_decision", "decision", words)
                return True
        self.check_apart(draft, extra["kind"], extra["until"])
        if not draft.findings:
            self.periods[record.pk].append(planned_period(record, draft))
        return False

    def check_apart(self, draft, kind, until=""):
        """Whether no other membership of the kind covers a day of the new one."""
        since = draft.extra["since"]
        for one in self.periods[draft.extra["record"].pk]:
            begins, ends = one.valid_from.isoformat(), one.valid_to and one.valid_to.isoformat()
            if one.kind == kind and (not until or begins < until) and (not ends or ends > since):
                place = self.places.get(one.unit_id) if self.sees(one.unit_id) else None
                words = _("In that time the person belonged to %(unit)s (%(since)s – %(until)s).") % {
                    "unit": place.name if place else _("another unit"),
                    "since": partial_date(one.valid_from),
                    "until": partial_date(one.valid_to) if one.valid_to else "…",
                }
                title = _("The person already belongs to a unit in that time.")
                draft.findings.append(Finding("overlaps", "since", draft.label, words, title))
                return

    def sees(self, unit):
        place = self.places.get(unit)
        return place is not None and (place.listed or self.places.reaches(place.path))

    # How it is told

    def created(self, draft):
        raise NotImplementedError  # `check` refuses rows about nobody.

    def compared(self, draft, record):
        extra = draft.extra
        if extra["same"]:
            return PlannedRow(draft.row, Outcome.SAME, draft.label, target=record.pk)
        receiver, act = extra["receiver"], extra["act"]
        after = {
            "act": act,
            "on": extra["since"],
            "unit_id": receiver.pk if receiver else None,
            "decision_id": extra["decision_id"],
            "reason": extra["reason"],
            "asks": extra.get("asks") or None,
            "standing": extra.get("standing") or LEAVING.get(act),
            "until": extra["until"] or None,
            "kind": extra.get("kind"),
        }
        planned = PlannedRow(draft.row, Outcome.CHANGE, draft.label, target=record.pk)
        planned.after = {name: value for name, value in after.items() if value not in (None, "")}
        if act != PAST:
            names = ("unit_id", "attached_to_id", "standing")
            planned.before = {name: getattr(record, name) for name in names}
        planned.shown = list(self.shown_of(draft, record))
        return planned

    def shown_of(self, draft, record):
        """(field, before, after) in words: where the person belongs, by which act, from which day on."""
        extra, act = draft.extra, draft.extra["act"]
        own, receiver = self.places.get(record.unit_id), extra["receiver"]
        now, then = own.in_full if own else DASH, receiver.in_full if receiver else DASH
        if act == TRANSFER:
            words = _("%(unit)s, once that unit confirms") if extra["asks"] else "%(unit)s"
            yield capfirst(_("unit")), now, words % {"unit": then}
        elif act in (ATTACH, RETURN):
            attached = self.places.get(record.attached_to_id) if record.attached_to_id else None
            then = then if act == ATTACH else DASH
            yield capfirst(_("temporarily attached to")), attached.in_full if attached else DASH, then
        else:
            standing = extra.get("standing") or LEAVING.get(act)
            words = dict(Member.Standing.choices)
            if standing and standing != record.standing:
                yield capfirst(_("standing")), capfirst(str(words[record.standing])), capfirst(str(words[standing]))
        if act in (FIRST, PAST):
            yield capfirst(_("unit")), DASH, then
        days = [partial_date(date.fromisoformat(extra[name])) for name in ("since", "until") if extra[name]]
        yield _("From day"), DASH, " – ".join(days)


def planned_period(record, draft):
    """A period that a row brings, as the register's own are looked at."""
    period, extra = Membership(member_id=record.pk, unit_id=draft.extra["receiver"].pk), draft.extra
    period.kind, period.valid_from = extra["kind"], date.fromisoformat(extra["since"])
    period.valid_to = date.fromisoformat(extra["until"])
    return period


CHECKS = {
    TRANSFER: MembershipPlanner.check_transfer,
    ATTACH: MembershipPlanner.check_attach,
    RETURN: MembershipPlanner.check_return,
    FIRST: MembershipPlanner.check_first,
    PAST: MembershipPlanner.check_past,
    **dict.fromkeys(LEAVING, MembershipPlanner.check_leaving),
}
