"""The drill of a fail-over says what it lacks; what it would run keeps the rules that its figures rest on."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.one_database
FILES = settings.BASE_DIR / "deploy" / "patroni"


def seconds(name):
    return int(re.search(rf"(?m)^ +{name}: (\d+)$", (FILES / "patroni.yml").read_text())[1])


def test_without_its_programs_it_says_which_and_how_to_install_them():
    """With a status of its own: neither that nothing was lost, nor that something was."""
    missing = subprocess.run(
        [sys.executable, settings.BASE_DIR / "deploy" / "drill"],
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert missing.returncode == 3, missing.stderr
    assert "was not run" in missing.stdout and re.search(r"apt-get install .*\betcd-server\b", missing.stdout)


def test_a_commit_is_acknowledged_by_two_nodes_or_not_at_all():
    text = (FILES / "patroni.yml").read_text()
    assert "synchronous_mode: true\n" in text and "synchronous_mode_strict: true\n" in text
    assert '        synchronous_commit: "on"\n' in text


def test_a_primary_gives_up_before_another_may_take_over():
    """Patroni's own condition: whoever cannot renew the lease has stopped writing when it ends."""
    assert seconds("ttl") >= seconds("loop_wait") + 2 * seconds("retry_timeout")


def test_nobody_waits_on_a_node_that_is_not_what_it_was():
    text = (FILES / "haproxy.cfg").read_text()
    assert "on-marked-down shutdown-sessions" in text
    for name, address in (("primary", "/primary"), ("replicas", "/replica")):
        section = re.search(rf"(?ms)^listen {name}\n(.*?)(?=^\S|\Z)", text)[1]
        assert f"uri {address}\n" in section and section.count("check port 8008") == 3


def test_transactions_are_pooled_and_the_site_is_told_what_that_asks():
    text = (FILES / "pgbouncer.ini").read_text()
    assert "pool_mode = transaction\n" in text and "?DISABLE_SERVER_SIDE_CURSORS=True" in text
