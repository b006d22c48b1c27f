"""Folding one record into another: what points at it moves over, what cannot is kept word for word, and all can be put
back as it was.

Which tables point at a record is asked of the app registry, so that a record need not know who hangs on it. A model may
say more than its constraints do:

`rival(self, key, kept)`     the row of `kept` beside which this one cannot stand; the unique constraints unless given
`prevails_over(self, rival)` whether this one stays and the rival goes; never unless given
`taken_out(cls, rows)`       rows are about to go; `put_back(cls, rows)` they are there again: for counts kept elsewhere
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from records.models.scope import FollowsUnit


def arrows(model):
    """(model, foreign key) of every table that points at one, histories left out."""
    found = [
        (one.related_model, one.field)
        for one in model._meta.get_fields(include_hidden=True)
        if one.auto_created and (one.one_to_many or one.one_to_one) and hasattr(one.related_model, "history")
    ]
    return sorted(found, key=lambda arrow: (arrow[0]._meta.label_lower, arrow[1].name))


def written(row):
    """A row's columns as JSON keeps them."""
    values = {}
    for column in row._meta.concrete_fields:
        value = column.value_from_object(row)
        values[column.attname] = value if value is None else column.value_to_string(row)
    return values


def read(model, values):
    """The row that `written` wrote, not saved."""
    columns = {column.attname: column for column in model._meta.concrete_fields}
    return model(**{name: columns[name].to_python(value) for name, value in values.items() if name in columns})


def rival_of(row, key, kept):
    """The row of `kept` beside which this one cannot stand there, None where it can move."""
    if hasattr(row, "rival"):
        return row.rival(key, kept)
    theirs = type(row)._base_manager.filter(**{key.attname: kept.pk})
    if key.unique:
        return theirs.first()
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and key.name in constraint.fields:
            others = {name: getattr(row, name) for name in constraint.fields if name != key.name}
            alike = theirs.filter(**others) if None not in others.values() else theirs.none()
            if constraint.condition is not None:
                bound = type(row)._base_manager.filter(constraint.condition, pk=row.pk).exists()
                alike = alike.filter(constraint.condition) if bound else alike.none()
            if found := alike.first():
                return found
    return None


@dataclass
class Fold:
    """What was moved, as (label, key, foreign key, from, to), and taken out, as (label, columns), in this order."""

    reason: str
    moved: list = field(default_factory=list)
    removed: list = field(default_factory=list)

    def fold(self, gone, kept):
        """Move what points at one row to another; what cannot stand there is folded into what stands there."""
        for model, key in arrows(type(kept)):
            moving = []
            for row in model._base_manager.select_for_update().filter(**{key.attname: gone.pk}).order_by("pk"):
                rival = rival_of(row, key, kept)
                if rival is None or (hasattr(row, "prevails_over") and row.prevails_over(rival)):
                    if rival is not None:
                        self.absorb(rival, row)
                    moving.append(row)
                else:
                    self.absorb(row, rival)
            self.move(moving, key, kept)

    def absorb(self, gone, kept):
        """Fold a row into another and take it out."""
        self.fold(gone, kept)
        self.take_out(gone)

    def move(self, rows, key, kept):
        for row in rows:
            self.moved.append((row._meta.label_lower, row.pk, key.name, getattr(row, key.attname), kept.pk))
            setattr(row, key.attname, kept.pk)
        if rows:
            bulk_update_with_history(rows, type(rows[0]), [key.name], batch_size=500, default_change_reason=self.reason)

    def take_out(self, row):
        """Take a row out, keeping it word for word; its history says that it went, and why."""
        if hasattr(row, "taken_out"):
            row.taken_out([row])
        self.removed.append((row._meta.label_lower, written(row)))
        row._change_reason = self.reason
        # A model's own delete() may refuse what is closed; nothing is lost here.
        models.Model.delete(row)

    # Back again

    def unfold(self, paths):
        """Put everything back; `paths` are the units' present ones by key, for what copies them.

        Raises ValidationError where a row that moved is no longer there to be moved back.
        """
        self.move_back()
        for label, values in reversed(self.removed):
            self.put_back(apps.get_model(label), values, paths)

    def move_back(self):
        groups = {}
        for label, pk, name, origin, to in self.moved:
            groups.setdefault((label, name), {})[pk] = origin, to
        for (label, name), ways in groups.items():
            model = apps.get_model(label)
            key = model._meta.get_field(name)
            rows = list(model._base_manager.select_for_update().filter(pk__in=ways).order_by("pk"))
            if {row.pk: getattr(row, key.attname) for row in rows} != {pk: to for pk, (_origin, to) in ways.items()}:
                raise ValidationError(
                    _("What was moved has been removed or moved on since: %(noun)s.")
                    % {"noun": model._meta.verbose_name}
                )
            for row in rows:
                setattr(row, key.attname, ways[row.pk][0])
            bulk_update_with_history(rows, model, [name], batch_size=500, default_change_reason=self.reason)

    def put_back(self, model, values, paths):
        """Put one row back; a unit may have moved in the tree since."""
        row = read(model, values)
        bulk_create_with_history([row], model, default_change_reason=self.reason)
        if issubclass(model, FollowsUnit):
            follow(row, paths)
        if hasattr(row, "put_back"):
            row.put_back([row])
        return row


def follow(row, paths):
    """Bring a row's copies of units' paths up to date, as if it had been there when they moved."""
    now = {name: paths.get(unit_of(getattr(row, name)), getattr(row, name)) for name in row.path_copies}
    if any(getattr(row, name) != path for name, path in now.items()):
        type(row).moving_with_units().filter(pk=row.pk).update(**now)
        row.refresh_from_db(fields=[*now])


def unit_of(path):
    """The key of the unit at a path, None for no path."""
    return int(path.split(".")[-2], 16) if path else None
