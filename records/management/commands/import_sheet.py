"""Read a list from a spreadsheet, print what it would change, and change it when asked to."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from records import imports
from records.import_rows import reasons_workbook
from records.sheets.kinds import kinds
from records.sheets.planning import OPEN, BadSetting, Context, Outcome, Summary, plan_rows
from records.sheets.reading import UnreadableSheet, read
from records.sheets.recognising import IGNORE, choose

SKIPPED_SHOWN = 50
OUTCOMES = {
    Outcome.CREATE: pgettext_lazy("row of a list", "new"),
    Outcome.CHANGE: pgettext_lazy("row of a list", "changed"),
    Outcome.SAME: pgettext_lazy("row of a list", "unchanged"),
    Outcome.AMBIGUOUS: pgettext_lazy("row of a list", "to be decided"),
    Outcome.REFUSED: pgettext_lazy("row of a list", "refused"),
}


class Command(BaseCommand):
    help = (
        "Read a list from a spreadsheet (xlsx, xls, ods, csv) and print what it would change. Nothing is written "
        "without --apply, and then all of it or nothing. Exit status 1 where a row is refused or could mean two things."
    )

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=sorted(kinds()), help="what the list is")
        parser.add_argument("file", type=Path)
        parser.add_argument("--sheet", metavar="NAME", help="read this sheet only, even if it is hidden or a guide")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="a column, by letter or header; - to ignore it",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="a fact for the whole file, over what it says",
        )
        parser.add_argument("--apply", action="store_true", help="write the plan")
        parser.add_argument("--only-good", action="store_true", help="with --apply: leave refused rows out")
        parser.add_argument(
            "--report",
            type=Path,
            metavar="OUT.xlsx",
            help="write the rows that are refused or to be decided here, as they are in the file, with the reasons",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the plan in words")

    def handle(self, **options):
        kind = kinds()[options["kind"]]
        settings = read_pairs(options["set"], set(kind.settings))
        context = Context(None, timezone.localdate(), settings)
        try:
            workbook = read(options["file"])
            kind = imports.kind_for(kind, context, workbook)
            overrides = read_pairs(options["map"], {known.name for known in kind.fields} | {IGNORE}, named_last=True)
            choice = choose(workbook, kind, only=options["sheet"], overrides=overrides)
            plan = Preview(kind, choice, context)
            applied = options["apply"] and (plan.summary.is_decided or options["only_good"])
            if applied:
                self.write(kind, options, overrides, settings)
        except (UnreadableSheet, BadSetting) as error:
            raise CommandError(str(error)) from error
        if options["report"] and plan.reasons:
            self.report(options["report"], reasons_workbook(kind, choice.layouts, plan.reasons))
        if options["json"]:
            self.stdout.write(json.dumps(as_object(plan), ensure_ascii=False))
        else:
            self.tell(workbook, choice, plan, applied)
        if not plan.summary.is_decided:
            raise CommandError(refusal(plan, options["apply"] and not applied))

    def report(self, path, content):
        """Write the workbook of the rows left over."""
        try:
            path.write_bytes(content)
        except OSError as error:
            raise CommandError(_("The file %(name)s cannot be written.") % {"name": path}) from error

    def write(self, kind, options, overrides, settings):
        """Keep the file as an import, as the portal does, and write it: it can be taken back there."""
        with transaction.atomic():
            batch = imports.take(None, kind, options["file"].name, options["file"].read_bytes())
            said = {"columns": overrides, "fixed": settings, "sheet": options["sheet"] or ""}
            batch.claim(["mapping"], "planning", **said)
            imports.plan(batch)
            batch.claim(["planned"], "applying", only_good=options["only_good"])
            done = imports.apply(batch, None)
        if done.conflicts:
            raise CommandError(_("Records were changed meanwhile; nothing was written."))

    def tell(self, workbook, choice, plan, applied):
        """Print what was read, what was passed over, what was understood and what it comes to."""
        for note in workbook.notes + choice.notes:
            self.stdout.write(note)
        for passed in choice.passed_over:
            self.stdout.write(
                _("Sheet “%(sheet)s” passed over: %(reason)s") % {"sheet": passed.sheet, "reason": passed.reason}
            )
        for layout in choice.layouts:
            self.tell_layout(layout)
        for note in plan.notes:
            self.stdout.write(note)
        self.stdout.write("")
        self.stdout.write(summary(plan))
        for group in plan.summary.groups:
            rows = ngettext("%(count)d row", "%(count)d rows", group.rows) % {"count": group.rows}
            self.stdout.write(f"  {OUTCOMES[group.outcome]} · {rows}: {group.words}")
            self.stdout.write("    " + _("For example: %(example)s") % {"example": example(group)})
        if applied:
            self.stdout.write(_("Applied."))
        elif plan.summary.is_decided:
            self.stdout.write(_("Nothing has been changed. Add --apply to write the plan."))

    def tell_layout(self, layout):
        """Print how one sheet was understood."""
        where = {"sheet": layout.sheet.name, "top": layout.header_top, "bottom": layout.header_bottom}
        if layout.header_top == layout.header_bottom:
            self.stdout.write(_("Sheet “%(sheet)s”, header in row %(top)d:") % where)
        else:
            self.stdout.write(_("Sheet “%(sheet)s”, header in rows %(top)d to %(bottom)d:") % where)
        for column in layout.matched:
            self.stdout.write(f"  {column.letter} “{column.label}” → {column.field.title}")
        if layout.ignored:
            names = ", ".join(f"{column.letter} “{column.label}”" for column in layout.ignored)
            self.stdout.write("  " + _("Columns not read: %(names)s") % {"names": names})
        for line in layout.skipped[:SKIPPED_SHOWN]:
            told = {"number": line.number, "reason": line.reason, "text": line.text}
            self.stdout.write("  " + _("Row %(number)d passed over: %(reason)s “%(text)s”") % told)
        if (more := len(layout.skipped) - SKIPPED_SHOWN) > 0:
            told = ngettext("%(count)d more row passed over.", "%(count)d more rows passed over.", more) % {
                "count": more
            }
            self.stdout.write(f"  {told}")


class Preview:
    """A plan that nobody keeps: its counts and findings, why rows are left over, by sheet and number, and its notes."""

    def __init__(self, kind, choice, context):
        planner, self.summary, self.reasons = kind.planner(kind, context), Summary(), {}
        for planned in plan_rows(planner, choice.layouts):
            self.summary.take(planned)
            if planned.outcome in OPEN:
                told = " ".join(finding.words for finding in planned.findings)
                self.reasons.setdefault(planned.row.sheet, {})[planned.row.number] = told
        self.notes = planner.notes


def example(group):
    """The first row of a group, so that a clerk finds it."""
    return _("row %(number)d: %(text)s") % {"number": group.numbers[0], "text": group.examples[0]}


def read_pairs(pairs, known, *, named_last=False):
    """Turn NAME=VALUE words into a dict; in a COLUMN=FIELD pair the known name comes last. Raises CommandError."""
    found = {}
    for pair in pairs:
        first, sign, second = pair.rpartition("=") if named_last else pair.partition("=")
        name = second if named_last else first
        if not sign or name not in known:
            raise CommandError(
                _("“%(pair)s” is not understood; the names are: %(names)s.")
                % {"pair": pair, "names": ", ".join(sorted(known))}
            )
        found[first] = second
    return found


def as_object(plan):
    """The plan as the one object that --json prints."""
    groups = plan.summary.groups
    reasons = [{"reason": group.words, "rows": group.rows, "example": example(group)} for group in groups]
    return {**plan.summary.counts, "reasons": reasons}


def summary(plan):
    """The six numbers in one sentence."""
    return (
        _(
            "%(rows)d rows read: %(create)d new, %(change)d changed, %(same)d unchanged, %(ambiguous)d to be decided, "
            "%(refused)d refused."
        )
        % plan.summary.counts
    )


def refusal(plan, wanted):
    """The sentence that ends a plan with undecided rows."""
    count = plan.summary.counts["refused"] + plan.summary.counts["ambiguous"]
    if wanted:
        return ngettext(
            "Nothing was written: %(count)d row is refused or to be decided.",
            "Nothing was written: %(count)d rows are refused or to be decided.",
            count,
        ) % {"count": count}
    return ngettext(
        "%(count)d row is refused or to be decided; the list cannot be applied as it is.",
        "%(count)d rows are refused or to be decided; the list cannot be applied as it is.",
        count,
    ) % {"count": count}
