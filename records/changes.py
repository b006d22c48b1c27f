"""Reading row histories: who changed what, when and why, the rows of one act together and in words."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject, NullIf, Trim
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.models import Member, Unit, User

# The newest first; rows of several tables have no other number in common.
KEYS = ("-history_date", "-past_place")
TABLES = 256
# What a record is called, by its own column or by the record it is about.
OWN_NAMES = ("full_name", "recipient_name", "absorbed_name", "title", "name", "number", "caption")
ABOUT = ("member", "second", "user", "activity", "award", "campaign", "unit", "to_unit", "sector", "decision", "type")
# Shown only to those who may change the record.
PRIVATE = {"records.member": frozenset({"card_number", "email", "phone"})}
# Read off another column, or an address's secret: nobody typed them.
UNTOLD = frozenset({"id", "public_id", "sequence", "series", "issuer_code", "password", "last_login"})
# Columns whose models leave their names to Django.
LABELS = {
    "asked_by": gettext_lazy("asked by"),
    "answered_by": gettext_lazy("answered by"),
    "submitted_at": gettext_lazy("submitted at"),
}
# Why, where a verb of the register gave its own name instead of a person's reason.
REASONS = {
    "publish": gettext_lazy("publication"),
    "unpublish": gettext_lazy("withdrawal from the public pages"),
    "renew": gettext_lazy("a new link in place of the old one"),
    "merge": gettext_lazy("two records of one person merged"),
    "unmerge": gettext_lazy("two records separated again"),
}
LONGEST, BEFORE_IT = 90, 20
FACTS = 5


@cache
def logged():
    """The models whose changes can be read, by label: those with a history and a scope."""
    return {
        model._meta.label_lower: model
        for model in sorted(apps.get_models(), key=lambda model: model._meta.label_lower)
        if hasattr(model._meta, "simple_history_manager_attribute") and hasattr(model._default_manager, "visible_to")
    }


@cache
def place_of(model):
    """The model's number among those logged, which tells its history rows from others' of the same moment."""
    return list(logged()).index(model._meta.label_lower)


def relations(model, to):
    """The model's foreign keys to another, among those its history keeps."""
    kept = model.history.model.tracked_fields
    return [one for one in kept if one.is_relation and one.related_model is to]


@cache
def parts_of(model):
    """(model, foreign key) of the rows that belong to a record: deleted with it, or said to be by `part_of`."""
    return [
        (part, key)
        for part in logged().values()
        for key in relations(part, model)
        if key.remote_field.on_delete is models.CASCADE or key.name in getattr(part, "part_of", ())
    ]


def own_changes(record, user):
    """The changes of a record and of the rows that belong to it, as far as a user may see them."""
    model = type(record)
    keys = keys_of(record)
    arms = [model.history.model.objects.filter(id__in=keys)]
    for part, key in parts_of(model):
        arms.append(within_reach(part, part.history.model.objects.filter(**{f"{key.attname}__in": keys}), user))
    return Changes(arms)


def keys_of(record):
    """The key of a record, and those of the records merged into it, whose past is now its own."""
    merged = record.merges.standing().values_list("absorbed_key", flat=True) if isinstance(record, Member) else ()
    return [record.pk, *merged]


def changes_in(unit, user):
    """The changes of a unit and all that belonged to it at the time: people, plans, awards, units directly below."""
    arms = []
    for model in logged().values():
        if keys := relations(model, Unit):
            condition = Q(id=unit.pk) if model is Unit else Q()
            for key in keys:
                condition |= Q(**{key.attname: unit.pk})
            arms.append(within_reach(model, model.history.model.objects.filter(condition), user))
    return Changes(arms)


def within_reach(model, rows, user):
    """History rows of records that a user may see, or that are no more."""
    if user.is_superuser:
        return rows
    there = model._default_manager.filter(pk=OuterRef("id"))
    return rows.filter(Exists(model._default_manager.visible_to(user).filter(pk=OuterRef("id"))) | ~Exists(there))


@dataclass
class Row:
    """One history row: the record as it then was (`now`) and as the row before it had it, columns by attname."""

    history_id: int
    history_date: object
    place: int
    label: str
    record: int
    kind: str
    reason: str
    request: str
    who: str
    now: dict
    before: dict | None

    @property
    def past_place(self):
        return self.place

    @property
    def model(self):
        return logged()[self.label]

    @property
    def act(self):
        """What rows of one request share; a command's rows stand alone."""
        return self.request or (self.label, self.history_id)

    @property
    def changed(self):
        """The fields in which the record differs from before."""
        if self.before is None:
            return []
        kept = self.model.history.model.tracked_fields
        return [one for one in kept if self.now[one.attname] != self.before[one.attname] and one.name not in UNTOLD]


