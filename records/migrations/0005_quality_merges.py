"""Merged records, people told apart, deadlines for the records."""

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import records.models.fields
import records.models.history


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalCleanUp",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    records.models.fields.ExactField(
                        blank=True, db_index=True, default=records.models.history.current_request_id, max_length=32
                    ),
                ),
                ("due_on", models.DateField(verbose_name="to be in order by")),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="For the clerks: what matters most.", max_length=500, verbose_name="note"
                    ),
                ),
                ("closed_on", models.DateField(editable=False, null=True, verbose_name="ended on")),
                ("history_change_reason", models.CharField(max_length=500, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical deadline for the records",
                "verbose_name_plural": "historical deadlines for the records",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMerge",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    records.models.fields.ExactField(
                        blank=True, db_index=True, default=records.models.history.current_request_id, max_length=32
                    ),
                ),
                ("absorbed_key", models.BigIntegerField(db_index=True, verbose_name="key of the other record")),
                (
                    "absorbed_code",
                    models.CharField(db_index=True, max_length=12, verbose_name="public code of the other record"),
                ),
                ("absorbed_name", models.CharField(max_length=150, verbose_name="other record")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=500, verbose_name="what shows that it is one person"),
                ),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="merged at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
                ("undo_reason", models.CharField(blank=True, max_length=500, verbose_name="why it was undone")),
                ("history_change_reason", models.CharField(max_length=500, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.member",
                        verbose_name="record kept",
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="merged by",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical merged record",
                "verbose_name_plural": "historical merged records",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalNamesakes",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    records.models.fields.ExactField(
                        blank=True, db_index=True, default=records.models.history.current_request_id, max_length=32
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="how they are told apart")),
                ("said_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="told apart at")),
                ("history_change_reason", models.CharField(max_length=500, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "first",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.member",
                        verbose_name="one person",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="told apart by",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.member",
                        verbose_name="the other person",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical two people told apart",
                "verbose_name_plural": "historical people told apart",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="CleanUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "unit_path",
                    records.models.fields.KeyField(
                        blank=True, db_index=True, default="", editable=False, max_length=255
                    ),
                ),
                ("due_on", models.DateField(verbose_name="to be in order by")),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="For the clerks: what matters most.", max_length=500, verbose_name="note"
                    ),
                ),
                ("closed_on", models.DateField(editable=False, null=True, verbose_name="ended on")),
                (
                    "set_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clean_ups",
                        to="records.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "deadline for the records",
                "verbose_name_plural": "deadlines for the records",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("unit",),
                        name="cleanup_once_open",
                        violation_error_message="This unit has a deadline already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("absorbed_key", models.BigIntegerField(db_index=True, verbose_name="key of the other record")),
                (
                    "absorbed_code",
                    models.CharField(db_index=True, max_length=12, verbose_name="public code of the other record"),
                ),
                ("absorbed_name", models.CharField(max_length=150, verbose_name="other record")),
                ("snapshot", models.JSONField(default=dict, editable=False)),
                (
                    "reason",
                    models.CharField(blank=True, max_length=500, verbose_name="what shows that it is one person"),
                ),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="merged at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
                ("undo_reason", models.CharField(blank=True, max_length=500, verbose_name="why it was undone")),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="records.member",
                        verbose_name="record kept",
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="merged by",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
            ],
            options={
                "verbose_name": "merged record",
                "verbose_name_plural": "merged records",
                "indexes": [models.Index(fields=["-merged_at", "-id"], name="merge_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("absorbed_key",),
                        name="merge_once_standing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Namesakes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="how they are told apart")),
                ("said_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="told apart at")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.member",
                        verbose_name="one person",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="told apart by",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.member",
                        verbose_name="the other person",
                    ),
                ),
            ],
            options={
                "verbose_name": "two people told apart",
                "verbose_name_plural": "people told apart",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("first", "second"),
                        name="namesakes_once",
                        violation_error_message="These two have been told apart already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="namesakes_are_two",
                        violation_error_message="Choose two records.",
                    ),
                ],
            },
        ),
    ]
