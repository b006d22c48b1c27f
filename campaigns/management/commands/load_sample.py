"""Fill an empty register with the sample province."""

from datetime import date
from time import monotonic

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Exemplar, Registration
from campaigns.sample.loading import EARLIEST, PASSWORD, SMALLEST, load, occupied, sample_users
from records.models import Award, Decision, Member, Unit


class Command(BaseCommand):
    help = "Fill an empty database with a sample province: real facts of the field, fictional people."

    def add_arguments(self, parser):
        parser.add_argument("--members", type=int, default=2000, help="how many members (2000)")
        parser.add_argument("--seed", type=int, default=2018, help="the same seed gives the same people (2018)")
        parser.add_argument("--today", metavar="YYYY-MM-DD", help="the day to take for today")
        parser.add_argument("--once", action="store_true", help="leave a database that is not empty alone, quietly")

    def handle(self, *, members, seed, today, once, **options):
        if occupied():
            if not once:
                raise CommandError(_("The database is not empty: the sample goes into an empty one only."))
            self.stdout.write(_("The database is not empty; nothing was loaded."))
            return self.show_logins()
        if members < SMALLEST:
            raise CommandError(_("The sample needs at least %(count)d members.") % {"count": SMALLEST})
        started = monotonic()
        load(members, seed, self.day(today))
        self.show_counts(monotonic() - started)
        self.show_logins()

    def day(self, text):
        try:
            day = date.fromisoformat(text) if text else timezone.localdate()
        except ValueError:
            raise CommandError(_("Write the day as 2026-11-30, not “%(text)s”.") % {"text": text}) from None
        if day < EARLIEST:
            raise CommandError(
                _("The sample tells of the years up to 2020; take a later day than %(day)s.") % {"day": day}
            )
        return day

    def show_counts(self, seconds):
        counts = {
            "units": Unit.objects.count(),
            "members": Member.objects.count(),
            "campaigns": Campaign.objects.count(),
            "registrations": Registration.objects.count(),
            "exemplars": Exemplar.objects.count(),
            "decisions": Decision.objects.count(),
            "awards": Award.objects.count(),
            "seconds": f"{seconds:.1f}",
        }
        self.stdout.write(
            _(
                "Sample loaded in %(seconds)s s: %(units)d units, %(members)d members, %(campaigns)d campaigns, "
                "%(registrations)d registrations, %(exemplars)d exemplars, %(decisions)d decisions, %(awards)d awards."
            )
            % counts
        )

    def show_logins(self):
        """The sample's accounts, where they are in the database: login, role, unit."""
        users = list(sample_users().prefetch_related("postings__unit").order_by("pk"))
        if not users:
            return
        self.stdout.write(_("Sample logins; every one has the password %(password)s") % {"password": PASSWORD})
        for user in users:
            posting = next(iter(user.postings.all()), None)
            role = posting.get_role_display() if posting else _("administrator")
            unit = posting.unit.name if posting else ""
            self.stdout.write(f"  {user.username:<12}{role:<20}{unit}".rstrip())
        self.stderr.write(
            self.style.WARNING(
                _("Anyone who knows this password can sign in: never leave these accounts on a real register.")
            )
        )
