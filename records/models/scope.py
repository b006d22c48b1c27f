"""One predicate for scope: which rows a user may see or change, as ranges over a unit's path."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q


def within_path(field, path):
    """The subtree at `path`: one range that an index serves ("." is followed by "/" in byte order)."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + "/"})


def within_paths(field, paths):
    """Any of several subtrees; none of them when there is no path."""
    return reduce(or_, (within_path(field, path) for path in paths), Q(pk__in=[]))


def reaching(path):
    """The paths of a unit and of all above it."""
    steps = path.split(".")[:-1]
    return [".".join(steps[:depth]) + "." for depth in range(1, len(steps) + 1)]


class ScopedQuerySet(models.QuerySet):
    """Rows that lie in a unit's subtree through their `scope_field`."""

    scope_field = "unit_path"

    def within(self, unit):
        """Rows of the unit and of every unit below it."""
        return self.filter(within_path(self.scope_field, unit.path))

    def visible_to(self, user, on=None):
        """Rows a signed-in user may read: those in the subtrees of the postings held on a day (today unless given)."""
        return self.for_roles(user, user.READERS, on)

    def editable_by(self, user, on=None):
        """Rows a signed-in user may change: those in the subtrees where the user is more than a viewer."""
        return self.for_roles(user, user.EDITORS, on)

    def publishable_by(self, user, on=None):
        """Rows a signed-in user may approve, return, publish: where the user is an approver or manager."""
        return self.for_roles(user, user.PUBLISHERS, on)

    def for_roles(self, user, roles, on=None):
        """Rows in the subtrees where the user holds one of the roles."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(self.in_paths(user.paths(roles, on)))

    def in_paths(self, paths):
        """The condition for lying in any of the subtrees; a model with two ways in adds the other."""
        return within_paths(self.scope_field, paths)

    def published(self):
        """Nothing of a model is public unless it says so."""
        return self.none()


class PublishedQuerySet(ScopedQuerySet):
    """Scoped rows that become public by an act of publication."""

    def published(self):
        """Rows the public may read."""
        return self.filter(published_at__isnull=False)


class ReferenceQuerySet(models.QuerySet):
    """Reference data: every active user reads it, superusers keep it, the public sees it."""

    def visible_to(self, user, on=None):
        return self.all() if user.is_active else self.none()

    def editable_by(self, user, on=None):
        return self.all() if user.is_active and user.is_superuser else self.none()

    def published(self):
        return self.all()


class FollowsUnit(models.Model):
    """A row that carries copies of units' paths, rewritten when a unit moves in the tree."""

    path_copies = ("unit_path",)

    class Meta:
        abstract = True

    def own_columns(self):
        """What a saved row writes of itself: all but the copies, which a move rewrites and this object may remember as
        they were before."""
        names = (field.name for field in self._meta.concrete_fields if not field.primary_key)
        return [name for name in names if name not in self.path_copies]

    @classmethod
    def moving_with_units(cls):
        """The rows whose copy follows a move; a model whose past must stay leaves some out."""
        return cls._base_manager.all()
