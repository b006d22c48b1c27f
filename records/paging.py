"""Lists in pages by keyset: a page begins after the last row's keys, so the last page costs what the first does."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import IntegerField, Q, Subquery
from django.utils.timezone import is_naive

AFTER, BEFORE = "after", "before"
LONGEST_TOKEN = 2000
CAP = 10_000
BIGGEST_INTEGER = 2**63 - 1


@dataclass
class Page:
    """One page of a list; the addresses are query strings that keep the filters, empty where there is no such page."""

    rows: list = field(default_factory=list)
    previous_url: str = ""
    next_url: str = ""
    is_first: bool = True


def keyset_page(queryset, keys, params, size=50):
    """The page of `size` rows that `params` (request.GET) asks for by `after=` or `before=`.

    `keys` order the list, "-" for falling; none is ever null and the last is unique. A token that this function did not
    write, or whose rows are gone, leads to the first page.
    """
    names = [key.removeprefix("-") for key in keys]
    side = AFTER if AFTER in params else BEFORE
    values = _read(params.get(side, ""), [_output_field(queryset, name) for name in names])
    rows = _rows_from(queryset, keys, side, values, size)
    # Fewer rows before a row than a page holds: new ones have come, and the first page shows them with these.
    if values and len(rows) < (size if side == BEFORE else 1):
        values, rows = None, _rows_from(queryset, keys, side, None, size)
    more, rows = len(rows) > size, rows[:size]
    backwards = values is not None and side == BEFORE
    if backwards:
        rows.reverse()
    previous, following = (more, True) if backwards else (values is not None, more)
    return Page(
        rows=rows,
        previous_url=_address(params, BEFORE, rows[0], names) if previous else "",
        next_url=_address(params, AFTER, rows[-1], names) if following else "",
        is_first=not previous,
    )


def _rows_from(queryset, keys, side, values, size):
    """One row more than a page holds, from the token's row on, nearest first."""
    if values is None:
        return list(queryset.order_by(*keys)[: size + 1])
    if side == BEFORE:
        keys = [key[1:] if key.startswith("-") else f"-{key}" for key in keys]
    return list(queryset.filter(beyond(keys, values)).order_by(*keys)[: size + 1])


def beyond(keys, values):
    """Rows after `values` in the order of `keys`; the bound on the first key alone is what an index starts from."""
    key, *others = keys
    name, step = (key[1:], "lt") if key.startswith("-") else (key, "gt")
    strictly = Q(**{f"{name}__{step}": values[0]})
    if not others:
        return strictly
    return Q(**{f"{name}__{step}e": values[0]}) & (strictly | Q(**{name: values[0]}) & beyond(others, values[1:]))


def _output_field(queryset, name):
    """The field whose values a key has: an annotation's, or a model's across relations."""
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    model = queryset.model
    *relations, last = name.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    found = model._meta.pk if last == "pk" else model._meta.get_field(last)
    return found.target_field if found.is_relation else found


def _value(row, name):
    for step in name.split("__"):
        row = getattr(row, step)
    return row


def _address(params, side, row, names):
    query = params.copy()
    for name in [AFTER, BEFORE, *(name for name in params if not any(params.getlist(name)))]:
        query.pop(name, None)
    query[side] = token([_value(row, name) for name in names])
    return f"?{query.urlencode()}"


def token(values):
    """The place in a list after or before a row, as an address holds it: the values of the row's keys."""
    text = json.dumps([value if isinstance(value, int) else str(value) for value in values], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(token, fields):
    """The keys' values in a token, or None where it is not one."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    try:
        raw = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
        if not isinstance(raw, list) or len(raw) != len(fields):
            return None
        values = [_clean(value, one) for value, one in zip(raw, fields, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError):
        return None
    return values


def _clean(value, one):
    """A value as its field has it; raises ValueError or ValidationError for what no row can hold."""
    if isinstance(value, str):
        value.encode()
    elif not isinstance(value, int):
        raise ValueError
    value = one.to_python(value)
    unfit = (
        value is None
        or (isinstance(value, int) and abs(value) > BIGGEST_INTEGER)
        or (isinstance(value, str) and "\x00" in value)
        or (isinstance(value, Decimal) and not value.is_finite())
        or (isinstance(value, datetime) and is_naive(value))
    )
    if unfit:
        raise ValueError
    return value


class CappedCount(Subquery):
    """How many rows a queryset has, as a column of another; slice the queryset, so that counting stops there."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()


def counted_page(rows, narrow, keys, params, size=50, searched=False, surely=None):
    """(page, how many rows there are in all, whether there are more than CAP) of the rows that `narrow` leaves over.

    `searched` says that words are among the conditions. An index finds those rows, and another one their order; asked
    for both at once, the database may go through millions in order. So what was found is counted, and then put in order
    where it is few; where it is many, a page is soon full in whatever order. `surely` are rows, quickly found, that are
    all among those asked for: where they are many already, nothing else need be counted.
    """
    if searched and surely is not None and capped_count(surely)[1]:
        return keyset_page(narrow(rows), keys, params, size), CAP, True
    if searched:
        keys_found = list(narrow(rows.model.objects.all()).order_by().values_list("pk", flat=True)[: CAP + 1])
        if not keys_found:
            return Page(), 0, False
        if len(keys_found) <= CAP:
            return keyset_page(rows.filter(pk__among=keys_found), keys, params, size), len(keys_found), False
        return keyset_page(narrow(rows), keys, params, size), CAP, True
    page = keyset_page(narrow(rows), keys, params, size)
    if page.is_first and not page.next_url:
        return page, len(page.rows), False
    return page, *capped_count(narrow(rows.model.objects.all()))


def capped_count(queryset, cap=CAP):
    """How many rows there are and whether there are more than `cap`, where counting stops."""
    n = queryset.order_by()[: cap + 1].count()
    return min(n, cap), n > cap
