"""Begin anew what a worker that died had in hand."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from records.models import Import
from records.models.imports import AT_WORK
from records.tasks import resume


class Command(BaseCommand):
    help = (
        "Put imports back into the queue whose worker died. Run it by a timer, every minute or so, beside "
        "`manage.py db_worker`; the pages do the same when somebody looks."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--anyway", action="store_true", help="even those heard of lately: no worker can be running now"
        )

    def handle(self, *, anyway, **options):
        resumed = [batch for batch in Import.objects.filter(status__in=AT_WORK) if resume(batch, anyway)]
        for batch in resumed:
            self.stdout.write(_("Begun anew: %(name)s") % {"name": batch.name})
