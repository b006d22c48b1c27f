"""Bring in the shipped catalogue of awards."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from records.models import AwardType


class Command(BaseCommand):
    help = "Load records/data/award_types.csv and its aliases; types already there stay as staff edited them."

    def add_arguments(self, parser):
        parser.add_argument("--update", action="store_true", help="overwrite edited types with the shipped ones")

    def handle(self, **options):
        came = AwardType.objects.load(update=options["update"])
        self.stdout.write(_("Award catalogue: %(count)d entries added or updated.") % {"count": came})
