"""The spreadsheet engine: from a file as a clerk made it to a plan of what it would change; it knows no model.

The road of a file, one module a step:

- `formats`      what the file really is, by its first bytes and not by its name; what is refused before it is opened;
- `reading`      `read(path)`: its sheets, or `UnreadableSheet` with one sentence; `pasting` does it for pasted rows;
- `child`        the separate process in which an outside parser meets the file, with its memory and time cut short;
- `delimited`    csv and tsv: encoding and separator found, not asked for;
- `spool`        where the rows wait, column by column in blocks, so that a long list is never in memory;
- `workbook`     sheets, lines and merged ranges, walked as often as needed;
- `legacy`       columns typed in TCVN3 or VNI fonts, turned into Unicode and told;
- `cells`        values: text, dates with their precision, numbers, error cells, dittos; what is not sure is asked;
- `codes`        sheets of codes and what they mean, for columns written in codes;
- `recognising`  `choose(workbook, kind)` and `recognise(sheet, kind)`: which sheets are lists; `headers` finds the
                 header and which column is which field, `layout` is what was understood;
- `lines`        what each line below the header is: `Layout.scan()` yields the `rows`, the others are told;
- `planning`     `Field`, `Kind`: what a list is made of; `Finding`, `PlannedRow`, `Summary`: what reading one would do;
- `values`       the cells of a row as values of its fields, mended as the clerk said;
- `kinds`        every kind of list, gathered from the apps that declare them;
- `writing`      the way out: typed columns as xlsx or csv, guarded (`guarding`) so that reading gives back what was
                 written; `blank` and `leftover` write the empty form and the rows that were not taken.

What a list of awards, members or units *is* stands outside, in `records/sheet_kinds.py` and its like in other apps: a
`Kind` names its fields, their synonyms, a `Planner` and a `Writer`; these stand in the app's `lists/`. A screen for
mapping columns calls `choose` with `lenient`, shows `Layout.columns`, and hands the person's choices back as
`overrides` and `header`; `signature(layout)` finds them again. A file sent back with reasons takes `Layout.above`,
`Layout.header` and `Sheet.lines_called`. None of them needs more from here than these names.
"""
