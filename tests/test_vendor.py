"""What others wrote and we ship is exactly what vendor.json says it is."""

import base64
import hashlib
import json

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
LISTED = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_we_looked_at(entry):
    digest = hashlib.sha384((VENDOR / entry["file"]).read_bytes()).digest()
    assert entry["sha384"] == "sha384-" + base64.b64encode(digest).decode()


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["file"])
def test_a_vendored_file_names_its_origin_and_licence(entry):
    assert entry["package"] and entry["version"] and entry["licence"]
    assert f"{entry['package']}-{entry['version']}" == entry["file"].split("/")[0]


def test_nothing_lies_in_vendor_that_is_not_listed():
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found == {entry["file"] for entry in LISTED} | {"vendor.json"}


def test_every_package_ships_its_licence():
    folders = {entry["file"].split("/")[0] for entry in LISTED}
    assert all((VENDOR / folder / "LICENSE").is_file() for folder in folders)


def test_vendored_files_ask_for_nothing_more():
    """A source map or an outside address would be a request that an office without internet cannot answer."""
    for entry in LISTED:
        if entry["file"].endswith((".css", ".js")):
            text = (VENDOR / entry["file"]).read_text(encoding="utf-8")
            assert "sourceMappingURL" not in text
            assert "url(http" not in text and "@import" not in text
