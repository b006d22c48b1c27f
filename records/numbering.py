"""Decision numbers and the names of those who issue them, as they are printed. Pure functions."""

import re

from records.vietnamese import fold, normalise

# 1632/QĐ-UBND, 14/2024/QĐ-UBND (State: Decree 30/2020); 123-QĐ/TU, 160-KH/TU (Party: Guide 36-HD/VPTW).
STATE = re.compile(r"^(\d+)\s*/\s*(?:\d{4}\s*/\s*)?([^\W\d_]+)\s*-\s*([\w .-]+)$")
PARTY = re.compile(r"^(\d+)\s*-\s*([^\W\d_]+)\s*/\s*([\w .-]+)$")
PREFIX = re.compile(r"^(?:quyết định\s+)?(?:số\s*:?\s*)?", re.IGNORECASE)

# Words that bodies abbreviate when they sign; folded.
ABBREVIATIONS = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "ttg": "thu tuong chinh phu",
    "ctn": "chu tich nuoc",
    "btv": "ban thuong vu",
    "tp": "thanh pho",
    "tp.": "thanh pho",
    "tx.": "thi xa",
}


def parse_number(printed: str) -> tuple[int, str, str] | None:
    """Sequence, series and issuer's code of a printed number, or None when it follows neither official pattern."""
    text = PREFIX.sub("", re.sub("[–—−]", "-", normalise(printed)))
    match = STATE.match(text) or PARTY.match(text)
    if match is None:
        return None
    sequence, series, code = match.groups()
    if int(sequence) > 2_147_483_647:
        return None
    return int(sequence), series.upper()[:20], code.strip().upper()[:40]


def issuer_key(printed: str) -> str:
    """What two printings of one issuer have in common: "Chủ tịch UBND tỉnh" and "Chủ tịch Ủy ban nhân dân tỉnh"."""
    words = (ABBREVIATIONS.get(word, word) for word in fold(printed).split())
    return " ".join(words)[:255]
