"""The years that published rows are of, found by as many steps along an index as there are years."""

from django.db import connections, router

START_OF_YEAR = {"postgresql": "date_trunc('year', {})::date", "sqlite": "date({}, 'start of year')"}
# Each step asks for the newest day before the year just found; a DISTINCT would read every row.
STEPS = """
WITH RECURSIVE newest (day) AS (
    SELECT * FROM (SELECT {column} FROM {table} WHERE published_at IS NOT NULL ORDER BY {column} DESC LIMIT 1) first
    UNION ALL
    SELECT (
        SELECT {column} FROM {table}
        WHERE published_at IS NOT NULL AND {column} < {start} ORDER BY {column} DESC LIMIT 1
    ) FROM newest WHERE day IS NOT NULL
)
SELECT day FROM newest WHERE day IS NOT NULL
"""


def published_years(model, name):
    """The years in which published rows of a model have a date, the newest first; the date has an index of its own."""
    connection = connections[router.db_for_read(model)]
    quote = connection.ops.quote_name
    column, table = quote(model._meta.get_field(name).column), quote(model._meta.db_table)
    start = START_OF_YEAR[connection.vendor].format("day")
    with connection.cursor() as cursor:
        cursor.execute(STEPS.format(column=column, table=table, start=start))
        return [int(str(day)[:4]) for (day,) in cursor.fetchall()]
