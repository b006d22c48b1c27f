"""Groups of letters are indexed under an expression of their own, so that PostgreSQL takes them for nothing else.

An index over groups of letters also serves a column that equals a value, by reading every entry that waits to be sorted
in; up to version 17 PostgreSQL thinks that cheaper than the plain index, and lists of people took minutes.
"""

from django.db import migrations

OVER = {
    "member_name_parts": "records_member USING gin ({} gin_trgm_ops)",
    "member_card_parts": "records_member USING gin ({} gin_trgm_ops) WHERE card_number <> ''",
    "award_name_parts": "records_award USING gin ({} gin_trgm_ops)",
    "decision_parts": "records_decision USING gin ({} gin_trgm_ops)",
    "unit_name_parts": "records_unit USING gin ({} gin_trgm_ops)",
}


def column_of(name):
    return "card_number" if name == "member_card_parts" else "search_key"


def index(schema_editor, written):
    if schema_editor.connection.vendor == "postgresql":
        for name, definition in OVER.items():
            schema_editor.execute(f"DROP INDEX {name}")
            schema_editor.execute(f"CREATE INDEX {name} ON {definition.format(written.format(column_of(name)))}")
        # How common groups are is known of an expression once its table was looked through again.
        for table in {definition.split()[0] for definition in OVER.values()}:
            schema_editor.execute(f"ANALYZE {table}")


def add(apps, schema_editor):
    index(schema_editor, "({} || '')")


def remove(apps, schema_editor):
    index(schema_editor, "{}")


class Migration(migrations.Migration):
    dependencies = [("records", "0014_moves")]
    operations = [migrations.RunPython(add, remove)]
