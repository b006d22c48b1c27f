"""The whole country in one transaction: whoever breaks off finds the register as empty as before."""

from datetime import date
from time import monotonic

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from campaigns.models import Pledge, Registration, Tally, UnitPlan
from campaigns.sample.draws import Draw
from campaigns.sample.loading import PASSWORD
from campaigns.scale.country import Country
from campaigns.scale.filling import Table, with_room
from campaigns.scale.honours import Honours
from campaigns.scale.people import People
from campaigns.scale.work import Work
from records import bulk
from records.bare import bare
from records.models import Award, AwardType, Decision, Member, Membership, Posting, Unit, User

SMALLEST = 5_000  # members below which a country has no five levels worth the name
TODAY = date(2026, 11, 1)
UNIT = ("id", "code", "name", "kind", "parent_id", "path", "headcount", "search_key", "sort_key")
BIG = [Unit, Member, Membership, Decision, Award, UnitPlan, Registration, Pledge, Tally]


@transaction.atomic
def load(members, seed, tell=lambda text: None):
    """Fill an empty register with a country of so many members; the same seed and size give the same rows."""
    began = monotonic()

    def note(text):
        tell(f"{monotonic() - began:7.1f} s  {text}")

    draw = Draw(seed)
    AwardType.objects.load()
    country = Country(draw, members)
    people = People(draw, country, seed, TODAY)
    work = Work(draw, country, people, TODAY)
    honours = Honours(draw, country, people, seed, TODAY)

    def fill(model, columns, lines):
        table = Table(model, *columns)
        table.fill(lines(table.tail))
        note(model._meta.verbose_name_plural)

    with with_room(), bare(BIG, tell=note):
        # Members before units: whom a unit counts is known then.
        fill(Member, people.MEMBER, people.members)
        fill(Unit, UNIT, country.lines)
        fill(Membership, people.MEMBERSHIP, people.memberships)
        honours.decide(members)
        write_decisions(honours.decisions)
        note(Decision._meta.verbose_name_plural)
        fill(Award, honours.AWARD, honours.awards)
        work.launch()
        fill(UnitPlan, work.PLAN, work.plans)
        fill(Registration, work.REGISTRATION, work.registrations)
        fill(Pledge, work.PLEDGE, work.pledges)
        fill(Tally, work.TALLY, work.tally_lines)
        make_logins(country)
    with connection.cursor() as cursor:
        for model in BIG:
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    note("")


def write_decisions(decisions):
    """Decisions, whose numbers are taken apart by the model itself."""
    fields = Decision._meta.concrete_fields
    rows = (
        [field.get_db_prep_save(getattr(decision, field.attname), connection) for field in fields]
        for decision in decisions
    )
    bulk.insert(Decision, [field.attname for field in fields], rows)


def make_logins(country):
    """One clerk at each level of the tree, and an administrator; all with the sample's password."""
    password = make_password(PASSWORD)
    place = country.root
    logins = {"quantri": None, "toanquoc": place}
    for login in ("tinh", "xa", "coso", "chibo"):
        place = max(place.below, key=lambda one: one.last - one.first)
        logins[login] = place
    for login, at in logins.items():
        user = User.objects.create(username=login, password=password, is_staff=True, is_superuser=at is None)
        if at:
            Posting.objects.create(user=user, unit_id=at.key, role=Posting.Role.CLERK, valid_from=date(2020, 1, 1))
