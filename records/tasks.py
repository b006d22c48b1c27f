"""Long work on imports, exports and moves: begun in the request where it is short, else by a worker
(`manage.py db_worker`).

A worker may die; what it had in hand is then found by its silent pulse and begun anew, which writes nothing twice.
"""

from contextlib import suppress

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from records import exports, imports, moves
from records.giving_way import DEADLOCK, LOCK_NOT_AVAILABLE, SERIALIZATION, code_of, repeated
from records.models import AuditEvent, Export, Import, Move
from records.pulse import Pulse, Stopped

# What a request does itself: some seconds of work at most.
SHORT_BYTES, SHORT_ROWS = 300_000, 1500
QUEUED = "wait"
Status = Import.Status
# Where an import is again when its work comes to nothing.
BEFORE = {Status.PLANNING: Status.MAPPING, Status.APPLYING: Status.PLANNED, Status.UNDOING: Status.APPLIED}


@task()
def work_on_import(public_id):
    """What the import's status says is to be done with it; nothing where somebody did it meanwhile."""
    batch = Import.objects.filter(public_id=public_id).first()
    if batch is not None and batch.is_at_work:
        work(batch)


def work(batch):
    """Do what the status says, in this process; a fault of ours leaves the import as it was before, not at work."""
    status = batch.status
    try:
        with suppress(Stopped):
            if status == Status.PLANNING:
                return imports.plan(batch)
            if status == Status.APPLYING:
                return repeated(lambda: imports.apply(batch, batch.applied_by))
            if status == Status.UNDOING:
                return repeated(lambda: imports.undo(batch, batch.undone_by, batch.undo_reason))
    except OperationalError as error:
        batch.claim([status], BEFORE[status], error=why_busy(error))
        raise
    except Exception:
        batch.claim([status], BEFORE[status], error=_("It could not be done because of a fault; nothing was written."))
        raise
    return None


def why_busy(error):
    """What is said of work that the database gave up."""
    if code_of(error) in (DEADLOCK, LOCK_NOT_AVAILABLE, SERIALIZATION):
        return _("Somebody else had the same records in hand, so nothing was written. Try again in a minute.")
    return _("It could not be done because of a fault; nothing was written.")


def is_short(batch):
    """Whether what is to be done with it takes a request no more than some seconds."""
    if batch.status == Status.PLANNING:
        return size_of(batch) <= SHORT_BYTES
    return batch.to_write <= SHORT_ROWS and not moves.many_move_with(batch)


@task()
def work_on_export(public_id):
    """The file of an export that is still wanted."""
    export = Export.objects.filter(public_id=public_id).first()
    if export is not None and export.is_at_work:
        exports.write(export)


@task()
def work_on_move(public_id):
    """The move of a unit that is still wanted."""
    move = Move.objects.select_related("unit", "parent", "decision", "by").filter(public_id=public_id).first()
    if move is not None and move.is_at_work:
        moves.move(move)


def start_moving(by, unit, parent, on, decision=None, note="", request=None):
    """Place a unit under another as the user's act: at once, or by a worker where many members move with it.

    Returns the move that the worker has been handed, None where it is done. Raises ValidationError as `Unit.move_to`,
    and beside another move.
    """
    if not Move.is_large(unit):
        Move.refuse_beside(unit, parent)
        unit.move_to(parent, on, decision, note)
        return None
    move = Move.ask(unit, parent, on, by, decision, note)
    hand_over(move)
    AuditEvent.record("unit_move_asked", actor=by, request=request, subject=unit, label=str(move), reason=note)
    return move


def start_planning(batch):
    """Make the plan anew; False where the import is not open to it."""
    return start(batch, [Status.MAPPING, Status.PLANNED], Status.PLANNING)


def size_of(batch):
    """How large the file is; nothing where it is gone, which the plan then says."""
    return batch.file.size if batch.file.storage.exists(batch.file.name) else 0


def start_applying(batch, user, only_good=False):
    """Write the plan as the user's act; False where it is not, or no longer, to be written."""
    return start(batch, [Status.PLANNED, Status.ASKED], Status.APPLYING, applied_by=user, only_good=only_good)


def start_undoing(batch, user, reason):
    """Take the import back as the user's act; False where it is not written."""
    return start(batch, [Status.APPLIED], Status.UNDOING, undone_by=user, undo_reason=reason[:500])


def start(batch, before, status, **values):
    if not batch.claim(before, status, error="", **values):
        return False
    Pulse(batch.public_id).end()
    if is_short(batch):
        work(batch)
    else:
        hand_over(batch)
    return True


def hand_over(batch):
    """Put an import, an export or a move into the queue of the workers."""
    Pulse(batch.public_id).start(QUEUED)
    task_of(batch).enqueue(batch.public_id)


def task_of(batch):
    """The task that does what is to be done with it."""
    return {Export: work_on_export, Import: work_on_import, Move: work_on_move}[type(batch)]


def stop_export(export):
    """Have an export stopped, whether a worker has it in hand or not; False where it is done already."""
    waits = waits_for_worker(export)
    if not export.claim([Export.Status.WRITING], Export.Status.STOPPED, finished_at=timezone.now()):
        return False
    # A worker finds the wish at its next beat; where there is none, nothing may be left that stops a later one.
    pulse = Pulse(export.public_id)
    if waits:
        pulse.end()
    else:
        pulse.stop()
    return True


def stop_move(move):
    """Have a move stopped; False where it is done already, or a worker stops it at its next rows."""
    if not move.is_at_work or call_off(move):
        return move.status == Move.Status.STOPPED
    return False


def waits_for_worker(batch):
    """Whether no worker has taken it up yet."""
    return tasks_of(batch).filter(status=TaskResultStatus.READY).exists()


def resume(batch, anyway=False, here=False):
    """Begin anew what a worker that died had in hand; False where it waits its turn or is heard of (unless
    `anyway`: nobody else can be at work). With `here` short work is done at once, for there may be no worker."""
    if not batch.is_at_work or waits_for_worker(batch):
        return False
    heard = Pulse(batch.public_id).read()
    if heard is not None and heard.is_alive() and not anyway:
        return False
    dead = tasks_of(batch).filter(status=TaskResultStatus.RUNNING)
    dead.update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), traceback="The worker died.")
    if here and isinstance(batch, Import) and is_short(batch):
        Pulse(batch.public_id).end()
        work(batch)
    else:
        hand_over(batch)
    return True


def call_off(batch):
    """Wish that the work stop, which it does at its next rows; True where nobody had it in hand, so that it has."""
    pulse, before = Pulse(batch.public_id), batch.status
    pulse.stop()
    heard = pulse.read()
    if heard is not None and heard.is_alive() and not waits_for_worker(batch):
        return False
    if isinstance(batch, Move):
        stopped = batch.finish(Move.Status.STOPPED)
    else:
        stopped = before in BEFORE and batch.claim([before], BEFORE[before], error=_("Stopped before it began."))
    tasks_of(batch).filter(status=TaskResultStatus.READY).delete()
    pulse.end()
    return stopped


def tasks_of(batch):
    return DBTaskResult.objects.filter(task_path=task_of(batch).module_path, args_kwargs__args=[batch.public_id])
