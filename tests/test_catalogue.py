"""The Vietnamese catalogue is complete: every English sentence of ours has its Vietnamese."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.base import Node, TokenType
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation
from django.utils.translation import gettext

ROOT = Path(settings.BASE_DIR)
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


def literal(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def python_messages(path):
    """(context, message) of every gettext call in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute) and node.args):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name in SINGLE | PLURAL and literal(node.args[0]) is not None:
            yield None, literal(node.args[0])
        elif name in CONTEXT:
            yield literal(node.args[0]), literal(node.args[1])


def template_messages(path):
    """(context, message) of every translation in a template."""
    text = path.read_text(encoding="utf-8")
    for found in re.findall(r"""_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""", text):
        yield None, found[1:-1]
    template = get_template(str(path.relative_to(ROOT / "templates"))).template
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            context = node.message_context.resolve(Context()) if node.message_context else None
            yield context, getattr(node.filter_expression.var, "literal", node.filter_expression.var)
        elif isinstance(node, BlockTranslateNode):
            context = node.message_context.resolve(Context()) if node.message_context else None
            yield context, message_of(node)


def message_of(node):
    parts = [t.contents if t.token_type == TokenType.TEXT else f"%({t.contents})s" for t in node.singular]
    message = "".join(
        p.replace("%", "%%") if t.token_type == TokenType.TEXT else p for p, t in zip(parts, node.singular, strict=True)
    )
    return " ".join(line.strip() for line in message.strip().splitlines()) if node.trimmed else message


def messages():
    found = {}
    for app in ("config", "records", "campaigns"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found |= dict.fromkeys(python_messages(path), path)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        found |= dict.fromkeys(template_messages(path), path)
    return found


CATALOGUES = sorted((ROOT / "locale").rglob("*.po"))


def named(path):
    return str(path.relative_to(ROOT))


def test_every_sentence_of_ours_has_its_vietnamese():
    ours = polib.pofile(str(ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"))
    known = {(e.msgctxt, e.msgid) for e in ours if e.translated() and "fuzzy" not in e.flags}
    missing = {key: named(path) for key, path in messages().items() if key not in known}
    assert missing == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_the_catalogue_is_whole(path):
    po = polib.pofile(str(path))
    assert len(po) and not po.fuzzy_entries() and not po.obsolete_entries()
    assert [e.msgid for e in po.untranslated_entries()] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_translations_keep_their_placeholders(path):
    pattern = re.compile(r"%\((\w+)\)[sdf]|\{(\w*)\}|%[sd]")
    for entry in polib.pofile(str(path)):
        wanted = set(pattern.findall(entry.msgid_plural or entry.msgid))
        for text in [*entry.msgstr_plural.values()] or [entry.msgstr]:
            assert set(pattern.findall(text)) == wanted, entry.msgid


def test_the_compiled_catalogue_is_the_one_read():
    with translation.override("vi"):
        assert gettext("Awards") == "Khen thưởng"


def test_the_extraction_sees_all_kinds_of_message(tmp_path):
    """The test above is only as good as its eyes."""
    module = tmp_path / "module.py"
    module.write_text('_("one " "two"); ngettext("%d row", "%d rows", n); pgettext("verb", "Open")', encoding="utf-8")
    assert set(python_messages(module)) == {(None, "one two"), (None, "%d row"), ("verb", "Open")}
    source = "{% load i18n %}{% blocktranslate trimmed with n=1 %}\n  50% of\n  {{ n }} rows\n{% endblocktranslate %}"
    template = Engine(libraries={"i18n": "django.templatetags.i18n"}).from_string(source)
    (node,) = template.nodelist.get_nodes_by_type(BlockTranslateNode)
    assert message_of(node) == "50%% of %(n)s rows"
