"""Lists of registrations: members of the register, what they chose in a campaign, what they have done of it, how well.

The campaign is said for the whole file (setting `campaign`, its slug) or found by its title in the lines above the
header. Its activities are columns of their own (`activity_fields`, by `Kind.more_fields`): `activity:<pk>` holds a tick
or a quantity, `done:<pk>` what was done; beside them `content` names activities in words. A row says something of one
member; several rows may be about one. Nothing is withdrawn because a list is silent about it.

Findings and the mends that answer them (besides those of `records.sheets.values` and `records.lists.people`):
`activity|content|<text>`: as:<name of an activity>, empty. `award|aim|<text>`: as:<name of an award>, empty.
`measure|measure|<text>`: take (the number counts in the campaign's measure). `whose|quantity|`, `whose|done|`: empty.
`no_quantity`, `not_a_number`, `number_two_ways` of a column: empty, as:<number>, point, comma.
`no_activity|content|`: register (without choices). `late|registered|`: enter. `withdrawn|status|`: again, or for one
row the pick "<member>:again". `not_chosen|done|`: add. `status_back|status|`: empty.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.lists.choices import TICK, ChoiceReader
from campaigns.lists.finding import find_campaign
from campaigns.lists.rules import PLEDGE, activity_of, as_amount, covered, is_result, pledge_key, why_not, why_shut
from campaigns.models import Pledge, Registration
from campaigns.templatetags.campaign_parts import quantity as written
from records.lists.base import Draft, ListPlanner, as_json, offered
from records.lists.people import PersonFinder
from records.models import AwardType
from records.models.award_types import award_key
from records.models.members import ACTIVE
from records.sheets.planning import Finding, Outcome, PlannedRow
from records.sheets.values import AS, EMPTY, ERASED
from records.templatetags.marks import DASH

AGAIN, ADD, ENTER, REGISTER = "again", "add", "enter", "register"
COLUMNS = ("status", "rating", "own_words", "aims_at_id", "registered_on", "withdrawn_reason")
Status = Registration.Status


@dataclass(slots=True)
class Held:
    """What is known of a member's registration: by the register, and by the rows of the list so far.

    `state` has the columns and a pair [quantity, done] for each activity; `said` what rows of this list said, the
    first of them `row`. `settled` says that the result was entered before the list came.
    """

    pk: int | None = None
    campaign: int | None = None
    unit_path: str = ""
    state: dict = field(default_factory=dict)
    said: dict = field(default_factory=dict)
    row: int | None = None
    settled: bool = False

    @property
    def status(self):
        return self.state.get("status")


class RegistrationPlanner(ListPlanner):
    """Plans rows about members the register has: registered anew, or changed in what they chose and have done."""

    model = Registration
    makes_new = False

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.people = PersonFinder(self.places, visitors=True, granted=self.registered_here)
        self.campaign = self.choices = None
        self.held, self.concerned = {}, {}

    def begin(self, layout):
        super().begin(layout)
        campaign, note = find_campaign(self.context, layout.titles, self.campaign)
        self.notes += [note] if note and note not in self.notes else []
        if campaign != self.campaign:
            self.campaign = campaign
            self.held, self.concerned = {}, {}
        self.activities = {one.pk: one for one in campaign.activities.order_by("order", "pk")}
        self.choices = ChoiceReader(self.kind, self.context, self.activities.values(), self.reader.signs)
        names = {column.field.name.partition(":")[0] for column in layout.matched}
        self.names_activities = bool(names & {"content", "activity"} or self.context.settings.get("content"))

    # What a row says

    def read(self, row):
        draft = Draft(row, row.text("name"))
        self.people.read(self.reader, draft)
        if not draft.label and not row.text("code"):
            self.missing(draft, "name")
        for name in ("rating", "status", "own_words"):
            if (value := self.reader.value(row, name, draft.findings)) is not None:
                draft.values[name] = value
        if aim := self.reader.value(row, "aim", draft.findings):
            draft.values["aims_at_id"] = aim if aim == ERASED else self.aim(draft, aim)
        if day := self.reader.value(row, "registered", draft.findings):
            self.read_day(draft, day)
        draft.extra["told"] = self.choices.read(row, draft.findings)
        return draft

    def read_day(self, draft, day):
        to_come = day[0] > self.context.on.isoformat()
        if day == ERASED or (to_come and self.context.mend("to_come", "registered") == EMPTY):
            return
        # What holds for the whole file is for those registered by it; it corrects nobody's day.
        where = draft.values if draft.row.text("registered") else draft.extra
        where["registered_on"] = day[0]
        if to_come:
            words = _("The day is still to come: %(day)s.")
            told = draft.row.text("registered") or day[0]
            draft.findings.append(Finding("to_come", "registered", told, words % {"day": told}, words % {"day": "…"}))

    @cached_property
    def types(self):
        """Every award type by the keys it is printed under."""
        return AwardType.objects.all().by_printed_name()

    def aim(self, draft, text):
        """The key of the award type that a text names, None with a finding."""
        said = self.context.mend("award", "aim", text)
        if found := self.types.get(award_key(said.removeprefix(AS) if said.startswith(AS) else text)):
            return found.pk
        if said != EMPTY:
            words = _("The register has no award called “%(text)s”.") % {"text": text}
            draft.findings.append(Finding("award", "aim", text, words, one_value=True))
        return None

    # Who is meant

    def registered_here(self, keys):
        """Of members whom others keep by now, those whose registration stayed with a unit that the user keeps."""
        rows = Registration.objects.filter(campaign=self.campaign, member__in=keys).values_list("member", "unit_path")
        return {member for member, path in rows if self.reaches(path)}

    def look_up(self, drafts):
        self.people.look_up(drafts)
        for draft in drafts:
            if len(draft.matches) > 1 and (here := [one for one in draft.matches if one.standing in ACTIVE]):
                draft.matches = here
        matches = [one for draft in drafts for one in draft.matches]
        self.places.fetch({one.unit_id for one in matches} | {place_of(one) for one in matches})
        if fresh := {one.pk for one in matches} - self.held.keys():
            rows = Registration.objects.filter(campaign=self.campaign, member__in=fresh)
            self.held |= {key: Held() for key in fresh} | held_by(rows, "member")
        if places := {place_of(one) for one in matches} - self.concerned.keys():
            inside = covered(self.campaign, places)
            self.concerned |= {key: key in inside for key in places}

    def chosen(self, draft):
        picked, _colon, also = self.context.picks.get(f"{draft.row.sheet}!{draft.row.number}", "").partition(":")
        draft.extra["again"] = AGAIN in (also, self.context.mend("withdrawn", "status"))
        found = [one for one in draft.matches if str(one.pk) == picked]
        return (found[0], False) if found else super().chosen(draft)

    def candidate(self, draft, record):
        return self.people.candidate(draft, record)

    # What becomes of the row

    def settle(self, draft):
        if any(finding.code == "missing" for finding in draft.findings):
            return self.refused(draft)
        person, undecided = self.chosen(draft)
        if not draft.findings and not undecided and person is None:
            self.people.unknown(draft, draft.extra["person"])
        if draft.findings:
            return self.refused(draft)
        if undecided:
            return self.ambiguous(draft)
        draft.label = draft.label or person.full_name
        return self.weigh(draft, person, self.held[person.pk])

    def weigh(self, draft, person, held):
        """The outcome of a row about a member."""
        self.lend(draft, held)
        says = self.wanted(draft, held)
        if not says and not draft.findings:
            return self.silent(draft, held)
        after = {key: value for key, value in says.items() if value != held.state.get(key)}
        if held.status == Status.WITHDRAWN and after and "status" not in after and not draft.findings:
            return self.withdrawn(draft, person, held)
        self.look_twice(draft, held)
        if after:
            self.judge(draft, person, held, after)
        if draft.findings:
            return self.refused(draft)
        repeats = held.row is not None and not after
        planned = self.planned(draft, person, held, after)
        if repeats and held.said:
            words = _("The same as row %(number)d; entered once.") % {"number": held.row}
            title = _("Said twice in the list; entered once.")
            planned.findings = [Finding("said_twice", "", draft.label, words, title)]
        held.said |= said_by(draft)
        held.row = held.row or draft.row.number
        return planned

    def lend(self, draft, held):
        """Give a quantity or result that names no activity to the only one the member has chosen."""
        told = draft.extra["told"]
        for name in ("quantity", "done"):
            cell = getattr(told, name)
            if cell in (None, ""):
                continue
            chosen = [activity_of(key) for key, pledge in held.state.items() if activity_of(key) and pledge]
            only = list(told.wishes) or chosen
            if len(only) == 1:
                self.choices.give(draft.row, name, self.activities[only[0]], cell, told, draft.findings)
            elif name == "done" and self.choices.is_about_all(cell, told):
                continue
            elif self.context.mend("whose", name) != EMPTY:
                draft.findings.append(self.choices.whose(name, cell))
        if told.rating:
            draft.values.setdefault("rating", told.rating)

    def wanted(self, draft, held):
        """What the registration would hold by the row: only what the row says, and what follows of that."""
        told, values, says = draft.extra["told"], draft.values, {}
        for name in ("rating", "own_words", "aims_at_id", "registered_on"):
            if values.get(name) is not None:
                says[name] = (None if name == "aims_at_id" else "") if values[name] == ERASED else values[name]
        for activity, wish in told.wishes.items():
            key = pledge_key(activity)
            pledge = self.pledge(draft, self.activities[activity], wish, held.state.get(key))
            if pledge != "":
                says[key] = pledge
        registers = any(activity_of(key) for key in says) or {"own_words", "registered_on"} & says.keys()
        registers = registers or self.context.mend("no_activity", "content") == REGISTER and not self.names_activities
        draft.extra["registers"] = bool(registers)
        status = self.status(draft, held)
        return says | ({"status": status} if status else {})

    def pledge(self, draft, activity, wish, now):
        """[quantity, done] as the row has it, None where the choice is taken out, "" where the row says nothing."""
        if wish.quantity == ERASED:
            if now and now[1] is not None:
                words = _("Its result is entered already")
                draft.findings.append(Finding("has_result", "content", activity.name, words, one_value=True))
            return None if now else ""
        if now is None and wish.quantity is None:
            if wish.done == ERASED:
                return ""
            if self.context.mend("not_chosen", "done") != ADD:
                words = _("%(name)s has not chosen “%(activity)s”.") % {"name": draft.label, "activity": activity.name}
                title = _("A result is entered of something that was not chosen.")
                draft.findings.append(Finding("not_chosen", "done", activity.name, words, title))
        amount, done = now or [None, None]
        if isinstance(wish.quantity, Decimal):
            amount = as_amount(wish.quantity)
        if wish.done == TICK:
            # All of it: as much as was chosen, or the one of what is not counted.
            full = amount if activity.measure else "1"
            done = full if done is None or not (activity.measure or Decimal(done)) else done
        elif wish.done is not None:
            done = None if wish.done == ERASED else as_amount(wish.done)
        return [amount, done]

    def status(self, draft, held):
        """The status by the row; None where it says nothing of it."""
        said, now = draft.values.get("status"), held.status
        finished = draft.extra["told"].finished or draft.values.get("rating") not in (None, "", ERASED)
        if said == ERASED or (said and self.context.mend("status_back", "status") == EMPTY):
            said = None
        if now == Status.WITHDRAWN:
            if said == Status.WITHDRAWN or not draft.extra["again"]:
                return None
            return (Status.DONE if finished or said == Status.DONE else Status.REGISTERED).value
        if finished and said not in (Status.PENDING, Status.WITHDRAWN):
            said = Status.DONE
        if said is None:
            follows = draft.extra["registers"] and now in (None, Status.PENDING)
            return Status.REGISTERED.value if follows else None
        order = [None, Status.PENDING, Status.REGISTERED, Status.DONE]
        if said == Status.WITHDRAWN or order.index(said) < order.index(now):
            words = _("The list says “%(said)s”, the register “%(now)s”: going back is done at the registration.")
            label = str(Status(said).label)
            told = words % {"said": label, "now": Status(now).label if now else DASH}
            title = _("The list is behind the register: going back is done at the registration.")
            draft.findings.append(Finding("status_back", "status", label, told, title))
            return None
        return str(said)

    def silent(self, draft, held):
        """A row that says nothing: of a list of all members, somebody who does not register."""
        if held.pk or held.row:
            return PlannedRow(draft.row, Outcome.SAME, draft.label, target=held.pk)
        if self.names_activities:
            words = _("Nothing is chosen here; nobody is registered by the row.")
            finding = Finding("nothing_chosen", "content", draft.label, words, words)
            return PlannedRow(draft.row, Outcome.SAME, draft.label, [finding])
        words = _("The list does not say what was chosen.")
        draft.findings.append(Finding("no_activity", "content", draft.label, words, words))
        return self.refused(draft)

    def withdrawn(self, draft, person, held):
        """A row about somebody whose registration was withdrawn: nobody is registered again by a list alone."""
        reason = held.state["withdrawn_reason"]
        words = _("The registration was withdrawn: %(reason)s") % {"reason": reason}
        title = _("People whose registration was withdrawn")
        again = offered(f"{person.pk}:{AGAIN}", _("Register again"), words)
        finding = Finding("withdrawn", "status", draft.label, words, title)
        return PlannedRow(draft.row, Outcome.AMBIGUOUS, draft.label, [finding], target=held.pk, candidates=[again])

    def look_twice(self, draft, held):
        """Refuse a row that says otherwise than an earlier one about the same member."""
        if any(held.said.get(key, value) != value for key, value in said_by(draft).items()):
            words = _("Row %(number)d is about the same one and says otherwise.") % {"number": held.row}
            title = _("Twice in the list, with different particulars.")
            draft.findings.append(Finding("twice", "", draft.label, words, title))

    # What forbids it

    def judge(self, draft, person, held, after):
        """Add why the row may not be written: the campaign, the unit, the member, what is settled already."""
        new = held.status is None
        results = not new and is_result(held.state, after)
        if shut := why_shut(self.campaign.status, results):
            draft.findings.append(Finding("shut", "campaign", self.campaign.title, shut, shut))
        elif new:
            self.judge_new(draft, person)
        elif not self.reaches(held.unit_path):
            words = _("Registered at another unit, whose records you do not keep.")
            draft.findings.append(Finding("out_of_reach", "unit", draft.label, words, words))
        elif held.settled and not results:
            words = _("The result is entered; what was chosen stays as it is.")
            draft.findings.append(Finding("settled", "content", draft.label, words, words))

    def judge_new(self, draft, person):
        place = self.places.get(place_of(person))
        if not draft.extra["registers"]:
            words = _("%(name)s has not registered in this campaign.") % {"name": draft.label}
            title = _("Not registered in this campaign, and the row chooses nothing")
            draft.findings.append(Finding("not_registered", "content", draft.label, words, title))
        elif not self.reaches(place.path):
            words = _("Temporarily attached to another unit: registers and is counted there.")
            draft.findings.append(Finding("out_of_reach", "unit", draft.label, words, words))
        elif reason := why_not(person.standing):
            draft.findings.append(Finding("not_active", "name", draft.label, reason, reason))
        elif not self.concerned[place.pk]:
            words = _("The campaign does not concern “%(unit)s”.") % {"unit": place.name}
            draft.findings.append(Finding("out_of_scope", "unit", place.name, words, one_value=True))
        else:
            self.judge_day(draft)

    def judge_day(self, draft):
        """The day must lie in the time of registration; what came on paper in time is entered later all the same."""
        on = date.fromisoformat(self.day_of(draft))
        if not self.campaign.open_on(on) and self.context.mend("late", "registered") != ENTER:
            words = _("On %(day)s members could not register: %(from)s to %(to)s.")
            first = self.campaign.registration_from or self.campaign.starts_on
            last = self.campaign.registration_to or self.campaign.ends_on
            told = {"day": f"{on:%d/%m/%Y}", "from": f"{first:%d/%m/%Y}", "to": f"{last:%d/%m/%Y}" if last else "…"}
            title = _("Outside the time of registration")
            draft.findings.append(Finding("late", "registered", told["day"], words % told, title))

    def day_of(self, draft):
        return draft.values.get("registered_on") or draft.extra.get("registered_on") or self.context.on.isoformat()

    def reaches(self, path):
        return self.places.reaches(path)

    # The row as planned

    def planned(self, draft, person, held, after):
        if not after:
            return PlannedRow(draft.row, Outcome.SAME, draft.label, target=held.pk)
        if held.status == Status.WITHDRAWN:
            after["withdrawn_reason"] = ""
        before = {key: held.state.get(key) for key in after}
        if held.pk:
            held.state |= after
            planned = PlannedRow(draft.row, Outcome.CHANGE, draft.label, target=held.pk, before=before, after=after)
        else:
            place = place_of(person)
            whole = {"status": Status.REGISTERED.value, "rating": "", "own_words": "", "aims_at_id": None}
            whole |= {"registered_on": self.day_of(draft)}
            whole |= {key: value for key, value in held.state.items() if activity_of(key) is None} | after
            held.state |= whole
            held.unit_path = self.places.get(place).path
            fixed = {"campaign_id": self.campaign.pk, "member_id": person.pk, "unit_id": place}
            planned = PlannedRow(draft.row, Outcome.CREATE, draft.label, after=fixed | whole)
        planned.shown = [line for key in after for line in self.lines(key, before.get(key), after[key])]
        return planned

    def lines(self, key, before, after):
        """(what, before, after) in words of one column, or of what was chosen and done of an activity."""
        if key == "withdrawn_reason":
            return []
        if (activity := activity_of(key)) is None:
            label = capfirst(str(Registration._meta.get_field(key.removesuffix("_id")).verbose_name))
            if key == "aims_at_id":
                names = {one.pk: one.name for one in self.types.values()}
                return [(label, names.get(before, DASH), names.get(after, DASH))]
            return [(label, self.told(key, {key: before}), self.told(key, {key: after}))]
        one = self.activities[activity]
        was, now = [amount(pledge, one) for pledge in (before, after)]
        done = [result(pledge, one) for pledge in (before, after)]
        lines = [(one.name, was, now)] if was != now else []
        if done[0] != done[1]:
            lines.append((_("%(activity)s, done") % {"activity": one.name}, *done))
        return lines


def said_by(draft):
    """What a row says itself, by what it is about: two rows that differ here contradict each other."""
    said = {name: value for name, value in draft.values.items() if value is not None}
    for activity, wish in draft.extra["told"].wishes.items():
        said |= {f"{PLEDGE}{activity}:q": wish.quantity} if wish.quantity not in (None, TICK) else {}
        said |= {f"{PLEDGE}{activity}:d": wish.done} if wish.done not in (None, TICK) else {}
    return said


def place_of(person):
    """The key of the unit where somebody takes part."""
    return person.attached_to_id or person.unit_id


def held_by(rows, key, lock=False):
    """Registrations as a plan knows them, by their key or their member's; two queries, which may lock them."""
    pledges = Pledge.objects.order_by("pk")
    if lock:
        rows, pledges = rows.order_by("pk").select_for_update(), pledges.select_for_update()
    found, by_pk = {}, {}
    for about, pk, campaign, path, *values in rows.values_list(key, "pk", "campaign_id", "unit_path", *COLUMNS):
        state = {name: as_json(value) for name, value in zip(COLUMNS, values, strict=True)}
        # As a cell is read: spaces that nobody sees are no difference.
        state["own_words"] = " ".join(state["own_words"].split())
        found[about] = by_pk[pk] = Held(pk, campaign, path, state, settled=state["status"] == Status.DONE)
    chosen = pledges.filter(registration__in=by_pk)
    for pk, activity, *amounts in chosen.values_list("registration_id", "activity_id", "quantity", "done_quantity"):
        by_pk[pk].state[pledge_key(activity)] = [as_amount(amount) for amount in amounts]
    return found


def amount(pledge, activity):
    """How much was chosen, in words."""
    if pledge is None:
        return DASH
    if pledge[0] is None or not activity.measure:
        return "✓"
    return f"{written(Decimal(pledge[0]))} {activity.measure}"


def result(pledge, activity):
    """How much was done, in words."""
    if pledge is None or pledge[1] is None:
        return DASH
    if not activity.measure:
        return "✓" if Decimal(pledge[1]) else "0"
    return f"{written(Decimal(pledge[1]))} {activity.measure}"
