"""Begin anew what a worker that died had in hand."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from records.models import Export, Import, Move
from records.models.imports import AT_WORK
from records.tasks import resume


class Command(BaseCommand):
    help = (
        "Put imports, exports and moves of units back into the queue whose worker died. Run it by a timer, every "
        "minute or so, beside `manage.py db_worker`; the pages do the same when somebody looks."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--anyway", action="store_true", help="even those heard of lately: no worker can be running now"
        )

    def handle(self, *, anyway, **options):
        at_work = [*Import.objects.filter(status__in=AT_WORK), *Export.objects.at_work(), *Move.objects.at_work()]
        for batch in [batch for batch in at_work if resume(batch, anyway)]:
            self.stdout.write(_("Begun anew: %(name)s") % {"name": batch})
