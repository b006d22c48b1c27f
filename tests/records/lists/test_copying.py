"""What PostgreSQL writes of a list is, cell for cell, what Python makes of it."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.http import QueryDict

from records.exports import Wanted, lists
from records.lists.copying import expressions
from records.models import Export
from records.pulse import Stopped
from records.sheets.guarding import RISKY
from tests.factories import make_award, make_branch, make_decision, make_member, make_sector, make_superuser, make_unit

pytestmark = pytest.mark.django_db
ONLY_POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="COPY is PostgreSQL's")
TEXTS = [
    *(f"{sign}1+1" for sign in RISKY if sign.strip()), "'=1", "''+84", "'", "'Ánh", 'ông "Ba"', "a,b", "a;b",
    "hai\ndòng", "hai\r\ndòng", "", " ", "\\.", "\\N", "NULL", "00012", "Nguyễn\u00a0Văn", "\t=1", "\n=1", "\r=1",
    "%s %d",
]  # fmt: skip


def wanted(code, user):
    outgoing = lists()[code]
    names = tuple(part.name for part in outgoing.parts)
    return Wanted(outgoing, outgoing.find(user, QueryDict("")), user, names, Export.Format.CSV)


def read(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def register():
    """Awards, decisions and units that say all there is to say, and nothing at all."""
    root = make_unit(name="Gốc")
    above = root
    for number, text in enumerate(TEXTS):
        unit = make_unit(
            parent=above, short_name=text, description=text, listed=bool(number % 2), established_on=date(2000, 2, 3),
            sector=make_sector() if number % 2 else None,
        )  # fmt: skip
        above = unit if number % 3 else root
        decision = make_decision(
            unit=unit, subject=text, signed_by=text, issued_on=date(1996, 3, 1), effective_on=date(1997, 4, 5),
            issued_precision=["day", "month", "year"][number % 3],
        )  # fmt: skip
        award = make_award(decision=decision, reason=text, recipient_position=text, salutation=text, mode="merit")
        if number % 2:
            # Past midnight in the office, the day before in Greenwich.
            at = datetime(2020, 5, 21, 18, 30, tzinfo=UTC)
            type(award).objects.filter(pk=award.pk).update(
                published_at=at, period_start=2019, recipient_category="other"
            )
    return make_superuser()


@ONLY_POSTGRESQL
@pytest.mark.parametrize("code", ["awards", "decisions", "units"])
def test_both_ways_say_the_same(register, code):
    one, counted = io.BytesIO(), []
    assert wanted(code, register).cells() is not None
    count = wanted(code, register).write(one, counted.append)
    other = read(b"".join(wanted(code, register).chunks()))
    assert read(one.getvalue()) == other and count == len(other) - 1


@ONLY_POSTGRESQL
def test_it_stops_when_it_is_asked_to(register, monkeypatch):
    def stop(count):
        raise Stopped

    monkeypatch.setattr("records.lists.copying.CHUNK", 1)
    with pytest.raises(Stopped):
        wanted("awards", register).write(io.BytesIO(), stop)
    assert connection.is_usable()


def test_what_python_alone_can_make_goes_the_other_way():
    make_member(unit=make_branch())
    ask = wanted("members", make_superuser())
    assert expressions(ask.found.rows, ask.outgoing.parts) is None
