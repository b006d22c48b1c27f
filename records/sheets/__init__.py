"""The spreadsheet engine: from a file as a clerk made it to a plan of what it would change; it knows no model.

The road of a file, one module a step:

- `formats`      what the file really is, by its first bytes and not by its name; what is refused before it is opened;
- `reading`      `read(path)`: its sheets as lines of plain values, or `UnreadableSheet` with one sentence;
- `child`        the separate process in which an outside parser meets the file, with its memory and time cut short;
- `delimited`    csv and tsv: encoding and separator found, not asked for;
- `cells`        values: text, dates with their precision, error cells, dittos, text in a legacy encoding;
- `recognising`  `recognise(sheet, kind)`: the header and which column is which field; `lines` sorts what is below it;
- `planning`     `Field`, `Kind`, `Plan`: what a list is made of, what reading one would do, the reasons grouped.

What a list of awards, members or units *is* stands outside, in `records/sheet_kinds.py` and its like in other apps: a
`Kind` names its fields, their synonyms and two functions, `plan(layouts, settings)` and `apply(plan, source)`. A screen
for mapping columns calls `choose` with the person's choices as `overrides`; a download of refused rows walks
`Plan.rows`; work in the background calls the same `plan` and `apply`. None of them needs more
from here than these names.
"""
