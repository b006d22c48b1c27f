"""Staff at work all at once: clients who register, import, publish and move at random, and what must hold afterwards.

A client remembers what it was told was done; `Register.faults` names each of these acts that left no trace, and all
that is not as the rows say.
"""

import random
import re
import threading
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from uuid import uuid4

from django.apps import apps
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models import Campaign, Pledge, Registration, Tally
from records.models import AuditEvent, Award, Decision, Import, Member, Membership, Unit, UnitEvent
from records.models.members import PRESENT
from records.models.scope import FollowsUnit, within_path

HEADER = "STT\tHọ và tên\tNgày sinh\tGiới tính\tNgày vào Đảng\tĐơn vị"
ROW = re.compile(r'name="v-(\d+)" value="([^"]*)"')
BOX = re.compile(r'name="(\d+)-([a-z0-9]+)"')
CHOSEN = re.compile(r'name="(column-\d+)".*?</select>', re.S)
SELECTED = re.compile(r'<option value="([^"]*)" selected')
# How often each act comes up.
ACTS = {
    "read": 30, "register": 20, "finish": 15, "confirm": 6, "withdraw": 4, "edit": 8, "transfer": 6, "import": 3,
    "publish": 4, "unpublish": 3, "unpublish one": 3, "move": 2,
}  # fmt: skip
# What a clerk may not do.
PUBLISHERS_ACTS = ("publish", "unpublish", "unpublish one", "move")
CLERKS_ACTS = {name: weight for name, weight in ACTS.items() if name not in PUBLISHERS_ACTS}
REFUSED, DONE, BUSY, FAULT = "refused", "done", "busy", "fault"


class Scene:
    """Where all meet: the units, people and papers of one subtree and a running campaign."""

    def __init__(self, top, campaign, branches=40):
        self.top, self.campaign = top, campaign
        below = Unit.objects.within(top).filter(dissolved_on=None)
        self.branches = list(below.filter(members__isnull=False).distinct().order_by("pk")[:branches])
        keys = [unit.pk for unit in self.branches]
        # What is moved where: a branch to another committee, a committee with its branches to another commune.
        parents = {unit.parent_id for unit in self.branches}
        committees = list(below.filter(children__members__isnull=False).exclude(pk=top.pk).distinct().order_by("pk"))
        own = [unit for unit in committees if unit.pk in parents]
        above = Unit.objects.filter(pk__in={unit.parent_id for unit in committees}).order_by("pk")
        self.ways = [(self.branches, (own + committees)[: len(own) + 6]), (own[:4], list(above[:6]))]
        members = Member.objects.filter(unit__in=keys, standing__in=PRESENT, attached_to=None)
        self.members = list(members.order_by("pk").values_list("public_id", flat=True))
        pending = Registration.objects.filter(campaign=campaign, unit__in=keys, status="pending")
        self.pending = list(pending.order_by("pk").values_list("pk", "unit"))
        standing = Registration.objects.filter(campaign=campaign, unit__in=keys, status="registered")
        self.standing = list(standing.order_by("pk").values_list("pk", "unit")[:2000])
        self.decisions = list(Decision.objects.within(top).order_by("-pk").values_list("pk", flat=True)[:12])
        awards = Award.objects.filter(decision__in=self.decisions).order_by("pk")
        self.awards = list(awards.values_list("public_id", flat=True)[:200])


