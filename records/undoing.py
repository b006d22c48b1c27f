"""Taking back an act, from what its history rows say: what it created goes, what it changed is as before.

Nothing is taken back while something later stands on it: a later change of the same record, or a record that refers to
one that would go. Taking back is logged like any change.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db import connection
from django.db.models import Count, Max, Value, prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records.bulk import BATCH, alter, remember
from records.models import Unit
from records.models.scope import FollowsUnit
from records.pulse import Pulse

TOLD = 100
# What `prepare` copies paths from, and what it derives.
DERIVED = {"unit_path", "attached_path", "kept_path", "search_key", "sort_key", "key"}


@dataclass
class Acts:
    """What an act did to the records of one model, by their keys; `last` is its newest history row of each."""

    model: type
    created: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    struck: list = field(default_factory=list)
    last: dict = field(default_factory=dict)
    first: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Something that stands on what would be taken back."""

    record: str
    words: str


@cache
def models_with_history():
    """Every model with a history, those that refer to others before these: the order in which rows can go."""
    remaining = [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]
    ordered = []
    while remaining:
        # Where models refer to each other in a ring, any of them must go first.
        free = [one for one in remaining if not any(refers(other, one) for other in remaining)] or remaining[:1]
        ordered += free
        remaining = [one for one in remaining if one not in free]
    return ordered


def refers(other, model):
    """Whether rows of one model refer to rows of another."""
    if other is model:
        return False
    return any(column.is_relation and column.related_model is model for column in other._meta.concrete_fields)


def acts_of(act_id):
    """What the act did, model by model, in the order in which it can be taken back."""
    found = []
    for model in models_with_history():
        acts, key = Acts(model), model._meta.pk.attname
        rows = model.history.filter(request_id=act_id).order_by("history_id")
        signs = defaultdict(str)
        for past, pk, sign in rows.values_list("history_id", key, "history_type"):
            signs[pk] += sign
            acts.last[pk] = past
            acts.first.setdefault(pk, past)
        for pk, said in signs.items():
            if said.startswith("+"):
                acts.created += [pk] if not said.endswith("-") else []
            elif said.endswith("-"):
                acts.struck.append(pk)
            else:
                acts.changed.append(pk)
        if signs:
            found.append(acts)
    return found


def touched_counts(act_id):
    """How many rows of each model's history the act wrote, by the model's label; in one query."""
    counts = [
        model.history.filter(request_id=act_id).order_by().annotate(of=Value(model._meta.label_lower)).values("of")
        .annotate(n=Count("pk")).values_list("of", "n")
        for model in models_with_history()
    ]  # fmt: skip
    return dict(counts[0].union(*counts[1:], all=True))


def undo_acts(act_id, reason, pulse=None):
    """Take the act back; returns what stands in the way (at most some), in which case nothing was written."""
    pulse = pulse or Pulse(act_id)
    found = acts_of(act_id)
    total = sum(len(acts.last) for acts in found)
    pulse.start("look")
    hold(found)
    if in_the_way := standing_on_acts(found):
        return in_the_way
    pulse.start("undo")
    done = 0
    for acts in found:
        take_back(acts, reason)
        done += len(acts.last)
        pulse.beat(done, total)
    return []


def hold(found):
    """Lock what is to be taken back in the order of all who write it: units, then what others refer to."""
    if not connection.features.has_select_for_update:
        return
    units, following = set(), [acts for acts in found if issubclass(acts.model, FollowsUnit)]
    for acts in following:
        for keys in batches(acts.last):
            units |= set(acts.model._base_manager.filter(pk__among=keys).values_list("unit", flat=True))
    Unit.objects.filter(pk__among=units).hold()
    for acts in reversed(found):
        for keys in batches(sorted(acts.last)):
            rows = (
                acts.model._base_manager.select_for_update(of=("self",), no_key=True)
                .filter(pk__among=keys)
                .order_by("pk")
            )
            list(rows.values_list("pk"))


def batches(keys):
    keys = list(keys)
    return [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]


# What stands in the way


def standing_on(act_id):
    """What stands on the act as things are, at most some of it."""
    return standing_on_acts(acts_of(act_id))


def standing_on_acts(found):
    # What the act changed will refer to what it did before.
    own = {acts.model: {*acts.created, *acts.changed} for acts in found}
    in_the_way = []
    for acts in found:
        in_the_way += later_changes(acts) + references(acts, own) + withheld(acts)
        if len(in_the_way) >= TOLD:
            break
    return in_the_way[:TOLD]


