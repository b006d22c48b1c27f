from django.db import migrations, models

import records.models.fields
from records.publication import watch

# As in 0011: what no public page reads.
PRIVATE = {
    "AuditEvent", "CleanUp", "ColumnTemplate", "Export", "Import", "ImportRow", "Namesakes", "Posting", "SavedView",
    "Submission", "Transfer", "User",
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0012_sums_without_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reckoning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", records.models.fields.ExactField(max_length=150, unique=True)),
                ("figures", models.JSONField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
            ],
        ),
        watch("records", PRIVATE),
    ]
