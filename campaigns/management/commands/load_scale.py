"""Fill an empty register with a country, to measure it at that size."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from campaigns.sample.loading import PASSWORD, occupied
from campaigns.scale.loading import SMALLEST, load
from records.models import User


class Command(BaseCommand):
    help = "Fill an empty database with a made-up country of any size, 5.6 million members in 59,000 units at most."

    def add_arguments(self, parser):
        parser.add_argument("--members", type=int, default=5_600_000, help="how many members (5,600,000)")
        parser.add_argument("--seed", type=int, default=2026, help="the same seed gives the same country (2026)")

    def handle(self, *, members, seed, verbosity, **options):
        if members < SMALLEST:
            raise CommandError(_("A country needs at least %(count)d members.") % {"count": SMALLEST})
        if occupied():
            raise CommandError(_("The database is not empty: a country goes into an empty one only."))
        load(members, seed, self.tell if verbosity > 1 else lambda text: None)
        logins = ", ".join(User.objects.order_by("pk").values_list("username", flat=True))
        self.stdout.write(
            _("Loaded. Logins: %(logins)s; every one has the password %(password)s")
            % {"logins": logins, "password": PASSWORD}
        )

    def tell(self, text):
        """How far it is; in a file too, while it goes on."""
        self.stdout.write(text)
        self.stdout.flush()
