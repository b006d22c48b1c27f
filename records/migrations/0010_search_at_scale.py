"""Parts of names, and awards of a province or a commune newest first, among millions of rows: PostgreSQL's own indexes.

SQLite has neither kind and serves a province, whose tables it reads through in milliseconds.
"""

from django.db import migrations

# Any part of a folded name is found by its groups of three letters.
SEARCHED = {
    "member_name_parts": "records_member USING gin (search_key gin_trgm_ops)",
    "member_card_parts": "records_member USING gin (card_number gin_trgm_ops) WHERE card_number <> ''",
    "award_name_parts": "records_award USING gin (search_key gin_trgm_ops)",
    "decision_parts": "records_decision USING gin (search_key gin_trgm_ops)",
    "unit_name_parts": "records_unit USING gin (search_key gin_trgm_ops)",
}
# A range over paths and an order by date are never one index; the unit at a step of the path and the date are.
NEWEST = "decided_on DESC, decision_id DESC, list_position, id"
STEPS = {
    f"award_newest_at_{step}": f"records_award (split_part(unit_path, '.', {step}), {NEWEST}) WHERE published_at IS NOT NULL"
    for step in (2, 3, 4, 5)
}


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name, definition in (SEARCHED | STEPS).items():
            schema_editor.execute(f"CREATE INDEX {name} ON {definition}")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in SEARCHED | STEPS:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("records", "0009_awards_know_their_keeper")]
    operations = [migrations.RunPython(add, remove)]
