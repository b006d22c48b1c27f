"""What the words of an award list say: the decision in its title lines, forms of address, kinds of recipient, years.

Pure functions over text as printed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from records.vietnamese import fold, normalise

_CODE = r"[^\s,;()“”\"]+"
_DECISION = re.compile(
    rf"(?:quyết định|nghị quyết|\bqđ)\s*(?:số)?\s*:?\s*(\d+(?:\s*[/–-]\s*{_CODE}(?:\s*-\s*[A-ZĐ]{_CODE})?)?)"
    rf"|(?<![\d/-])(\d+\s*(?:/\s*(?:\d{{4}}\s*/\s*)?QĐ\s*[–-]|[–-]\s*QĐ\s*/)\s*{_CODE})",
    re.IGNORECASE,
)
_DATE = re.compile(r"ngày\s+\d{1,2}\s*(?:tháng|[/.-])\s*\d{1,2}\s*(?:năm|[/.-])\s*\d{4}", re.IGNORECASE)
_ISSUER = re.compile(r"\s*,?\s*của\s+([^()\n]+?)\s*(?:\)|$|\n|,?\s+(?:về việc|v/v)\b)", re.IGNORECASE)

_RANK = (
    r"(?:đại|thượng|trung|thiếu)\s+(?:tướng|tá|úy|uý)|chuẩn\s+(?:úy|uý)|(?:thượng|trung|hạ)\s+(?:sĩ|sỹ)"
    r"|binh\s+(?:nhất|nhì)"
)
_DEGREE = r"(?:GS|PGS|TSKH|TS|ThS|BSCKII|BSCKI|BS|DS|KS|LS|NGND|NGƯT|TTND|TTƯT|NSND|NSƯT)\."
_ADDRESS = re.compile(
    rf"^(?:(?:ông\s*(?:/|\(|hoặc)\s*bà\)?|ông|bà|đồng\s+chí|đ/c|đ\.c\.?|anh|chị|em|{_RANK})(?:\s*:\s*|\s+)|{_DEGREE}\s*)",
    re.IGNORECASE,
)
# With its tone: "Hồ" is a family name, "Hội" and "Hóa gia đình" are parts of bodies' names.
_HOUSEHOLD = re.compile(r"^(?:hộ|gia đình)\s")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:\s*(?:-|den|toi)\s*(?:nam\s+)?((?:19|20)\d\d)(?!\d))?")

# Folded words that say whom a heading, a column or a sheet's name is about (Law 06/2022, art. 2).
_KINDS = {"household": ("ho gia dinh",), "collective": ("tap the",), "person": ("ca nhan",)}


@dataclass(frozen=True, slots=True)
class PrintedDecision:
    """A decision as title lines name it; what they do not say is empty."""

    number: str = ""
    date: str = ""
    issuer: str = ""


def find_decision(titles: Iterable[str]) -> PrintedDecision:
    """Find the decision a list is attached to: "(Kèm theo Quyết định số 563/QĐ-UBND ngày … của …)".

    A number after "Tờ trình" is a proposal's, not a decision's; blanks left for number and date stay empty.
    """
    text = "\n".join(normalise(title) for title in titles)
    match = _DECISION.search(text)
    if not match:
        return PrintedDecision()
    number = re.sub(r"\s*([/–-])\s*", r"\1", match[1] or match[2]).rstrip(".:")
    date = _DATE.search(text, match.end(), match.end() + 60)
    issuer = _ISSUER.match(text, date.end() if date else match.end())
    name = issuer[1].strip(" ,.;") if issuer else ""
    return PrintedDecision(number, date[0] if date else "", name[:1].upper() + name[1:])


def split_address(name: str) -> tuple[str, str]:
    """Split forms of address and ranks off the front of a person's name: ("Đồng chí Thượng tá", "Nguyễn Văn An").

    At least two words stay for the name, so that nobody called Anh or Bà loses a part of it.
    """
    address, rest = "", name
    while match := _ADDRESS.match(rest):
        after = rest[match.end() :].strip()
        if len(after.split()) < 2:
            break
        address = f"{address} {match[0].strip(' :')}".strip()
        rest = after
    return address[:1].upper() + address[1:], rest


def find_recipient_kind(text: str) -> str:
    """Return "person", "collective" or "household" if the text names exactly one of them, else an empty string."""
    plain = f" {fold(text)} "
    found = [
        kind for kind, words in _KINDS.items() if any(f" {word} " in re.sub(r"[^a-z]+", " ", plain) for word in words)
    ]
    return found[0] if len(found) == 1 else ""


def is_household_name(name: str) -> bool:
    """Tell whether a name is a household's: "Hộ ông Nguyễn Văn An", "Gia đình bà Trần Thị Bình"."""
    return bool(_HOUSEHOLD.match(normalise(name).lower()))


def split_person(text: str) -> tuple[str, str, str]:
    """Split "name; position; body" or "name, position, body" as submissions write a person in running text."""
    parts = [part.strip() for part in re.split(r"[;,]" if ";" not in text else ";", text, maxsplit=2)]
    name, position, unit = (*parts, "", "")[:3]
    return name, position, unit


def split_position(text: str) -> tuple[str, str]:
    """Split "Phó Giám đốc, Sở Y tế" into the position and the unit; without a comma it is all position."""
    position, _comma, unit = text.partition(";" if ";" in text else ",")
    return position.strip(), unit.strip()


def find_years(text: str) -> tuple[int, int] | None:
    """Return the first and last year of a period: "2020", "giai đoạn 2013 – 2017", "từ năm 2018 đến năm 2022"."""
    match = _YEARS.search(fold(text))
    if not match:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last) if first <= last else None
