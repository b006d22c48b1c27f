from django.db import migrations

import records.models.fields

# A decision's unit may have moved since the award was written, but its copy moved with it.
COPY = """
UPDATE records_award SET kept_path = (SELECT unit_path FROM records_decision WHERE id = records_award.decision_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="award",
            name="kept_path",
            field=records.models.fields.KeyField(blank=True, db_index=True, default="", editable=False, max_length=255),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
    ]
