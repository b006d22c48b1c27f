"""How the columns of a file are read, as a clerk sees it and says it: guesses, samples, ways kept for a sender."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext_lazy, override

from records.imports import context_of, kind_for
from records.models import ColumnTemplate
from records.sheets.kinds import find_kind
from records.sheets.planning import Kind
from records.sheets.reading import UnreadableSheet, read
from records.sheets.recognising import IGNORE, choose, signature

LONGEST_SAMPLE = 60
# Heads the reasons in a file of rows left over.
WHY = gettext_lazy("Why it was not taken")


def reason_titles():
    """What heads the reasons in a file of rows left over, in every language it may have been fetched in."""
    for code, _name in settings.LANGUAGES:
        with override(code):
            yield str(WHY)


@dataclass
class Column:
    """One column on the page: what it is kept under, its letter and header, the field guessed, its first values."""

    key: str
    letter: str
    label: str
    guess: str
    samples: list = field(default_factory=list)


@dataclass
class Look:
    """A file looked at: its sheets with why each is passed over, the lists found, their columns, what to be told."""

    sheets: list
    layouts: list
    notes: list
    columns: list
    # With the columns that depend on what the file is about.
    kind: Kind
    error: str = ""

    @property
    def signature(self):
        return signature(self.layouts[0], reason_titles()) if self.layouts else ""


def look_at(path, kind, context, sheet="", header=None, name=""):
    """What a file, called `name` by its sender, holds, without what was said of its columns so far; raises
    UnreadableSheet for one that is none."""
    workbook = read(path, name=name)
    kind = kind_for(kind, context, workbook)
    try:
        choice = choose(workbook, kind, only=sheet or None, header=header, lenient=True)
    except UnreadableSheet as refusal:
        return Look([(one.name, "") for one in workbook.sheets], [], workbook.notes, [], kind, str(refusal))
    passed = {one.sheet: one.reason for one in choice.passed_over}
    sheets = [(one.name, passed.get(one.name, "")) for one in workbook.sheets]
    return Look(sheets, choice.layouts, [*workbook.notes, *choice.notes], columns_of(choice.layouts), kind)


def columns_of(layouts):
    """The columns of all lists: by letter where there is one list, by header where there are several."""
    found = {}
    for layout in layouts:
        for column in layout.columns:
            key = column.letter if len(layouts) == 1 or not column.label else column.label
            samples = [one[:LONGEST_SAMPLE] for one in dict.fromkeys(column.samples)]
            if key not in found and (column.label or samples):
                guess = column.field.name if column.field else ""
                found[key] = Column(key, column.letter, column.label, guess, samples)
    return list(found.values())


def template_for(user, kind, look):
    """The way of reading that the person kept for files with this header, None where there is none."""
    if not look.layouts:
        return None
    rows = ColumnTemplate.objects.visible_to(user).filter(kind=kind.code, signature=look.signature)
    return rows.order_by("-pk").first()


def said_of(columns, chosen_fields):
    """What a clerk's choice says beyond the guess: {column: field}, "-" for one that is not to be read."""
    return {
        column.key: name or IGNORE for column, name in zip(columns, chosen_fields, strict=True) if name != column.guess
    }


def kind_of(batch):
    """The kind of an import's list, with the columns that came of what the file is about."""
    titles = [title for one in batch.layouts for title in one.get("titles", ())]
    return find_kind(batch.kind).for_context(context_of(batch, batch.by), titles)


def title_of(batch):
    """What kind of list an import is, in words; its code where nobody declares the kind any more."""
    kind = find_kind(batch.kind)
    return kind.title if kind else batch.kind