class Client(threading.Thread):
    """One member of staff who does one thing after another until the time is up.

    `session` sends a request: session(method, path, data, headers) gives status, body, address it leads to.
    """

    def __init__(self, user, session, scene, until, acts=ACTS, think=0, seed=0):
        super().__init__(daemon=True)
        self.user, self.session, self.scene, self.until = user, session, scene, until
        self.draw, self.acts, self.think = random.Random(seed), acts, think
        self.times, self.outcomes, self.told, self.faults = defaultdict(list), Counter(), [], []

    def run(self):
        names, weights = zip(*self.acts.items(), strict=True)
        try:
            while time.monotonic() < self.until:
                self.act(self.draw.choices(names, weights)[0])
                time.sleep(self.draw.expovariate(1 / self.think) if self.think else 0)
        finally:
            self.session.close()

    def act(self, name):
        self.worst = DONE
        began = time.perf_counter()
        outcome = getattr(self, name.replace(" ", "_"))() or DONE
        self.times[name].append(time.perf_counter() - began)
        self.outcomes[name, self.worst if self.worst != DONE else outcome] += 1

    def send(self, method, path, data=None, **headers):
        status, body, to = self.session(method, path, data, headers)
        if status >= 500 or status == 403:
            self.worst = BUSY if status == 503 else FAULT
            if status != 503:
                self.faults.append(f"{method} {path}: {status}")
        return status, body, to

    def post(self, path, **data):
        """Send a form; whether it was taken, which leads on to another page."""
        status, _body, to = self.send("POST", path, data | {"once": uuid4()})
        return to if status == 302 else None

    def tell(self, *what):
        self.told.append((*what, self.user.pk))

    # The acts

    def read(self):
        slug, unit = self.scene.campaign.slug, self.draw.choice(self.scene.branches)
        self.send(
            "GET",
            self.draw.choice(
                [
                    "/staff/members/", f"/staff/members/?unit={unit.code}", f"/staff/units/{unit.pk}/",
                    f"/staff/campaigns/{slug}/registrations/", f"/staff/campaigns/{slug}/", "/staff/decisions/",
                    "/awards/", f"/units/{unit.code}/", f"/campaigns/{slug}/",
                ]
            ),
        )  # fmt: skip

    def grid(self, address, fill):
        """Open a grid, fill a few of its rows and send them as its script does; the rows that were saved."""
        status, body, _to = self.send("GET", address)
        if status != 200:
            return None
        boxes = defaultdict(list)
        for row, key in BOX.findall(body):
            boxes[row].append(key)
        rows = [(row, version) for row, version in ROW.findall(body) if boxes[row]]
        data, sent = {}, {}
        for row, version in self.draw.sample(rows, min(len(rows), 4)):
            sent[row] = fill(boxes[row])
            data |= {f"v-{row}": version, **{f"{row}-{key}": value for key, value in sent[row].items()}}
        if not data:
            return None
        status, answer, _to = self.send("POST", address, data, Accept="application/json")
        if status != 200:
            return None
        saved = re.findall(r'"id": (\d+), "outcome": "saved"', answer)
        return {int(row): sent[row] for row in saved}

    def register(self):
        unit = self.draw.choice(self.scene.branches)
        address = f"/staff/campaigns/{self.scene.campaign.slug}/registrations/{unit.pk}/"
        saved = self.grid(address, lambda keys: {self.draw.choice(keys): str(self.draw.randrange(2, 9))})
        for member, values in (saved or {}).items():
            self.tell("registered", member, values)
        return DONE if saved else REFUSED

    def finish(self):
        unit = self.draw.choice(self.scene.branches)
        address = f"/staff/campaigns/{self.scene.campaign.slug}/results/{unit.pk}/"
        ratings = Registration.Rating.values
        saved = self.grid(address, lambda keys: {"done": "x", "rating": self.draw.choice(ratings)})
        for member, values in (saved or {}).items():
            self.tell("finished", member, values["rating"])
        return DONE if saved else REFUSED

    def confirm(self):
        return self.decide(self.scene.pending, "confirm", "registered")

    def withdraw(self):
        return self.decide(self.scene.standing, "withdraw", "withdrawn", reason="Lý do sức khỏe")

    def decide(self, some, act, status, **data):
        if not some:
            return REFUSED
        pk, unit = self.draw.choice(some)
        slug = self.scene.campaign.slug
        if not self.post(f"/staff/campaigns/{slug}/registrations/{unit}/{pk}/{act}/", surely="on", **data):
            return REFUSED
        return self.tell("became", pk, status)

    def edit(self):
        code, position = self.draw.choice(self.scene.members), f"Ủy viên {uuid4().hex[:8]}"
        address = f"/staff/members/{code}/edit/"
        status, body, _to = self.send("GET", address)
        if status != 200:
            return REFUSED
        data = {name: value for name, value in re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', body)}
        for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', body, re.S):
            data[name] = (SELECTED.findall(options) or [""])[0]
        if not self.post(address, **(data | {"position": position})):
            return REFUSED
        return self.tell("edited", code, position)

    def transfer(self):
        code, unit = self.draw.choice(self.scene.members), self.draw.choice(self.scene.branches)
        day = f"{timezone.localdate():%d/%m/%Y}"
        data = {"unit": unit.name_in_full, "unit_key": unit.pk, "on": day, "reason": "Chuyển công tác"}
        if not self.post(f"/staff/members/{code}/transfer/", **data):
            return REFUSED
        return self.tell("transferred", code, unit.pk)

    def import_(self):
        names = [f"Lê Văn {uuid4().hex[:10].translate(LETTERS).capitalize()}" for _ in range(8)]
        rows = [
            f"{n}\t{name}\t{date(1970, 1, 1) + timedelta(self.draw.randrange(9000)):%d/%m/%Y}\tNam\t03/02/2015\t"
            f"{self.draw.choice(self.scene.branches).code}"
            for n, name in enumerate(names, 1)
        ]
        to = self.post("/staff/imports/add/", kind="members", pasted="\n".join([HEADER, *rows]))
        status, body, _to = self.send("GET", to) if to else (0, "", "")
        if status != 200:
            return REFUSED
        columns = {m[1]: (SELECTED.findall(m[0]) or ["-"])[0] for m in CHOSEN.finditer(body)}
        to = self.post(to, **columns, sheet="", header="")
        if not to or not self.post(f"{to}apply/"):
            return REFUSED
        batch = to.rstrip("/").rpartition("/")[2]
        return self.tell("imported", batch, names)

    def publish(self):
        pk = self.draw.choice(self.scene.decisions)
        return self.tell("published", pk) if self.post(f"/staff/decisions/{pk}/publish/") else REFUSED

    def unpublish(self):
        pk = self.draw.choice(self.scene.decisions)
        taken = self.post(f"/staff/decisions/{pk}/unpublish/", reason="Sai tên người ký")
        return self.tell("unpublished", pk) if taken else REFUSED

    def unpublish_one(self):
        code = self.draw.choice(self.scene.awards)
        return None if self.post(f"/staff/awards/{code}/unpublish/", reason="Sai họ tên") else REFUSED

    def move(self):
        unit, parent = map(self.draw.choice, self.draw.choices(self.scene.ways, [3, 1])[0])
        note = uuid4().hex
        data = {"parent": parent.name_in_full, "parent_key": parent.pk, "on": "01/07/2026", "note": note}
        if not self.post(f"/staff/units/{unit.pk}/move/", **data):
            return REFUSED
        return self.tell("moved", unit.pk, note)


setattr(Client, "import", Client.import_)
LETTERS = str.maketrans("0123456789", "ghijklmnop")


class Register:
    """What must hold of the register when all are done."""

    def faults(self, clients):
        yield from (f"{client.user}: {fault}" for client in clients for fault in client.faults)
        yield from (f"tally of {row}" for row in Tally.objects.differences())
        yield from (f"headcount of {row}" for row in Unit.objects.miscounted())
        yield from self.places()
        yield from self.paths()
        if broken := AuditEvent.objects.first_broken():
            yield f"audit trail broken at {broken.pk}"
        yield from self.publications()
        for client in clients:
            for name, *what, by in client.told:
                if not getattr(self, name)(*what, by):
                    yield f"no trace of: {client.user} {name} {what}"

    def places(self):
        """One open official membership of each member who is present, where the member is; none of others."""
        there = Membership.objects.filter(kind="official", valid_to=None)
        for member in Member.objects.filter(standing__in=PRESENT).exclude(
            pk__in=there.filter(unit=F("member__unit")).values("member")
        )[:10]:
            yield f"{member} belongs nowhere"
        for row in there.exclude(unit=F("member__unit"))[:10]:
            yield f"{row} is not where the member is"

    def paths(self):
        units = dict(Unit.objects.values_list("pk", "path"))
        for unit in Unit.objects.only("parent", "path"):
            if unit.path != f"{units[unit.parent_id] if unit.parent_id else ''}{unit.pk:x}.":
                yield f"path of {unit.pk}"
        for model in apps.get_models():
            if issubclass(model, FollowsUnit):
                wrong = model.moving_with_units().filter(unit__isnull=False).exclude(unit_path=F("unit__path"))
                yield from (f"path of {model.__name__} {row.pk}" for row in wrong[:10])
        wrong = Member.objects.filter(attached_to__isnull=False).exclude(attached_path=F("attached_to__path"))
        wrong |= Member.objects.filter(attached_to=None).exclude(attached_path="")
        yield from (f"attached path of member {row.pk}" for row in wrong[:10])
        wrong = Award.objects.exclude(kept_path=F("decision__unit__path"))
        yield from (f"kept path of award {row.pk}" for row in wrong[:10])

    def publications(self):
        """Each publication and take-down of a decision follows the other, and the last is how it stands."""
        events = defaultdict(list)
        for subject, action in (
            AuditEvent.objects.filter(subject__startswith="records.decision:", action__in=["publish", "unpublish"])
            .order_by("pk")
            .values_list("subject", "action")
        ):
            events[int(subject.rpartition(":")[2])].append(action)
        for decision in Decision.objects.filter(pk__in=events):
            acts = events[decision.pk]
            if any(one == other for one, other in zip(acts, acts[1:], strict=False)):
                yield f"decision {decision.pk}: {acts}"
            if (acts[-1] == "publish") != (decision.published_at is not None):
                yield f"decision {decision.pk} is not as its last act left it"

    # What a client was told

    def registered(self, member, values, by):
        key, amount = next(iter(values.items()))
        rows = Pledge.history.filter(activity_id=int(key), history_user=by)
        rows = rows.filter(Q(quantity=int(amount)) | Q(quantity=None), registration__member=member)
        return rows.exists()

    def finished(self, member, rating, by):
        """Where it was done already with that rating, only what was done of the activities has changed."""
        rows = Registration.history.filter(member=member, status="done", rating=rating, history_user=by)
        return rows.exists() or Pledge.history.filter(registration__member=member, history_user=by).exists()

    def became(self, pk, status, by):
        return Registration.history.filter(id=pk, status=status, history_user=by).exists()

    def edited(self, code, position, by):
        return Member.history.filter(public_id=code, position=position, history_user=by).exists()

    def transferred(self, code, unit, by):
        rows = Membership.history.filter(unit=unit, history_user=by, history_type="+")
        return rows.filter(member__public_id=code).exists()

    def imported(self, batch, names, by):
        found = Import.objects.get(public_id=batch)
        if found.status != Import.Status.APPLIED:
            return True
        return Member.objects.filter(full_name__in=names).count() == len(names)

    def published(self, pk, by):
        return self.left(pk, "publish", "unpublish")

    def unpublished(self, pk, by):
        return self.left(pk, "unpublish", "publish")

    def left(self, pk, act, opposite):
        """An event of the act; none is due where that was so before anybody acted."""
        events = AuditEvent.objects.filter(subject=f"records.decision:{pk}", action__in=[act, opposite]).order_by("pk")
        actions = list(events.values_list("action", flat=True))
        return act in actions or actions[:1] in ([], [opposite])

    def moved(self, pk, note, by):
        return UnitEvent.objects.filter(unit=pk, kind="transfer", note=note).exists()


def running_campaign(top):
    """The running campaign that concerns a subtree with the most still waiting there."""
    found = Campaign.objects.running().order_by("pk")
    here = within_path("unit_path", top.path)
    return max(found, key=lambda one: one.registrations.filter(here, status="pending").count())
