"""Whatever changes what the public may read of campaigns is counted, by the database itself."""

from django.db import migrations

from records.publication import watch

PRIVATE = {"EvidencePhoto", "Inspection", "Invitation", "SelfPledge", "SelfRegistration", "UnitReport"}


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_fewer_indexes"),
        ("records", "0011_publication"),
    ]
    operations = [watch("campaigns", PRIVATE)]
