"""What a worker does with a move of a unit: one transaction, with word of how far it is."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from records.giving_way import repeated
from records.models import Move, Unit, moves
from records.models.history import acting
from records.models.scope import within_paths
from records.models.units import copies
from records.pulse import Pulse, Stopped

Status = Move.Status


class Rewriting:
    """How many rows of which table follow a unit, and how many do so already."""

    def __init__(self, path, pulse):
        self.pulse, self.done = pulse, Counter()
        self.totals = {
            model._meta.label_lower: rows.filter(any_within(fields, path)).count()
            for model, rows, fields in [(Unit, Unit.objects.all(), ("path",)), *copies()]
        }
        self.total = sum(self.totals.values())
        self.beat(Unit, 0)

    def beat(self, model, count):
        self.done[model._meta.label_lower] += count
        parts = [(label, self.done[label], total) for label, total in self.totals.items() if total]
        self.pulse.beat(self.done.total(), self.total, parts)


def any_within(fields, path):
    """Rows with any of the fields in a subtree."""
    found = within_paths(fields[0], [path])
    for field in fields[1:]:
        found |= within_paths(field, [path])
    return found


def many_move_with(batch):
    """Whether writing an import, or taking it back, moves a unit that a worker would move."""
    if batch.kind != "units":
        return False
    changed = batch.rows.to_write().filter(target__isnull=False)
    placed = changed.filter(Q(after__has_key="parent_id") | Q(after__has_key="parent_code")).values("target")
    units = Unit.objects.filter(pk__in=placed).with_figures(timezone.localdate())
    return units.filter(members_below__gt=moves.MANY).exists()


def move(wish, pulse=None):
    """Carry out what was asked for, all of it or nothing; what stands against it is told in `wish.error`.

    A worker may be killed at any moment: nothing has moved then, and the next one begins anew.
    """
    pulse = pulse or Pulse(wish.public_id)
    try:
        pulse.start("move")
        if wish.claim([Status.ASKED, Status.RUNNING], Status.RUNNING, started_at=timezone.now(), error=""):
            repeated(lambda: rewrite(wish, pulse))
    except ValidationError as refusal:
        wish.finish(Status.FAILED, error=" ".join(refusal.messages)[:500])
    except Stopped:
        wish.finish(Status.STOPPED)
    except Exception:
        wish.finish(Status.FAILED, error=_("It could not be done because of a fault; nothing was moved."))
        raise
    finally:
        pulse.end()


@transaction.atomic
def rewrite(wish, pulse):
    # A second worker that took it up by mistake waits here, and then finds it done.
    held = Move.objects.select_for_update(of=("self",), no_key=True).filter(pk=wish.pk, status=Status.RUNNING).first()
    if held is None:
        return
    with acting(wish.by, wish.act_id):
        rewriting = Rewriting(Unit.objects.values_list("path", flat=True).get(pk=wish.unit_id), pulse)
        held.carry_out(rewriting.beat)
        wish.finish(Status.DONE, rows={label: count for label, count in rewriting.done.items() if count})
