"""A csv written by PostgreSQL itself, cell for cell what Python makes of the same list; for lists of a million rows.

It is told the cells as expressions. A list with a column that only Python can make goes the other way.
"""

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Case, F, Func, IntegerField, TextField, Value, When, Window
from django.db.models.functions import Concat, NullIf, RowNumber, TruncDate
from django.db.models.lookups import In

from records.lists.exporting import day_of, known_date
from records.sheets.guarding import MARK, RISKY
from records.sheets.planning import Type
from records.sheets.writing import CHUNK

FORMATS = {"day": "DD/MM/YYYY", "month": "MM/YYYY", "year": "YYYY"}
RISKY_CODES = [ord(sign) for sign in RISKY]


def expressions(rows, parts):
    """The cells of the columns as expressions over the rows, None where there is one that Python alone can make."""
    if connections[rows.db].vendor != "postgresql":
        return None
    found = [expression(rows, part) for part in parts]
    return None if None in found else found


def expression(rows, part):
    """The cell of one column, None where Python alone can make it."""
    if not part.sources:
        return Window(RowNumber(), order_by=rows.query.order_by)
    source = part.sources[0]
    if part.words is not None:
        return Case(*[When(**{source: value}, then=Value(word)) for value, word in part.in_words().items()])
    if part.turn is known_date:
        precision = part.sources[1]
        return Case(*[When(**{precision: one}, then=written(F(source), form)) for one, form in FORMATS.items()])
    if part.turn is day_of:
        return written(TruncDate(source), FORMATS["day"])
    if part.turn or part.turn_for:
        return None
    if part.type == Type.DATE:
        return written(F(source), FORMATS["day"])
    return guarded(F(source)) if part.type == Type.TEXT else whole(rows, source)


def written(day, form):
    return Func(day, Value(form), function="TO_CHAR", output_field=TextField())


def whole(rows, source):
    """A column of whole numbers; any other is written by Python."""
    columns = {column.name: column for column in rows.model._meta.concrete_fields}
    return F(source) if isinstance(columns.get(source), IntegerField) else None


def guarded(text):
    """As `guarding.guard`; an empty text is nothing."""
    bare = Func(text, Value(MARK), function="LTRIM", output_field=TextField())
    first = Func(bare, function="ASCII", output_field=IntegerField())
    marked = Concat(Value(MARK), text, output_field=TextField())
    safe = Case(When(In(first, RISKY_CODES), then=marked), default=text, output_field=TextField())
    return NullIf(safe, Value(""), output_field=TextField())


class Sink:
    """Takes the rows one by one as the database sends them, and hands them to a file; counts them."""

    def __init__(self, file, beat):
        self.take, self.beat, self.count = file.write, beat, 0

    def write(self, row):
        self.take(row)
        self.count += 1
        if self.beat and not self.count % CHUNK:
            self.beat(self.count)


def copy(rows, cells, file, beat=None):
    """Have the rows written into the file; returns how many there were."""
    sink = Sink(file, beat)
    try:
        select, params = rows.values_list(*cells).query.sql_with_params()
    except EmptyResultSet:
        # Somebody who may see nothing any more.
        return 0
    with connections[rows.db].cursor() as cursor:
        select = cursor.mogrify(select, params).decode()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT WITH (FORMAT csv, ENCODING 'UTF8')", sink)
    return sink.count
