"""The kinds of list that the register takes in and gives out, gathered from the apps that declare them."""

from functools import cache
from importlib import import_module

from django.conf import settings

from .planning import Kind


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its code, in the order in which they are declared."""
    declared = [import_module(name).KINDS for name in settings.SHEET_KINDS]
    return {kind.code: kind for some in declared for kind in some}


def find_kind(code: str) -> Kind | None:
    """Return the kind of that code, or None."""
    return kinds().get(code)
