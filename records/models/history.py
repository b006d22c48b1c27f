"""Row histories: who changed what, when, why, and in which request."""

from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace

from django.db import models
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from records.models.fields import ExactField


def current_request_id():
    """The id of the request under way, empty in a command."""
    return getattr(getattr(HistoricalRecords.context, "request", None), "id", "")


@contextmanager
def acting(user, act_id, reason=""):
    """What is written meanwhile is one act of the user's, outside of any request or apart from the one under way.

    The reason is that of every row saved in it which has none of its own.
    """
    before = getattr(HistoricalRecords.context, "request", None)
    HistoricalRecords.context.request = SimpleNamespace(user=user, id=act_id, act_reason=reason)
    try:
        yield
    finally:
        if before is None:
            del HistoricalRecords.context.request
        else:
            HistoricalRecords.context.request = before


class RequestRow(models.Model):
    """Adds the request's id to every history row, so that one act's rows can be found together."""

    request_id = ExactField(max_length=32, blank=True, default=current_request_id, db_index=True)

    class Meta:
        abstract = True


class RowHistoryManager(HistoryManager):
    """The library's manager; the library would build its class anew for every row that is saved."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class, class_name=None):
        return super().from_queryset(queryset_class, class_name)


class Histories(HistoricalRecords):
    """The library's records of changes; rows that give no reason have that of the act they are part of."""

    # Histories are asked for by record, unit or act, never by the day alone; each index costs at every row written.
    _date_indexing = False

    def get_change_reason_for_object(self, instance, history_type, using):
        own = super().get_change_reason_for_object(instance, history_type, using)
        return own or getattr(getattr(self.context, "request", None), "act_reason", "") or own


def history(**kwargs):
    """The history of a model; derived columns are left out, since nobody typed them."""
    reason = models.CharField(max_length=500, null=True)
    return Histories(
        bases=[RequestRow],
        history_change_reason_field=reason,
        history_manager=RowHistoryManager,
        no_db_index=["public_id"],
        **kwargs,
    )


def begun_by(user, model):
    """The keys of a model's records that a user entered."""
    return model.history.filter(history_user=user.pk, history_type="+").values("id")
