"""Long work is heard of while its transaction is open, and stops at its next beat when somebody wishes it."""

import time

import pytest

from records.pulse import DEAD_SECONDS, Progress, Pulse, Stopped


@pytest.fixture
def pulse(media):
    return Pulse("abc")


def test_nothing_is_heard_before_it_begins(pulse):
    assert pulse.read() is None


def test_progress_is_what_was_told_last(pulse):
    pulse.start("write")
    pulse.heard = 0
    pulse.beat(30, 120)
    heard = Pulse("abc").read()
    assert (heard.step, heard.done, heard.total, heard.share) == ("write", 30, 120, 0.25)


def test_beats_close_together_cost_one_file(pulse):
    pulse.start("write")
    for done in range(1000):
        pulse.beat(done, 1000)
    assert pulse.read().done == 0


def test_a_wish_stops_it_at_the_next_beat(pulse):
    pulse.start("write")
    Pulse("abc").stop()
    pulse.heard = 0
    with pytest.raises(Stopped):
        pulse.beat(1, 2)


def test_work_begun_after_a_wish_heeds_it(pulse):
    pulse.stop()
    with pytest.raises(Stopped):
        pulse.start("write")


def test_it_leaves_nothing_behind(pulse, media):
    pulse.start("write")
    pulse.stop()
    pulse.end()
    assert list((media / "imports").iterdir()) == []
    assert pulse.read() is None


@pytest.mark.parametrize("content", ["", "[", '["write", 3', "[1, 2, 3, 4, 5, 6, 7]"])
def test_a_file_cut_short_says_nothing(pulse, content):
    pulse.path.parent.mkdir(parents=True, exist_ok=True)
    pulse.path.write_text(content)
    assert pulse.read() is None


def test_silence_is_death(pulse):
    pulse.start("write")
    assert pulse.read().is_alive()
    assert not pulse.read().is_alive(time.time() + DEAD_SECONDS + 1)


@pytest.mark.parametrize(
    ("done", "passed", "left"),
    [(50, 10, 10), (25, 10, 30), (100, 10, 0), (0, 10, None), (50, 0.5, None), (1, 10, None)],
)
def test_time_left_goes_by_the_pace_once_there_is_one(done, passed, left):
    assert Progress("write", done, 100, 1000.0, 1000.0 + passed).seconds_left == left


def test_without_a_whole_there_is_no_share():
    assert Progress("plan", 10, 0).share is None
