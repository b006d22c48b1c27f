"""Units as lists name them: by code, by name, by name and the one above, within reach."""

from datetime import date

import pytest

from records.lists.places import Places, near
from records.models import Posting
from records.sheets.planning import Context
from tests.factories import make_staff, make_superuser, make_unit
from tests.records.lists.listing import queries

pytestmark = pytest.mark.django_db

Role, DAY = Posting.Role, date(2024, 1, 1)


@pytest.fixture(autouse=True)
def units():
    """Two communes with a branch 1 each; the second also has a branch of its own name."""
    province = make_unit(code="T", name="Đảng bộ tỉnh")
    found = {"T": province}
    for letter in "AB":
        found[letter] = make_unit(
            code=f"X{letter}", name=f"Đảng bộ xã {letter}", short_name=f"Xã {letter}", parent=province
        )
        found[f"{letter}1"] = make_unit(code=f"{letter}-1", name="Chi bộ 1", parent=found[letter])
    # This one has no short name.
    found["C"] = make_unit(code="XC", name="Đảng bộ xã Long Điền", parent=province)
    found["C1"] = make_unit(code="C-1", name="Chi bộ 1", parent=found["C"])
    found["B2"] = make_unit(code="B-2", name="Chi bộ Trường Hoà Bình", parent=found["B"])
    return found


def places(user=None, **said):
    return Places(Context(user, DAY, **said))


def found(text, user=None, above=(), anywhere=False, **said):
    """The unit a text names, or the code of the finding."""
    finder = places(user, **said)
    finder.learn({text, *above})
    place, finding = finder.find(text, "unit", above, anywhere)
    return place.code if place else finding.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("B-2", "B-2"),
        ("b-2", "unit_unknown"),
        ("Chi bộ Trường Hoà Bình", "B-2"),
        ("CHI BỘ TRƯỜNG HÒA BÌNH", "B-2"),
        ("chi bo truong hoa binh", "B-2"),
        ("Xã A", "XA"),
        ("Chi bộ 1", "unit_several"),
        ("Chi bộ 1, Đảng bộ xã A", "A-1"),
        ("Chi bộ 1 - Xã B", "B-1"),
        ("Chi bộ 1 thuộc Đảng bộ xã B", "B-1"),
        ("Chi bộ 1 (A-1)", "A-1"),
        ("Chi bộ 1, xã Long Điền", "C-1"),
        ("Chi bộ 1, Điền", "unit_several"),
        ("Chi bộ 9", "unit_unknown"),
        ("", "unit_unknown"),
    ],
)
def test_a_text_names_a_unit(text, code):
    assert found(text) == code


def test_the_headings_above_tell_units_of_one_name_apart():
    assert found("Chi bộ 1", above=("Đảng bộ xã B",)) == "B-1"
    assert found("Chi bộ 1", above=("Đảng bộ tỉnh",)) == "unit_several"


def test_one_that_stands_comes_before_one_that_was_dissolved(units):
    make_unit(code="CU", name="Chi bộ Trường Hoà Bình", parent=units["A"], dissolved_on=DAY)
    assert found("Chi bộ Trường Hoà Bình") == "B-2"


def test_one_within_reach_comes_before_others(units):
    clerk = make_staff(Role.CLERK, units["A"])
    assert found("Chi bộ 1", clerk) == "A-1"
    assert found("B-1", clerk) == "out_of_reach"
    assert found("Chi bộ Trường Hoà Bình", clerk) == "out_of_reach"
    assert found("A-1", make_staff(Role.VIEWER, units["A"])) == "out_of_reach"


def test_nothing_is_said_of_units_out_of_reach(units):
    """Neither the name behind a code nor which units share a name."""
    clerk = make_staff(Role.CLERK, units["B2"])
    finder = places(clerk)
    for text in ("A-1", "Chi bộ 1"):
        finder.learn({text})
        finding = finder.find(text)[1]
        assert finding.code == "out_of_reach"
        assert "Đảng bộ xã" not in finding.words
    finder.learn({"XA"})
    assert "Đảng bộ xã A" not in finder.find("XA")[1].words


def test_anywhere_means_units_that_the_public_sees(units):
    clerk = make_staff(Role.CLERK, units["A"])
    assert found("B-1", clerk, anywhere=True) == "B-1"
    assert found("Chi bộ 1", clerk, anywhere=True) == "A-1"
    units["B1"].listed = False
    units["B1"].save()
    assert found("B-1", clerk, anywhere=True) == "out_of_reach"


def test_a_mend_names_the_unit_for_one_text(units):
    said = {"mends": {"unit_unknown|unit|Chi bộ Một": f"unit:{units['A1'].pk}"}}
    assert found("Chi bộ Một", **said) == "A-1"
    assert found("Chi bộ Hai", **said) == "unit_unknown"
    assert found("Chi bộ Một", make_staff(Role.CLERK, units["B"]), **said) == "out_of_reach"
    several = {"mends": {"unit_several|unit|Chi bộ 1": f"unit:{units['B1'].pk}"}}
    assert found("Chi bộ 1", **several) == "B-1"


def test_a_finding_is_one_group_for_each_text():
    finder = places()
    finder.learn({"Chi bộ 8", "Chi bộ 9"})
    assert {finder.find(text)[1].group for text in ("Chi bộ 8", "Chi bộ 9")} == {
        "unit_unknown|unit|Chi bộ 8",
        "unit_unknown|unit|Chi bộ 9",
    }


def test_many_texts_cost_what_few_do(units):
    costs = [queries(places().learn, {f"Chi bộ {n}" for n in range(count)})[0] for count in (3, 100)]
    assert costs[0] == costs[1]
    finder = places()
    assert queries(finder.learn_keys, {unit.pk for unit in units.values()})[0] == 1
    assert queries(finder.learn_keys, {unit.pk for unit in units.values()})[0] == 0


def test_names_that_look_alike_are_offered(units):
    admin = make_superuser()
    assert [unit.code for unit in near(admin, "Chi bộ trường Hòa Bìn")] == ["B-2"]
    assert near(make_staff(Role.CLERK, units["A"]), "Chi bộ trường Hòa Bìn") == []
    # With the name of the unit above written on behind, as people do.
    assert next(unit.code for unit in near(admin, "Chi bộ 1 xã Long Điền")) == "C-1"


def test_a_sentence_says_that_there_are_more_namesakes_than_it_names(units):
    finder = places()
    finder.learn({"Chi bộ 1"})
    assert "…" not in finder.find("Chi bộ 1")[1].words
    make_unit(code="T-1", name="Chi bộ 1", parent=units["T"])
    finder = places()
    finder.learn({"Chi bộ 1"})
    assert finder.find("Chi bộ 1")[1].words.count("…") == 1
