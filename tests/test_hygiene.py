"""Rules of the house that a command can check: the arrow, the budgets, the migrations, nothing inline."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
CODE = sorted(p for app in ("config", "records", "campaigns") for p in (ROOT / app).rglob("*.py"))
CODE_FILES = [p for p in CODE if "migrations" not in p.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def named(path):
    return str(path.relative_to(ROOT))


def read(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_say_what_they_do():
    migrations = [path for path in CODE if "migrations" in path.parts and path.stem[:4].isdigit()]
    assert migrations and [named(path) for path in migrations if "_auto_" in path.name] == []


def test_records_never_imports_campaigns():
    wrong = re.compile(r"(?m)^\s*(from|import) campaigns\b")
    assert [named(path) for path in (ROOT / "records").rglob("*.py") if wrong.search(read(path))] == []


def test_files_and_functions_stay_short():
    for path in CODE_FILES:
        text = read(path)
        assert len(text.splitlines()) <= 500, named(path)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 60, (named(path), node.name)
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not inner, (named(path), f"import inside {node.name}")


def test_no_room_is_named_for_nothing():
    names = {"utils", "helpers", "common", "core", "services", "signals", "misc"}
    assert [named(path) for path in CODE_FILES if path.stem in names] == []


def test_models_do_not_listen_to_each_other():
    for path in CODE_FILES:
        assert not re.search(r"@receiver|models\.signals", read(path)), path


def test_templates_compile_and_stay_short():
    assert len(TEMPLATES) > 50
    for path in TEMPLATES:
        assert len(read(path).splitlines()) <= 200, named(path)
        get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize(
    "model",
    [m for m in apps.get_models() if m._meta.app_label in ("records", "campaigns") and "Historical" not in m.__name__],
    ids=lambda m: m.__name__,
)
def test_every_model_says_what_it_is_and_keeps_its_history(model):
    assert model.__doc__ and "(" not in model.__doc__.split(".")[0][:2]
    # A tally is derived from registrations, a reckoning from what it counts, an import's rows from its file; audit
    # events, imports, exports and moves are themselves logs; the others say nothing about the register.
    derived, logs = {"Tally", "Reckoning", "ImportRow"}, {"AuditEvent", "Export", "Import", "Move"}
    without = {*derived, *logs, "ColumnTemplate", "SavedView", "Submission"}
    assert hasattr(model, "history") or model.__name__ in without or model._meta.auto_created
    if not model._meta.auto_created:
        assert not str(model._meta.verbose_name).startswith("historical")


def test_history_survives_bulk_writes_only_through_its_helpers():
    """A plain bulk_create of a model with history would leave it without: allowed for tallies, which have none."""
    for path in CODE_FILES:
        for line in read(path).splitlines():
            if ".bulk_create(" in line:
                assert path.name == "tallies.py", (path, line)


def test_a_key_is_never_written_as_a_number():
    """1203 is "1.203" where people read numbers, and leads nowhere in an address or a field's name."""
    bare = re.compile(r"\{\{ (?:\w+\.)*(?:pk|(?!public_|auto_)[a-z]+_id|key) \}\}")
    assert {named(path): found for path in TEMPLATES if (found := bare.findall(read(path)))} == {}
