"""How far long work has come, and the wish that it stop: told through files, while its transaction is still open.

Work that writes all or nothing holds one transaction; what it said of itself in there nobody would see before its end,
and on SQLite nobody else could write a wish either. The files lie beside the uploads, which whoever works must share.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FOLDER = "imports"
# A page asks every second or two; work that was not heard of for so long has died.
BEAT_SECONDS, DEAD_SECONDS = 0.5, 45


class Stopped(Exception):
    """Somebody asked that the work stop."""


@dataclass(frozen=True)
class Progress:
    """What is being done, how many rows of how many, since and until when it was heard of (seconds of the clock)."""

    step: str = ""
    done: int = 0
    total: int = 0
    began: float = 0.0
    at: float = 0.0
    # (name, done, total) of each part, where the work has parts.
    parts: tuple = ()

    @property
    def share(self):
        """Between 0 and 1; None while nobody knows how much there is to do."""
        return min(1.0, self.done / self.total) if self.total else None

    @property
    def seconds_left(self):
        """As far as the pace so far says; None before there is a pace."""
        passed = self.at - self.began
        if not self.share or passed < 1 or self.share < 0.02:
            return None
        return max(0, round(passed / self.share - passed))

    def is_alive(self, now=None):
        return (now or time.time()) - self.at < DEAD_SECONDS


class Pulse:
    """The pulse of one piece of work, by its name."""

    def __init__(self, name):
        folder = Path(settings.MEDIA_ROOT) / FOLDER
        self.path, self.wish = folder / f"{name}.pulse", folder / f"{name}.stop"
        self.began, self.heard, self.step = time.time(), 0.0, ""

    # By whoever works

    def start(self, step):
        """A new step begins; a wish that came before the first one holds too."""
        self.began, self.heard, self.step = time.time(), 0.0, step
        self.beat(0, 0)

    def beat(self, done, total, parts=()):
        """Tell how far the step has come; raises Stopped where somebody wished it."""
        now = time.time()
        if now - self.heard < BEAT_SECONDS:
            return
        self.heard = now
        if self.wish.exists():
            raise Stopped
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps([self.step, done, total, self.began, now, parts]))
        draft.replace(self.path)

    def end(self):
        """Leave nothing behind."""
        self.path.unlink(missing_ok=True)
        self.wish.unlink(missing_ok=True)

    # By whoever waits

    def read(self):
        """The last that was heard, or None."""
        try:
            return Progress(*json.loads(self.path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def stop(self):
        """Wish that the work stop, which it does at its next beat."""
        self.wish.parent.mkdir(parents=True, exist_ok=True)
        self.wish.touch()
