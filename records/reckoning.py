"""Counting apart from the pages: a worker counts (`manage.py db_worker`), a page shows the last count and says of when.

What is small is counted while the page is made; each user of `reckoned` says what is too large for that.
"""

from functools import partial

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from records.models import Reckoning


def reckoned(every):
    """Makes a function from a record's key to figures (JSON) one whose last result is kept for a time.

    `every`: a timedelta after which the next who asks has it counted anew.
    """
    return partial(Reckoned, every=every)


class Reckoned:
    """A function with its last results; calling it counts there and then and keeps nothing."""

    def __init__(self, function, every):
        self.function, self.every = function, every
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.__doc__ = function.__doc__

    def __call__(self, key):
        return self.function(key)

    def about(self, key):
        """Under what the results for a key are kept."""
        return f"{self.name}:{key}"

    def latest(self, key):
        """(figures, when they were counted), or (None, None); an old count is shown still while a new one is made."""
        about = self.about(key)
        return self.renewed(key, Reckoning.objects.filter(about=about).first() or Reckoning(about=about))

    def renewed(self, key, known):
        """What `latest` says, of a Reckoning that the caller has looked up."""
        is_old = known.counted_at is None or known.counted_at < timezone.now() - self.every
        if is_old and known.may_be_asked() and Reckoning.claim(known.about):
            count_anew.enqueue(self.name, key)
        return known.figures, known.counted_at

    def count(self, key):
        """Count now, and keep the result for the pages."""
        Reckoning.note(self.about(key), self.function(key))


@task()
def count_anew(name, key):
    """Count what a page asked for; the name is that of a function marked with `reckoned`."""
    import_string(name).count(key)
