"""Whatever is written in a story, its markup holds only what the allow-list names."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.templatetags.campaign_parts import ATTRIBUTES, CLASSES, SCHEMES, TAGS, markdown

VOID = {"br", "hr"}


class Page(HTMLParser):
    """Reads markup as a browser does: tags with attributes, text, and whether every tag is closed in order."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.open, self.text, self.sound = [], [], [], True
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.sound = False

    def handle_data(self, data):
        self.text.append(data)


def is_harmless(markup):
    page = Page(markup)
    for tag, attributes in page.tags:
        assert tag in TAGS
        for name, value in attributes.items():
            if name == "class":
                assert set(value.split()) <= CLASSES[tag]
            elif name == "rel":
                assert (tag, value) == ("a", "noopener nofollow")
            else:
                assert name in ATTRIBUTES.get(tag, ())
            if name == "href":
                scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value, re.IGNORECASE)
                assert scheme is None or scheme[1].lower() in SCHEMES
    assert page.sound and not page.open
    return True


# Pieces that mean something to one of the two languages, put together in any order.
PIECES = st.sampled_from(
    [
        *(
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "<a href='javascript:a()'>",
        ),
        *(
            "</a>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<style>",
            "<iframe src=//x>",
            "&lt;",
            "&#106;",
            "&#x3c;",
            "&colon;",
        ),
        *(
            "javascript:",
            "JaVa\tScript:",
            "data:text/html,",
            "vbscript:",
            "[",
            "](",
            ")",
            "]",
            "![",
            "<",
            ">",
            '"',
            "'",
        ),
        *("`", "```", "\n", "\n\n", "# ", "> ", "- ", "1. ", "| a | b |\n|---|---|\n", "***", "__", "\\", "\x00"),
        *(
            "\u202e",
            "\ufeff",
            "http://x",
            "//x",
            "mailto:a@b.example",
            'onclick="a()"',
            "{{ a }}",
            "Đảng bộ",
            " ",
            "    ",
        ),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.integers(1, 6))
def test_any_mixture_of_dangerous_pieces_is_harmless(text, top):
    assert is_harmless(markdown(text, top))


@given(st.text(max_size=80))
def test_any_text_is_harmless_and_well_formed(text):
    assert is_harmless(markdown(text))


@given(
    st.sampled_from(["javascript", "data", "vbscript", "file", "blob", "ftp"]),
    st.sampled_from(["", " ", "\t", "&Tab;", "\\"]),
)
def test_no_link_leads_to_a_scheme_that_runs(scheme, inside):
    for text in (
        f"[x]({scheme[:2]}{inside}{scheme[2:]}:alert)",
        f"<{scheme}:alert>",
        f"[x]: {scheme}:alert\n\n[x]",
        f"[x](<{scheme}:alert>)",
    ):
        for _tag, attributes in Page(markdown(text)).tags:
            href = re.sub(r"[\s\x00-\x20]", "", attributes.get("href", "")).lower()
            assert not href.startswith(f"{scheme}:")


@given(st.text(st.characters(categories=["L", "N"], include_characters=" "), min_size=1, max_size=60))
def test_plain_words_come_out_as_they_went_in(words):
    assert "".join(Page(markdown(words)).text).split() == words.split()


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.integers(1, 6))
def test_the_highest_heading_stands_at_the_level_asked_for(levels, top):
    made = Page(markdown("\n\n".join(f"{'#' * level} Mục" for level in levels), top))
    shown = [int(tag[1]) for tag, _attributes in made.tags if tag[0] == "h" and tag[1:].isdigit()]
    assert len(shown) == len(levels)
    assert min(shown) == top
    assert all(
        (a < b) <= (x <= y) for a, x in zip(levels, shown, strict=True) for b, y in zip(levels, shown, strict=True)
    )


@pytest.mark.parametrize("text", ["[" * 2000, "> " * 400 + "x", "*" * 3000, "- " * 300 + "x", "`" * 3000])
def test_deep_or_endless_markup_neither_fails_nor_grows_without_bound(text):
    made = markdown(text)
    assert is_harmless(made)
    assert len(made) < 60 * len(text)


def test_a_table_a_list_and_code_keep_their_shape():
    page = Page(markdown("| Việc | Số |\n|---|---|\n| Đèn | 24 |\n\n3. ba\n4. bốn\n\n`mã`"))
    assert [tag for tag, _attributes in page.tags].count("td") == 2
    assert ("ol", {"start": "3"}) in page.tags
    assert ("table", {"class": "records"}) in page.tags
    assert ("code", {}) in page.tags
