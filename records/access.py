"""A record for a page: there for whoever may see it, refused to whoever may see it but not do this."""

from django.core.exceptions import PermissionDenied
from django.http import Http404


def seen(rows, user, **lookup):
    """The one row the user may read; raises Http404 where there is none, or none for this user."""
    row = taken(rows.visible_to(user), lookup)
    if row is None:
        raise Http404
    return row


def changeable(rows, user, **lookup):
    """The one row the user may change; raises Http404 where he may not even see it, PermissionDenied otherwise."""
    return taken(rows.editable_by(user), lookup) or refuse(rows, user, lookup)


def publishable(rows, user, **lookup):
    """The one row the user may approve, return or publish; refused as by `changeable`."""
    return taken(rows.publishable_by(user), lookup) or refuse(rows, user, lookup)


def taken(rows, lookup):
    return rows.filter(**lookup).first()


def refuse(rows, user, lookup):
    """Nothing is said of a record to whoever may not see it."""
    if rows.model._default_manager.visible_to(user).filter(**lookup).exists():
        raise PermissionDenied
    raise Http404
