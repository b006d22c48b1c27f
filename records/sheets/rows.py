"""One row of a list, as the reading hands it on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .cells import text
from .spool import Cell

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Row:
    """One row of a list: where it stands, its values by field (text already clean), the group headings above it.

    `source` names for each field the header of the column its value came from: of a field that may stand in several
    columns, such as the day of birth under “Nam” or “Nữ”, which one held it.
    """

    sheet: str
    number: int
    values: dict[str, Cell]
    groups: tuple[str, ...] = ()
    source: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def text(self, name: str) -> str:
        """Return the value of the field as clean text, empty where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else text(value)
