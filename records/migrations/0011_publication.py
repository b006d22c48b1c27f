"""Whatever changes what the public may read is counted, by the database itself."""

from django.db import migrations

from records.publication import make_counter, remove_counter, watch

PRIVATE = {
    "AuditEvent", "CleanUp", "ColumnTemplate", "Export", "Import", "ImportRow", "Namesakes", "Posting", "SavedView",
    "Submission", "Transfer", "User",
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("records", "0010_search_at_scale")]
    operations = [migrations.RunPython(make_counter, remove_counter), watch("records", PRIVATE)]
