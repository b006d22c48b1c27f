from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0006_exports")]

    operations = [
        migrations.RemoveConstraint(
            model_name="importrow",
            name="importrow_state_known",
        ),
        migrations.RemoveField(
            model_name="importrow",
            name="state",
        ),
    ]
