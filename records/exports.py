"""What is done with an export: its list found, written at once where it is short, or into a file by a worker."""

import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.conf import settings
from django.core.files.base import File
from django.db import connections, router, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from records import replica
from records.lists.copying import copy, expressions
from records.lists.exporting import LANGUAGE
from records.models import Export
from records.pulse import Pulse, Stopped
from records.sheets.writing import csv_chunks, write_xlsx

# What a request writes itself: a second or two of work.
SHORT = {Export.Format.CSV: 20_000, Export.Format.XLSX: 5_000}
COUNTED = max(SHORT.values())
Status = Export.Status


@cache
def lists():
    """Every list that can be taken out, by its code, in the order in which they are declared."""
    declared = [import_module(name).LISTS for name in settings.EXPORT_LISTS]
    return {one.code: one for some in declared for one in some}


@dataclass(frozen=True)
class Wanted:
    """One file of a list: what was found of it, and what was said of the file."""

    outgoing: object
    found: object
    user: object
    columns: tuple
    format: str
    reason: str = ""

    @property
    def name(self):
        """The name of the file."""
        return f"{self.outgoing.stem}-{timezone.localdate():%Y-%m-%d}.{self.format}"

    def blocks(self):
        """The cells."""
        return self.outgoing.blocks(self.found, self.columns, self.user)

    def cells(self):
        """What the database can make of the cells by itself, None where it cannot."""
        with override(LANGUAGE):
            return expressions(self.found.rows, self.outgoing.chosen(self.found, self.columns))

    def chunks(self):
        """The csv file, piece by piece; asked for when the response is sent, so its words are chosen now."""
        return csv_chunks(self.outgoing.columns(self.found, self.columns), self.blocks())

    def write(self, file, beat=None):
        """Write the file, whatever its format; returns how many rows there were."""
        columns = self.outgoing.columns(self.found, self.columns)
        if self.format == Export.Format.CSV and (cells := self.cells()):
            file.writelines(csv_chunks(columns, ()))
            return copy(self.found.rows, cells, file, beat)
        blocks = Counted(self.blocks(), beat)
        if self.format == Export.Format.CSV:
            file.writelines(csv_chunks(columns, blocks))
            return blocks.count
        with override(LANGUAGE):
            name = capfirst(str(self.outgoing.title))
        return write_xlsx(file, columns, blocks, name=name, about=self.about)

    def about(self, rows):
        """What the sheet beside the list says: which list, of what, by whom, when and why."""
        with override(LANGUAGE):
            told = {
                _("List"): capfirst(str(self.outgoing.title)),
                _("Campaign"): self.found.campaign,
                _("Conditions"): self.found.conditions or _("none; everything the exporter may see"),
                _("Rows"): str(rows),
                _("Exported at"): f"{timezone.localtime():%d/%m/%Y %H:%M}",
                _("Exported by"): f"{self.user.get_full_name()} ({self.user.get_username()})".strip(),
                _("Reason"): self.reason,
                _("Register"): f"{settings.SITE['name']}, {settings.SITE['owner']} {settings.SITE['owner_parent']}",
            }
        return [(str(label), str(words)) for label, words in told.items() if words]


class Counted:
    """Blocks on their way, their rows counted as they go by; `beat` is called with the count after each."""

    def __init__(self, blocks, beat=None):
        self.blocks, self.beat, self.count = blocks, beat, 0

    def __iter__(self):
        for block in self.blocks:
            yield block
            self.count += len(block[0])
            if self.beat:
                self.beat(self.count)


def wanted_of(export):
    """What an export asks for, as its person may see it now."""
    outgoing = lists()[export.listing]
    found = outgoing.find(export.by, export.params, **export.where)
    return Wanted(outgoing, found, export.by, tuple(export.columns), export.format, export.reason)


def write(export, pulse=None):
    """Write the file of an export; nothing is left of one that is stopped or fails."""
    pulse = pulse or Pulse(export.public_id)
    total = export.rows
    try:
        pulse.start("write")
        wanted = wanted_of(export)
        with tempfile.TemporaryFile() as file:

            def fill():
                file.seek(0)
                file.truncate()
                with one_view():
                    return wanted.write(file, lambda count: pulse.beat(count, total))

            # A replica that has this row has all that its person wrote before asking for the file.
            rows = replica.read(fill, Export.objects.filter(pk=export.pk).exists)
            keep(export, wanted, file, rows)
    except Stopped:
        export.claim([Status.WRITING], Status.STOPPED, finished_at=timezone.now())
    except Exception as error:
        # For whoever runs the server; the page says it in words of its own.
        why = f"{type(error).__name__}: {error}"[:500]
        export.claim([Status.WRITING], Status.FAILED, error=why, finished_at=timezone.now())
        raise
    finally:
        pulse.end()


def keep(export, wanted, file, rows):
    """Put the written file in its place, unless the export was stopped meanwhile."""
    stem, ending = wanted.name.rsplit(".", 1)
    export.file.save(f"{stem}-{export.public_id}.{ending}", File(file), save=False)
    done = {"file": export.file.name, "rows": rows, "finished_at": timezone.now()}
    if not export.claim([Status.WRITING], Status.READY, **done):
        export.file.delete(save=False)


def one_view():
    """On PostgreSQL a transaction where this thread reads, without which a cursor's rows are all stored before the
    first is there. On SQLite there is no such need, and one would keep everybody else from writing."""
    alias = router.db_for_read(Export)
    return transaction.atomic(using=alias) if connections[alias].vendor == "postgresql" else nullcontext()
