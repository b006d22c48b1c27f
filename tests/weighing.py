"""What a page asks of PostgreSQL, without a clock: its queries, the blocks they touch, the shape of their plans."""

import json
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

# Of these a page reads what it shows; whoever reads all of one waits seconds at the size of a country.
BIG = {
    apps.get_model(label)._meta.db_table
    for label in (
        "records.Member", "records.Membership", "records.Award", "records.Decision", "campaigns.Registration",
        "campaigns.Pledge", "campaigns.Tally", "campaigns.UnitPlan", "records.Unit",
    )
}  # fmt: skip
# Rows that a sort may take in, or a scan pass over: more than a list's page with its neighbours and the capped count's.
SORTED, PASSED = 1_000, 11_000


@dataclass
class Weight:
    """A page's weight: queries, kilobytes sent, blocks of 8 KB touched, the database's milliseconds, what is wrong."""

    queries: int = 0
    size: float = 0
    buffers: int = 0
    milliseconds: float = 0
    faults: list = field(default_factory=list)
    statements: list = field(default_factory=list)


def weigh(client, address, most_sorted=SORTED):
    """Ask for a page and explain each of its queries; raises AssertionError where the page is not shown.

    `most_sorted`: how many rows a sort may take in before it is a fault.
    """
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
        size = len(b"".join(answer) if answer.streaming else answer.content) / 1024
    assert answer.status_code == 200, (address, answer.status_code)
    weight = Weight(len(asked), size)
    for query in asked.captured_queries:
        if query["sql"].startswith(("SELECT", "(SELECT", "WITH")):
            add(weight, query["sql"], most_sorted)
    return weight


def add(weight, sql, most_sorted):
    plan = explained(sql)
    top = plan["Plan"]
    buffers = top.get("Shared Hit Blocks", 0) + top.get("Shared Read Blocks", 0)
    weight.buffers += buffers
    weight.milliseconds += plan["Execution Time"]
    faults = [fault for node in nodes(top) if (fault := faulty(node, most_sorted))]
    weight.faults += faults
    weight.statements.append((buffers, plan["Execution Time"], faults, sql))


def explained(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql.replace('%', '%%')}" % ())
        found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]


def nodes(node):
    """A plan's node and all below it."""
    yield node
    for below in node.get("Plans", ()):
        yield from nodes(below)


def faulty(node, most_sorted):
    """What is wrong with one node of a plan, or None."""
    kind, rows = node["Node Type"], node["Actual Rows"] * node["Actual Loops"]
    passed = rows + node.get("Rows Removed by Filter", 0) * node["Actual Loops"]
    table = node.get("Relation Name")
    if kind == "Seq Scan" and table in BIG and passed > PASSED:
        return f"reads all of {table} ({passed:,.0f} rows)"
    if table in BIG and passed > 4 * PASSED:
        return f"passes over {passed:,.0f} rows of {table} ({node.get('Index Name', kind)})"
    taken = node["Plans"][0]["Actual Rows"] * node["Plans"][0]["Actual Loops"] if kind == "Sort" else 0
    if taken > most_sorted:
        return f"sorts {taken:,.0f} rows by {', '.join(node['Sort Key'])[:60]}"
    return None
