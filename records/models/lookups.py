"""Conditions that Django does not bring."""

import json

from django.db import models


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
