"""A plan counts its rows by outcome and groups the reasons, the gravest and the most frequent first."""

import pytest

from records.sheets.planning import Outcome, Plan, PlannedRow, Row


def make_planned(outcome, *reasons, number=1):
    return PlannedRow(Row("Danh sách", number, {}), outcome, f"row {number}", list(reasons))


def test_the_six_numbers_add_up():
    outcomes = [Outcome.CREATE, Outcome.CREATE, Outcome.SAME, Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.CHANGE]
    plan = Plan([make_planned(outcome) for outcome in outcomes])
    assert plan.summary == {"rows": 6, "create": 2, "change": 1, "same": 1, "ambiguous": 1, "refused": 1}


def test_reasons_are_grouped_with_their_first_example():
    plan = Plan(
        [
            make_planned(Outcome.CREATE, "new unit", number=2),
            make_planned(Outcome.REFUSED, "no name", number=3),
            make_planned(Outcome.REFUSED, "unknown award", number=4),
            make_planned(Outcome.REFUSED, "unknown award", "unknown award", number=5),
        ]
    )
    assert [(reason.text, reason.rows, reason.example) for reason in plan.reasons] == [
        ("unknown award", 2, "row 4"),
        ("no name", 1, "row 3"),
        ("new unit", 1, "row 2"),
    ]


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
def test_a_plan_with_an_undecided_row_is_not_applied(outcome, expected):
    assert Plan([make_planned(Outcome.CREATE), make_planned(outcome)]).can_apply is expected


@pytest.mark.parametrize(("value", "expected"), [(None, ""), (1.0, "1"), (" a  b ", "a b")])
def test_a_rows_value_as_text(value, expected):
    assert Row("s", 1, {"x": value}).text("x") == expected
