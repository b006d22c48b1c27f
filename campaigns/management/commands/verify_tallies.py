"""Hold the stored counts against the rows they count."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from campaigns.models import Tally
from records.models import Member, Unit


class Command(BaseCommand):
    help = "Compare every tally and headcount with a live count; exit 1 where one differs. Changes nothing."

    def handle(self, **options):
        wrong = 0
        for campaign, unit, stored, counted in Tally.objects.differences():
            wrong += 1
            self.stdout.write(
                _("campaign %(campaign)s, unit %(unit)s: stored %(stored)s, counted %(counted)s")
                % {"campaign": campaign, "unit": unit, "stored": stored, "counted": counted}
            )
        for unit, stored, counted in Unit.objects.miscounted():
            wrong += 1
            self.stdout.write(
                _("headcount of %(unit)s: stored %(stored)s, counted %(counted)s")
                % {"unit": unit, "stored": stored, "counted": counted}
            )
        if wrong:
            raise CommandError(_("%(count)d figures differ from their rows.") % {"count": wrong})
        self.stdout.write(
            _("All figures equal their rows: %(tallies)d tallies, %(units)d units, %(members)d members.")
            % {"tallies": Tally.objects.count(), "units": Unit.objects.count(), "members": Member.objects.count()}
        )
