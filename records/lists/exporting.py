"""How a list leaves the register: its columns, each made of columns of a queryset, and the rows that a person may see.

The columns of a list that can be imported are those of its kind: headers, words and dates are what the import reads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import override

from records.sheets.cells import PartialDate
from records.sheets.planning import Type
from records.sheets.writing import CHUNK, Column, in_blocks

ORDINAL = "ordinal"
WIDTHS = {Type.TEXT: 24, Type.CHOICE: 16, Type.DATE: 12, Type.NUMBER: 12, Type.YEAR: 8}
# The file is read by whoever gets it and by the import: its words are Vietnamese whatever the page's language is.
LANGUAGE = "vi"


@dataclass(frozen=True)
class Part:
    """A column of a list that goes out.

    `sources` are the queryset's columns it is made of, none for the running number. `words` are what the values of its
    source are called; else `turn` makes the cell where it is not the one source itself, or `turn_for` gives such a
    function for the user who exports. One that goes `always` cannot be left out: it says which record a row is.
    """

    name: str
    title: Any
    sources: tuple = ()
    type: Type = Type.TEXT
    width: int = 0
    header: str = ""
    words: Any = None
    turn: Callable | None = None
    turn_for: Callable | None = None
    always: bool = False
    at_first: bool = True

    @property
    def column(self):
        """The column as it is written, in the language in force."""
        return Column(self.header or capfirst(str(self.title)), self.type, self.width or WIDTHS[self.type])

    def maker(self, user):
        """What makes a cell of the sources; None where the source is the cell."""
        if self.words is not None:
            return self.in_words().get
        return self.turn_for(user) if self.turn_for else self.turn

    def in_words(self):
        """The words of the source's values, in the language in force."""
        return {value: capfirst(str(word)) for value, word in dict(self.words).items()}


def part_of(kind, name, *sources, **more):
    """A column of the kind of that field, under the first header it goes by."""
    known = kind.field(name)
    if known.type == Type.CHOICE:
        more.setdefault("words", first_words(known.words))
    more.setdefault("width", 7 if name == ORDINAL else 0)
    return Part(name, known.title, sources, type=known.type, header=known.synonyms[0], **more)


def first_words(words):
    """The first word of each value, which is the one that goes out."""
    found = {}
    for word, value in words.items():
        found.setdefault(value, word)
    return found


def known_date(day, precision):
    """A date as far as it is known."""
    return day if day is None or precision == "day" else PartialDate(day, precision)


def named_below(name, above):
    """A unit's name with that of the one above."""
    return f"{name}, {above}" if above else name


def day_of(moment):
    """The day of a moment, in the office's time."""
    return moment and timezone.localtime(moment).date()


def own_only(user):
    """For `turn_for`, of a value and the path of the unit that keeps it: the value where the user may change it."""
    if user.is_superuser:
        return lambda value, path: value
    paths = tuple(user.paths(user.EDITORS))
    return lambda value, path: value if path.startswith(paths) else ""


@dataclass(frozen=True)
class Found:
    """What was asked for: the rows in their order, the filters in force, and where it was asked.

    `columns` are those that the list shows, `more` those that there are besides the list's own, such as a campaign's
    activities.
    """

    rows: Any
    filters: Any
    crumbs: list
    columns: tuple = ()
    campaign: str = ""
    more: tuple = ()

    @property
    def conditions(self):
        """The filters in words, empty where nothing is left out."""
        return "; ".join(str(self.filters.described(name)) for name in self.filters.conditions)


@dataclass(frozen=True)
class Outgoing:
    """A list that staff may take out.

    `find(user, params, **where)` gives what of it they may see. A list `of_people` leaves for a stated reason only.
    `stem` begins the file's name, `event` names the act in the audit trail, `page` the address that asks for the file;
    `where` are the names that this takes besides, such as the campaign's.
    """

    code: str
    title: Any
    parts: tuple
    find: Callable
    stem: str
    event: str
    page: str = ""
    section: str = ""
    of_people: bool = False
    where: tuple = ()

    def chosen(self, found, names):
        """The columns of these names, and those that always go, in the list's own order."""
        return [part for part in (*self.parts, *found.more) if part.always or part.name in names]

    def columns(self, found, names):
        """The chosen columns as they are written."""
        with override(LANGUAGE):
            return [part.column for part in self.chosen(found, names)]

    def blocks(self, found, names, user):
        """The cells by columns, of some thousand rows at a time; no row is held longer."""
        parts = self.chosen(found, names)
        sources = tuple(dict.fromkeys(source for part in parts for source in part.sources))
        places = [[sources.index(source) for source in part.sources] for part in parts]
        with override(LANGUAGE):
            makers = [part.maker(user) for part in parts]
        return made(found.rows.values_list(*sources), places, makers)


def made(rows, places, makers):
    """Blocks of cells out of a queryset's rows: worked on by columns, so that no object is made for any row."""
    number = 1
    for by_source in in_blocks(rows.iterator(chunk_size=CHUNK)):
        count = len(by_source[0])
        block = []
        for own, maker in zip(places, makers, strict=True):
            if not own:
                block.append(range(number, number + count))
            elif maker is None:
                block.append(by_source[own[0]])
            else:
                block.append(list(map(maker, *[by_source[place] for place in own])))
        number += count
        yield block