def withheld(acts):
    """What a model does not let go by its own rules, such as what a closed campaign has counted."""
    rule = getattr(acts.model, "withheld", None)
    return [Standing(str(row), words) for keys in batches(acts.last) for row, words in rule(keys)] if rule else []


def later_changes(acts):
    """Records that somebody changed after the act did."""
    found, key = [], acts.model._meta.pk.attname
    keys = list(acts.last)
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        newest = acts.model.history.filter(**{f"{key}__among": some}).order_by().values_list(key)
        later = [pk for pk, past in newest.annotate(past=Max("history_id")) if past > acts.last[pk]]
        if later:
            found += changed_since(acts, later)
    return found


def changed_since(acts, keys):
    """Those of the records that are not as the act left them; what was changed and taken back again does not count."""
    names = [column.attname for column in acts.model.history.model.tracked_fields]
    left = acts.model.history.filter(pk__among=[acts.last[pk] for pk in keys])
    as_left = {getattr(row, acts.model._meta.pk.attname): row for row in left}
    there, found = acts.model._base_manager.in_bulk(keys), []
    what = capfirst(str(acts.model._meta.verbose_name))
    for pk in keys:
        row, past = there.get(pk), as_left[pk]
        if row is None and past.history_type != "-":
            found.append(Standing(str(past.instance), _("%(what)s was removed later.") % {"what": what}))
        elif row is not None and any(getattr(row, name) != getattr(past, name) for name in names):
            found.append(Standing(str(row), _("%(what)s was changed later.") % {"what": what}))
    return found


def references(acts, own_rows):
    """Records, not the act's own, that refer to what it created."""
    found = []
    for relation in acts.model._meta.related_objects:
        other = relation.related_model
        if relation.many_to_many or not acts.created:
            continue
        own = own_rows.get(other, set())
        for start in range(0, len(acts.created), BATCH):
            some = acts.created[start : start + BATCH]
            rows = other._base_manager.filter(**{f"{relation.field.name}__among": some})
            strangers = [row for row in rows.iterator() if row.pk not in own] if own else list(rows[:TOLD])
            for row in strangers[:TOLD]:
                words = _("%(what)s refers to it.") % {"what": capfirst(str(other._meta.verbose_name))}
                found.append(Standing(str(getattr(row, relation.field.name)), f"{words} {row}"))
            if len(found) >= TOLD:
                return found
    return found


# Taking back


def take_back(acts, reason):
    """Put the records of one model back; models bring up to date what hangs on them by `taken_back`."""
    model = acts.model
    affected = []
    for start in range(0, len(acts.created), BATCH):
        some = acts.created[start : start + BATCH]
        rows = model._base_manager.filter(pk__among=some)
        affected += list(rows) if hasattr(model, "taken_back") else []
        remember(model, some, "-", reason)
        rows._raw_delete(rows.db)
    for start in range(0, len(acts.changed), BATCH):
        affected += restored(acts, acts.changed[start : start + BATCH], reason)
    for pk in acts.struck:
        row = before(acts, [pk])[pk].instance
        row._change_reason = reason
        row.save(force_insert=True)
        row.was = {}
        affected.append(row)
    if hasattr(model, "taken_back"):
        model.taken_back(affected)


def before(acts, keys):
    """The newest history row of each record from before the act."""
    key, found = acts.model._meta.pk.attname, {}
    for row in acts.model.history.filter(**{f"{key}__among": keys}).order_by("history_id"):
        pk = getattr(row, key)
        if row.history_id < acts.first[pk]:
            found[pk] = row
    return found


def restored(acts, keys, reason):
    """The records with these keys as they were before the act, with the rows they now differ from."""
    past, records = before(acts, keys), []
    names = [column.attname for column in acts.model.history.model.tracked_fields if not column.primary_key]
    for record in acts.model._base_manager.select_for_update().filter(pk__among=keys):
        record.was = {name: getattr(record, name) for name in names}
        for name in names:
            setattr(record, name, getattr(past[record.pk], name))
        records.append(record)
    if hasattr(acts.model, "prepare"):
        # What they derive their keys from, read at once.
        prefetch_related_objects(records, *[one.name for one in acts.model._meta.concrete_fields if one.is_relation])
        for record in records:
            record.prepare()
    # Writing every column of every record is what takes the time.
    differing = {name for record in records for name in names if record.was[name] != getattr(record, name)}
    changed = [record for record in records if any(record.was[name] != getattr(record, name) for name in differing)]
    columns = {column.name for column in acts.model._meta.concrete_fields if column.attname in differing | DERIVED}
    if changed:
        alter(acts.model, sorted(columns), changed, reason)
    return records
