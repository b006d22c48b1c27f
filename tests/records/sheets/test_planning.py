"""A plan counts its rows by outcome and groups their findings, the gravest and the most frequent first."""

import pytest

from records.sheets.planning import Context, Finding, Outcome, PlannedRow, Row, Summary, plan_rows


def make_planned(outcome, *findings, number=1):
    return PlannedRow(Row("Danh sách", number, {}), outcome, f"row {number}", list(findings))


def make_finding(code="unit_unknown", value="Chi bộ 9", one_value=True, title=""):
    return Finding(code, "unit", value, f"words about {value}", title, one_value)


def summary_of(*planned):
    summary = Summary()
    for row in planned:
        summary.take(row)
    return summary


def test_the_six_numbers_add_up():
    outcomes = [Outcome.CREATE, Outcome.CREATE, Outcome.SAME, Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.CHANGE]
    counts = summary_of(*map(make_planned, outcomes)).counts
    assert counts == {"rows": 6, "create": 2, "change": 1, "same": 1, "ambiguous": 1, "refused": 1}


def test_findings_about_one_text_are_a_group_and_about_another_are_another():
    nine, eight = make_finding(), make_finding(value="Chi bộ 8")
    summary = summary_of(
        make_planned(Outcome.REFUSED, eight, number=3),
        make_planned(Outcome.REFUSED, nine, number=4),
        make_planned(Outcome.REFUSED, nine, nine, number=5),
    )
    assert [(group.finding.value, group.rows, group.numbers) for group in summary.groups] == [
        ("Chi bộ 9", 2, [4, 5]),
        ("Chi bộ 8", 1, [3]),
    ]


def test_findings_that_one_mend_puts_right_are_a_group_whatever_their_texts():
    days, said = ("31/02/2016", "30/02/2009"), "dates that never were"
    found = [make_finding("date_never_was", day, False, said) for day in days]
    summary = summary_of(*[make_planned(Outcome.REFUSED, one, number=n) for n, one in enumerate(found, start=7)])
    (group,) = summary.groups
    assert (group.words, group.rows, group.examples) == (said, 2, list(days))


def test_refusals_come_before_what_is_only_to_be_chosen():
    summary = summary_of(
        make_planned(Outcome.AMBIGUOUS, make_finding("several", one_value=False)),
        make_planned(Outcome.AMBIGUOUS, make_finding("several", one_value=False)),
        make_planned(Outcome.REFUSED, make_finding()),
    )
    assert [group.outcome for group in summary.groups] == [Outcome.REFUSED, Outcome.AMBIGUOUS]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.CREATE, True),
        (Outcome.CHANGE, True),
        (Outcome.SAME, True),
        (Outcome.AMBIGUOUS, False),
        (Outcome.REFUSED, False),
    ],
)
def test_a_plan_with_an_open_row_is_not_decided(outcome, expected):
    assert summary_of(make_planned(Outcome.CREATE), make_planned(outcome)).is_decided is expected


def test_a_mend_for_one_text_goes_before_one_for_all():
    context = Context(None, None, mends={"c|unit|": "empty", "c|unit|Chi bộ 9": "unit:5"})
    assert [context.mend("c", "unit", text) for text in ("Chi bộ 9", "Chi bộ 8")] == ["unit:5", "empty"]
    assert context.mend("c", "name", "Chi bộ 9") == ""


class Recorder:
    """A planner that notes what it was given."""

    def __init__(self):
        self.notes, self.begun, self.batches, self.acts = [], [], [], []

    def begin(self, layout):
        self.begun.append(layout)

    def ask(self, rows):
        self.acts.append(("ask", rows[0].number))
        return rows

    def answer(self, rows):
        self.acts.append(("answer", rows[0].number))
        self.batches.append([row.number for row in rows])
        return [PlannedRow(row, Outcome.SAME, str(row.number)) for row in rows]


class Scanned:
    def __init__(self, count):
        self.count = count

    def scan(self):
        return (Row("s", number, {}) for number in range(1, self.count + 1))


@pytest.mark.parametrize(("count", "batches"), [(0, []), (3, [[1, 2, 3]]), (4, [[1, 2, 3], [4]])])
def test_rows_are_planned_in_batches_in_their_order(count, batches):
    planner = Recorder()
    planned = list(plan_rows(planner, [Scanned(count)], batch=3))
    assert [row.row.number for row in planned] == list(range(1, count + 1))
    assert planner.batches == batches


def test_a_sheet_is_begun_before_its_rows_and_no_batch_spans_two():
    planner, first, second = Recorder(), Scanned(2), Scanned(2)
    list(plan_rows(planner, [first, second], batch=3))
    assert planner.begun == [first, second]
    assert planner.batches == [[1, 2], [1, 2]]


def test_the_next_rows_are_asked_about_before_the_answers_to_those_before_are_taken():
    planner = Recorder()
    list(plan_rows(planner, [Scanned(3)], batch=1))
    acts = [("ask", 1), ("ask", 2), ("answer", 1), ("ask", 3), ("answer", 2), ("answer", 3)]
    assert planner.acts == acts


@pytest.mark.parametrize(("value", "expected"), [(None, ""), (1.0, "1"), ("a b", "a b")])
def test_a_rows_value_as_text(value, expected):
    assert Row("s", 1, {"x": value}).text("x") == expected
