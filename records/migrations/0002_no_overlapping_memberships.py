"""On any day a member belongs officially to at most one unit, and is attached to at most one: held by the database.

PostgreSQL has exclusion constraints for this; SQLite gets two triggers.
"""

from django.db import migrations

SQLITE = """
CREATE TRIGGER membership_no_overlap_{event} BEFORE {event} ON records_membership
FOR EACH ROW WHEN (NEW.valid_to IS NULL OR NEW.valid_to > NEW.valid_from) AND EXISTS (
    SELECT 1 FROM records_membership AS other
    WHERE other.member_id = NEW.member_id AND other.kind = NEW.kind AND other.id IS NOT NEW.id
    AND (other.valid_to IS NULL OR other.valid_to > other.valid_from AND other.valid_to > NEW.valid_from)
    AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
)
BEGIN SELECT RAISE(ABORT, 'membership_no_overlap'); END
"""
POSTGRESQL = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE records_membership ADD CONSTRAINT membership_no_overlap
EXCLUDE USING gist (member_id WITH =, kind WITH =, daterange(valid_from, valid_to, '[)') WITH &&);
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(SQLITE.format(event=event))


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE records_membership DROP CONSTRAINT membership_no_overlap")
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER membership_no_overlap_{event}")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