class Changes:
    """History rows of several tables as one list, newest first: one query, however many tables.

    It has as much of a queryset as `keyset_page` asks for.
    """

    def __init__(self, arms, keys=KEYS):
        self.arms, self.keys = [numbered(rows) for rows in arms], keys

    @property
    def model(self):
        return self.arms[0].model

    @property
    def query(self):
        return self.arms[0].query

    def filter(self, condition):
        return self.copied([rows.filter(condition) for rows in self.arms], self.keys)

    def order_by(self, *keys):
        return self.copied(self.arms, keys)

    def copied(self, arms, keys):
        changes = Changes((), keys)
        changes.arms = arms
        return changes

    def __getitem__(self, part):
        # Each table gives no more than the page may need, and only those rows are looked at closely.
        arms = [told(rows.model, rows.order_by(*self.keys).values("pk")[part]) for rows in self.arms]
        first, *others = arms
        rows = first.union(*others, all=True) if others else first
        found = rows.order_by(*self.keys)[part]
        return [Row(**{name.removeprefix("past_"): value for name, value in row.items()}) for row in found]


def numbered(rows):
    """History rows with `past_place`, a number that no row of another table has."""
    place = Cast("history_id", BigIntegerField()) * TABLES + Value(place_of(rows.model.instance_type))
    return rows.annotate(past_place=place)


def told(past, keys):
    """The columns of `Row` for history rows given by key; the prefix keeps them apart from the models' own."""
    earlier = past.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    return (
        numbered(past.objects.filter(pk__in=keys))
        .order_by()
        .values(
            "history_id",
            "history_date",
            "past_place",
            past_label=Value(past.instance_type._meta.label_lower),
            past_record=F("id"),
            past_kind=F("history_type"),
            past_reason=Coalesce("history_change_reason", Value("")),
            past_request=F("request_id"),
            past_who=Coalesce(name_of(User, "history_user__"), Value("")),
            past_now=columns_of(past),
            past_before=Subquery(earlier.values(past_columns=columns_of(past))[:1]),
        )
    )


def columns_of(past):
    """A history row's columns as one JSON object."""
    return JSONObject(history_id=F("history_id"), **{one.attname: F(one.attname) for one in past.tracked_fields})


def name_of(model, prefix=""):
    """What a record is called, as an expression; `prefix` leads to it from another model."""
    if model is User:
        full = Trim(Concat(f"{prefix}last_name", Value(" "), f"{prefix}first_name"))
        return Coalesce(NullIf(full, Value("")), F(f"{prefix}username"))
    names = {one.name: one for one in model._meta.concrete_fields}
    for name in OWN_NAMES:
        if name in names:
            return F(f"{prefix}{name}")
    about = next(name for name in ABOUT if name in names)
    return name_of(names[about].related_model, f"{prefix}{about}__")


# In words


@dataclass
class Line:
    """What happened to one record: `kind` "+", "~" or "-", what it is and is called, and its fields in words.

    `fields` are (label, before, after), `facts` (label, value) of a row that came or went; `part` is false for the
    record that the page is about, `merged` true for one that was merged into it.
    """

    kind: str
    noun: str
    title: str
    part: bool
    merged: bool = False
    fields: list = field(default_factory=list)
    facts: list = field(default_factory=list)


@dataclass
class Act:
    """What one person did in one request."""

    at: object
    who: str
    reasons: list = field(default_factory=list)
    lines: list = field(default_factory=list)


def acts(rows, record, may_edit):
    """The rows of a page as acts, newest first; `record` is what the page is about, and private fields are told only to
    those who may edit."""
    found = {}
    speaker = Speaker(rows, record, may_edit)
    for row in rows:
        act = found.setdefault(row.act, Act(row.history_date, row.who))
        reason = str(REASONS.get(row.reason, row.reason))
        if reason and reason not in act.reasons:
            act.reasons.append(reason)
        line = speaker.line(row)
        # A verb that wrote twice, or wrote what stood there already, has nothing more to tell.
        if row.kind != "~" or line.fields:
            act.lines.insert(0, line)
    for act in found.values():
        act.lines.sort(key=lambda line: line.part)
    return list(found.values())


