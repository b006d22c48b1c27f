import django.db.models.deletion
from django.db import migrations, models

import records.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_import_rows_without_state"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalaward",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalaward",
            name="public_id",
            field=records.models.fields.ExactField(
                default=records.models.fields.new_public_id, editable=False, max_length=12
            ),
        ),
        migrations.AlterField(
            model_name="historicalawardevent",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalawardtype",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalawardtypealias",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalcleanup",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicaldecision",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalmember",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalmember",
            name="public_id",
            field=records.models.fields.ExactField(
                default=records.models.fields.new_public_id, editable=False, max_length=12
            ),
        ),
        migrations.AlterField(
            model_name="historicalmembership",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalmerge",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalnamesakes",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalposting",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalsector",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicaltransfer",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalunit",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicalunitevent",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="historicaluser",
            name="history_date",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="importrow",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="records.import",
                verbose_name="import",
            ),
        ),
        migrations.AlterField(
            model_name="member",
            name="attached_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visitors",
                to="records.unit",
                verbose_name="temporarily attached to",
            ),
        ),
        migrations.AlterField(
            model_name="member",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="records.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("attached_to__isnull", False)), fields=["attached_to"], name="member_by_attachment"
            ),
        ),
    ]
