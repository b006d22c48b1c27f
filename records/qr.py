"""QR codes as one SVG path: no image file, no inline style. Pure functions."""

from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M


@lru_cache(maxsize=1024)
def qr_path(text: str) -> tuple[str, int]:
    """The stroke of `text` as a QR code and its side in modules; a line one module thick along every run of dark ones.

    The quiet zone around it is the page's to leave: four modules on every side (ISO/IEC 18004).
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    return "".join(stroke for y, row in enumerate(rows) for stroke in _runs(row, y)), len(rows)


def _runs(row: list[bool], y: int) -> list[str]:
    strokes, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            strokes.append(f"M{start} {y}.5h{x - start}")
            start = None
    return strokes
