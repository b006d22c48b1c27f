"""Text that a spreadsheet program would run as a formula: written so that it is shown, and read back as it was."""

# What a program takes for the beginning of a formula, or strips to find one.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "'"


def guard(text: str) -> str:
    """Return a cell's text as a csv file may hold it: one mark in front of what could be run, or was marked already."""
    return MARK + text if text.lstrip(MARK).startswith(RISKY) else text


def unguard(text: str) -> str:
    """Return the text that `guard` was given; a text without a mark as it is."""
    return text[1:] if text[:1] == MARK and text.lstrip(MARK).startswith(RISKY) else text


def guard_mark(text: str) -> str:
    """Return a text for a cell that runs nothing anyway: only what `unguard` would change is marked."""
    return MARK + text if unguard(text) != text else text
