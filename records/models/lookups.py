"""Conditions that Django does not bring."""

import json

from django.db import models
from django.db.models.lookups import Contains

from records.models.fields import KeyField


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):
    """The column is one of many values, which go to the database as one; `in` binds each by itself.

    Of a list Django looks at each value first, of a set it does not.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        values = sorted(set(self.rhs) - {None})
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*params, values]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(values)]  # noqa: S608


class Holds(Contains):
    """The column has the text somewhere in it, as `contains` says; for columns with an index over groups of letters.

    PostgreSQL would use such an index for columns that equal a value as well, thousands of times slower than by a plain
    one, and up to version 17 believes it cheap. So the index is over the column with nothing behind it, and only who
    looks for a part of the text asks for that.
    """

    def process_lhs(self, compiler, connection, lhs=None):
        column, params = super().process_lhs(compiler, connection, lhs)
        return f"({column} || '')" if connection.vendor == "postgresql" else column, params


models.CharField.register_lookup(Holds, "holds")
KeyField.register_lookup(Holds, "contains")
