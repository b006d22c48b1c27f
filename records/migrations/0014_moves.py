import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import records.models.fields
from records.publication import watch

# As in 0011: what no public page reads.
PRIVATE = {
    "AuditEvent", "CleanUp", "ColumnTemplate", "Export", "Import", "ImportRow", "Move", "Namesakes", "Posting",
    "SavedView", "Submission", "Transfer", "User",
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_reckonings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    records.models.fields.ExactField(
                        default=records.models.fields.new_public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("on", models.DateField(verbose_name="from day")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "waits for its turn"),
                            ("running", "under way"),
                            ("done", "done"),
                            ("stopped", "stopped"),
                            ("failed", "could not be done"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                ("error", models.CharField(blank=True, editable=False, max_length=500, verbose_name="why it failed")),
                ("rows", models.JSONField(default=dict, editable=False, verbose_name="rows")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for at")),
                ("started_at", models.DateTimeField(editable=False, null=True, verbose_name="begun at")),
                ("finished_at", models.DateTimeField(editable=False, null=True, verbose_name="finished at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.decision",
                        verbose_name="decision",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.unit",
                        verbose_name="new unit directly above",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="records.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "move of a unit",
                "verbose_name_plural": "moves of units",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("asked", "running"))), fields=["id"], name="move_at_work"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["asked", "running", "done", "stopped", "failed"])),
                        name="move_status_known",
                        violation_error_message="Choose one of the listed values.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("asked", "running"))),
                        fields=("unit",),
                        name="move_once_at_work",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True), ("finished_at__isnull", False), _connector="OR"
                        ),
                        name="move_done_at_a_time",
                    ),
                ],
            },
        ),
        watch("records", PRIVATE),
    ]