class Speaker:
    """Puts history rows into words; asks for all names at once."""

    def __init__(self, rows, record, may_edit):
        self.record, self.may_edit = record, may_edit
        self.links = links_of(rows)
        self.names = names_of(rows, self.links)

    def line(self, row):
        part = row.model is not type(self.record) or row.record != self.record.pk
        merged = part and row.model is Member and isinstance(self.record, Member)
        noun = capfirst(row.model._meta.verbose_name)
        line = Line(row.kind, noun, self.title(row) if part else "", part, merged)
        if row.kind == "~":
            line.fields = [self.difference(row, one) for one in row.changed] + self.linked(row)
        else:
            line.facts = self.facts(row, line.title)
        return line

    def difference(self, row, one):
        """(label, before, after) of a field."""
        if one.name in PRIVATE.get(row.label, ()) and not self.may_edit:
            return label_of(one), "", _("changed; shown to those who may change it")
        was, became = (self.words(one, state[one.attname]) for state in (row.before, row.now))
        return label_of(one), *shortened(was, became)

    def linked(self, row):
        """The many-to-many relations in which a row differs from before."""
        found = []
        for one in row.model.history.model._history_m2m_fields:
            now, before = (
                self.links.get((one, state["history_id"]), set()) for state in (row.now, row.before or row.now)
            )
            if now != before:
                was, became = (
                    ", ".join(sorted(self.name(one.related_model, key) for key in keys)) for keys in (before, now)
                )
                found.append((label_of(one), *shortened(was, became)))
        return found

    def facts(self, row, title):
        """(label, value) of what a row held that came or went, the first few that say something."""
        found = []
        for one in row.model.history.model.tracked_fields:
            value = row.now[one.attname]
            if (
                value in (None, "", {})
                or one.name in UNTOLD
                or value == one.get_default()
                or self.is_record(one, value)
            ):
                continue
            hidden = one.name in PRIVATE.get(row.label, ()) and not self.may_edit
            words = self.words(one, value)
            if not hidden and words and words not in title:
                found.append((label_of(one), shortened("", words)[1]))
        return found[:FACTS]

    def title(self, row):
        """What a record is called: by its own name, or by whom and what it is about, the page's record left out."""
        kept = {one.name: one for one in row.model.history.model.tracked_fields}
        for name in OWN_NAMES:
            if name in kept and row.now[name]:
                return shortened("", str(row.now[name]))[1]
        about = [kept[name] for name in ABOUT if name in kept]
        about = [one for one in about if row.now[one.attname] and not self.is_record(one, row.now[one.attname])]
        return " · ".join(self.words(one, row.now[one.attname]) for one in about[:2])

    def is_record(self, one, value):
        return one.is_relation and one.related_model is type(self.record) and value == self.record.pk

    def words(self, one, value):
        """A field's value as a person reads it, empty for none."""
        if value in (None, "", {}):
            return ""
        if one.is_relation:
            return self.name(one.related_model, value)
        return words_of(one, value)

    def name(self, model, key):
        return self.names.get((model._meta.label_lower, key)) or f"#{key}"


def label_of(one):
    return capfirst(str(LABELS.get(one.name) or one.verbose_name))


def words_of(one, value):
    """A plain value as the JSON of either database gives it, in the reader's language."""
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if isinstance(one, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(one, models.DateTimeField):
        moment = one.to_python(value)
        moment = timezone.make_aware(moment, timezone.get_fixed_timezone(0)) if timezone.is_naive(moment) else moment
        return timezone.localtime(moment).strftime("%H:%M %d/%m/%Y")
    if isinstance(one, models.DateField):
        return one.to_python(value).strftime("%d/%m/%Y")
    if isinstance(one, models.DecimalField):
        return localize(Decimal(str(value)).quantize(Decimal(1).scaleb(-one.decimal_places))).rstrip("0").rstrip(",.")
    if isinstance(one, models.JSONField):
        kept = json.loads(value) if isinstance(value, str) else value
        return "; ".join(str(text) for text in kept.values()) if isinstance(kept, dict) else str(kept)
    if isinstance(one, models.FileField):
        return str(value).rpartition("/")[2]
    return str(value)


def shortened(was, became):
    """Two texts, the long ones cut to where they begin to differ."""
    start = next((n for n, (one, other) in enumerate(zip(was, became, strict=False)) if one != other), None)
    start = min(len(was), len(became)) if start is None else start
    start = 0 if max(len(was), len(became)) <= LONGEST else max(0, start - BEFORE_IT)
    return tuple(
        ("…" if start and text else "") + text[start : start + LONGEST] + ("…" if text[start + LONGEST :] else "")
        for text in (was, became)
    )


def links_of(rows):
    """The keys at the other end of many-to-many relations, by field and history row; one query for each such field."""
    states = {}
    for row in rows:
        if row.kind == "~":
            states.setdefault(row.model, set()).update({row.history_id, (row.before or row.now)["history_id"]})
    found = {}
    for model, keys in states.items():
        past = model.history.model
        for one in past._history_m2m_fields:
            pairs = getattr(past, one.name).filter(history__in=keys)
            for history, key in pairs.values_list("history", one.m2m_reverse_field_name()):
                found.setdefault((one, history), set()).add(key)
    return found


def names_of(rows, links):
    """The names of all that a page's rows point to, by (label, key); one query, however many models."""
    wanted = {}
    for row in rows:
        for one in row.model.history.model.tracked_fields:
            if one.is_relation:
                keys = {state[one.attname] for state in (row.now, row.before) if state} - {None}
                wanted.setdefault(one.related_model, set()).update(keys)
    for (one, _history), keys in links.items():
        wanted.setdefault(one.related_model, set()).update(keys)
    arms = [
        model._base_manager.filter(pk__in=keys)
        .order_by()
        .values_list(Value(model._meta.label_lower), "pk", Cast(name_of(model), models.TextField()))
        for model, keys in wanted.items()
        if keys
    ]
    if not arms:
        return {}
    first, *others = arms
    return {(label, key): name for label, key, name in (first.union(*others, all=True) if others else first)}
