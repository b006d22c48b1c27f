"""Vietnamese text: written form, search and sort keys, encodings before Unicode."""

import re
import string
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from records.vietnamese import (
    decode_1258,
    detect_legacy,
    fold,
    from_legacy,
    is_vietnamese,
    legacy_reader,
    looks_damaged,
    name_sort_key,
    normalise,
    normalise_text,
    sort_key,
)

ALPHABET = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
TONES = ["a à ả ã á ạ", "ê ề ể ễ ế ệ", "ơ ờ ở ỡ ớ ợ", "ư ừ ử ữ ứ ự", "y ỳ ỷ ỹ ý ỵ"]
VOWELS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
SYLLABLES = re.findall(
    r"\w+",
    "an ánh ăn ân bình của chủ cộng cường dũng dương đào đặng đẳng đoàn đỗ đức gìn giếng giữ hạnh hiệp hoà hòa hội "
    "huỳnh hữu khuyến kiện kỷ lễ luật lý mẫu mỹ nghĩa nguyễn nhẫn nhượng ổn phẩm phụng quốc quý quyết rõ sở sĩ tặng "
    "thẳng thị thuở thưởng tổ trần triều truyền tuấn tỵ uỷ ửng vẻ vẫn viên võ vững vượt xã xuất xứng ý yến yếu",
)

# Published tables, letters in the order of their codes.
TCVN3 = dict(
    zip(
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        bytes.fromhex(
            "a1a2a3a4a5a6a7 a8a9aaabacadae b5b6b7b8b9 bbbcbdbe c6c7c8c9cacb cccecfd0d1 d2d3d4d5d6 d7d8dcddde"
            "dfe1e2e3e4 e5e6e7e8e9 eaebecedee eff1f2f3f4 f5f6f7f8f9 fafbfcfdfe"
        ).decode("latin-1"),
        strict=True,
    )
)
VNI = dict(
    zip(
        "àảãáạ ăằẳẵắặ âầẩẫấậ èẻẽéẹ êềểễếệ ìỉĩíị òỏõóọ ôồổỗốộ ơờởỡớợ ùủũúụ ưừửữứự ỳỷỹýỵ đ".replace(" ", ""),
        re.findall(
            r"\w+",
            "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä eø eû eõ eù eï eâ eà eå eã eá eä ì æ ó í ò "
            "oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï uø uû uõ uù uï ö öø öû öõ öù öï yø yû yõ yù î ñ",
        ),
        strict=True,
    )
)
VNI |= {letter.upper(): code.upper() for letter, code in VNI.items()}

# What people type, what files hold, and what nobody expects.
messy = st.text(
    st.one_of(
        st.sampled_from(VOWELS + VOWELS.upper() + string.ascii_letters + "đĐÐðƣƠ '\"“”–-.,;()/0129"),
        st.sampled_from("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u00a0\u200b\u200d\ufeff\u00ad\u3000\t\n\r"),
        st.characters(),
    ),
    max_size=24,
)
vietnamese = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=8).map(" ".join)


def encode_tcvn3(text):
    return "".join(TCVN3.get(c) or TCVN3.get(c.lower(), c) for c in text)


def encode_vni(text):
    return "".join(VNI.get(c, c) for c in text)


# --- One written form


@given(messy)
@example("e\u0301\u0302")
@example("\u200b \u0302")
@example("\u212b\u0340")
def test_normalised_text_is_nfc_and_stays_as_it_is(text):
    once = normalise(text)
    assert once == unicodedata.normalize("NFC", once)
    assert normalise(once) == once
    assert once == " ".join(once.split())


@given(st.lists(messy, max_size=4).map("\n".join))
def test_normalised_paragraphs_stay_as_they_are(text):
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert all(normalise(line) == line for line in once.split("\n"))


@given(vietnamese, st.sampled_from(["NFC", "NFD"]))
def test_both_unicode_forms_are_one_text(text, form):
    assert normalise(unicodedata.normalize(form, text)) == text


def test_the_worked_example_of_composed_and_decomposed_length():
    name = "Nguyễn Thị Ánh Đặng"
    decomposed = unicodedata.normalize("NFD", name)
    assert (len(name), len(decomposed)) == (19, 25)
    assert normalise(decomposed) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ðặng Ðình ðức", "Đặng Đình đức"),
        ("Tƣ Ƣu", "Tư Ưu"),
        ("  Nguyễn\u00a0\u202fVăn\u3000\t An\r\n", "Nguyễn Văn An"),
        ("\ufeffLê\u200b Th\u00adị\u200e \u202aHoa\u202c", "Lê Thị Hoa"),
        ("e\u0301\u0302", "ế"),
        ("e\u0302\u0301", "ế"),
        ("é\u0302", "ế"),
        ("a\u0301\u0306", "ắ"),
        ("o\u0301\u031b", "ớ"),
        ("o\u0323\u0302", "ộ"),
        ("“Chiến sĩ thi đua” – 2025", "“Chiến sĩ thi đua” – 2025"),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_normalise(typed, kept):
    assert normalise(typed) == kept


def test_normalise_text_keeps_lines():
    assert normalise_text("\n Điều 1.\u00a0 \r\n\r\nĐiê\u0300u  2.\rÐiều 3.\n\n") == "Điều 1.\n\nĐiều 2.\nĐiều 3."


# --- Search key


@given(messy)
@example("ﬁẛ̣")
@example("ǅ½…")
@example("ℌΑ\u0345")
def test_fold_stays_as_it_is_and_does_not_see_case_or_form(text):
    key = fold(text)
    assert fold(key) == key
    assert fold(normalise(text)) == key
    assert fold(unicodedata.normalize("NFD", text)) == key


@given(vietnamese)
def test_fold_does_not_see_tones_case_or_marks(text):
    key = fold(text)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).replace("đ", "d")
    assert key == bare == fold(text.upper()) == fold(text.title())
    assert key.isascii()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("ĐẶNG  Thị\u00a0Ửng", "dang thi ung"),
        ("“Giỏi việc nước” – ‘đảm’ việc nhà", "\"gioi viec nuoc\" - 'dam' viec nha"),
        ("Bjørn Müller", "bjorn muller"),
        ("Ｎguyễn", "nguyen"),
    ],
)
def test_fold(text, key):
    assert fold(text) == key


# --- Sort key


def test_the_alphabet():
    assert sorted(reversed(ALPHABET), key=sort_key) == ALPHABET
    words = [letter + "a" for letter in ALPHABET]
    assert sorted(reversed(words), key=sort_key) == words


@pytest.mark.parametrize("row", TONES)
def test_the_tones(row):
    expected = [c for letter in row.split() for c in (letter, letter.upper())]
    assert sorted(reversed(expected), key=sort_key) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["An", "Ánh", "Ăn", "Ân", "Bình", "Dương", "Đào", "Đặng"],
        ["an", "An", "AN", "ạn", "anh", "ánh"],
        ["hoa", "hoà", "hoá", "hoạ", "hòa", "hóa", "họa"],
        ["An Bình", "Anh", "Anh Bình"],
        ["", "-", "2", "Ban 1", "Ban 10", "Ban 2", "Ban a", "Đội", "z", "Ω", "中"],
        ["Muller", "Müller", "Mullet"],
    ],
)
def test_sort_order(expected):
    assert sorted(reversed(expected), key=sort_key) == expected


def test_a_letter_decides_before_a_tone_and_a_tone_before_a_capital():
    assert sort_key("án b") < sort_key("an c")
    assert sort_key("AN") < sort_key("án")


def test_length_does_not_disturb_the_order_of_tones_and_capitals():
    for gap in (13, 14, 15, 16, 29, 30, 31, 91, 92, 93, 200):
        plain = "b" * gap
        expected = [plain + "aa", plain + "aA", plain + "aà", plain + "aạ", plain + "àa", plain + "ạa", plain + "ậa"]
        assert sorted(reversed(expected), key=sort_key) == expected


@given(messy, messy)
@example("ß", "ss")
@example("“a”", '"a"')
@example("a!", "a")
def test_equal_keys_mean_equal_text(a, b):
    assert (sort_key(a) == sort_key(b)) == (normalise(a) == normalise(b))
    assert (name_sort_key(a) == name_sort_key(b)) == (normalise(a) == normalise(b))


@given(vietnamese, st.data())
def test_equal_keys_mean_equal_text_among_near_twins(text, data):
    twin = "".join(data.draw(st.sampled_from([c, c.upper(), fold(c) or " "])) for c in text)
    assert (sort_key(text) == sort_key(twin)) == (text == twin)
    assert (name_sort_key(text) == name_sort_key(twin)) == (text == twin)


def reference(text):
    """Order by the alphabet, the tones, the capitals, each as a list of numbers: slow and plain."""
    letters, tones = [], []
    order = " " + "".join("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
    for c in text.lower():
        at = VOWELS.find(c)
        letters.append(order.index(c if at < 0 else VOWELS[at - at % 6]))
        tones.append(0 if at < 0 else at % 6)
    return letters, tones, [c.isupper() for c in text]


@given(st.lists(st.text(st.sampled_from("abđ ơớỢợỡÁàạẢĂẵeêỆgG"), min_size=1).map(normalise), max_size=12))
def test_bytes_of_keys_order_as_the_rules_do(texts):
    expected = sorted(set(texts), key=reference)
    assert sorted(set(texts), key=lambda text: sort_key(text).encode()) == expected


@given(vietnamese)
def test_keys_are_short_ascii(text):
    key = name_sort_key(text.title())
    assert key.isascii()
    assert len(key) <= 3 * len(text) + 6


# --- Names


@pytest.mark.parametrize(
    "expected",
    [
        ["Trần Văn An", "Bùi Thị Ân"],
        ["Vũ Hòa", "Bùi Hóa"],
        ["Lê Anh", "Lê Văn Anh", "Phạm Bảo Anh"],
        ["An", "An An", "Bùi An", "Đỗ An", "Đỗ Văn An", "Đỗ Văn Bá An", "Bình"],
        ["Nguyễn Thị An", "Nguyễn Thị Ánh", "Nguyễn Thị Ăn", "Nguyễn Thị Ân", "Lê Bình"],
    ],
)
def test_names_sort_by_given_then_family_then_middle(expected):
    assert sorted(reversed(expected), key=name_sort_key) == expected


@given(st.lists(vietnamese.map(str.title), min_size=2, max_size=8, unique=True))
def test_people_of_one_given_name_stand_together(names):
    given_names = [name.split()[-1] for name in sorted(names, key=name_sort_key)]
    assert given_names == sorted(given_names, key=sort_key)


# --- Encodings before Unicode

ANCHOR = "quyết định của đảng ủy"


@given(vietnamese)
def test_tcvn3_small_letters_come_back(text):
    text = f"{text} {ANCHOR}"
    assert detect_legacy(encode_tcvn3(text)) == "tcvn3"
    assert from_legacy(encode_tcvn3(text)) == text


@given(vietnamese)
def test_tcvn3_text_in_a_capital_font_comes_back(text):
    text = f"{text} {ANCHOR}".upper()
    assert from_legacy(encode_tcvn3(text)) == text


@given(vietnamese.map(str.title))
def test_tcvn3_names_get_their_capitals_back(text):
    text = f"Nguyễn Văn {text}"
    assert from_legacy(encode_tcvn3(text)) == text


@given(vietnamese, st.sampled_from([str, str.upper, str.title]))
def test_vni_text_comes_back(text, case):
    text = case(f"{text} {ANCHOR}")
    assert detect_legacy(encode_vni(text)) == "vni"
    assert from_legacy(encode_vni(text)) == text


@given(vietnamese, st.sampled_from([str, str.upper, str.title]), st.sampled_from(["NFC", "NFD"]))
@example("có", str, "NFC")
def test_clean_vietnamese_is_left_alone(text, case, form):
    text = unicodedata.normalize(form, case(text))
    assert detect_legacy(text) is None
    assert from_legacy(text) == text


@given(st.text(string.printable))
def test_ascii_is_left_alone(text):
    assert from_legacy(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn Ô", "à la carte", "Ông Đỗ Ân", "Ông Bùi Hoàng", "Ðoàn Ðức", "café", "où est", "Loïc", "Loïc Dupont",
        "Hoàng Loïc", "Müller", "São Paulo", "Peña", "© 2024", "« Bonjour »", "5 µm", "§ 5", "theo §5", "30°C", "m²",
        "Intel®", "Mª Carmen", "Hôtel de Ville", "",
    ],
)  # fmt: skip
def test_other_text_is_left_alone(text):
    assert detect_legacy(text) is None
    assert from_legacy(text) == text


@pytest.mark.parametrize(
    ("encoding", "old", "new"),
    [
        ("tcvn3", "NguyÔn V¨n ¸nh", "Nguyễn Văn Ánh"),
        ("tcvn3", "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("tcvn3", "UBND huyÖn Phó L\u00ad¬ng", "UBND huyện Phú Lương"),
        ("tcvn3", "§¾k L¾k", "Đắk Lắk"),
        ("tcvn3", "C«ng ty TNHH Samsung ViÖt Nam", "Công ty TNHH Samsung Việt Nam"),
        ("tcvn3", "V¨n", "Văn"),
        ("vni", "Nguyeãn Thò Hoàng", "Nguyễn Thị Hồng"),
        ("vni", "Nguyeãn Vaên Aùnh", "Nguyễn Văn Ánh"),
        ("vni", "ÑAÛNG BOÄ TÆNH QUAÛNG NAM", "ĐẢNG BỘ TỈNH QUẢNG NAM"),
    ],
)
def test_from_legacy(encoding, old, new):
    assert detect_legacy(old) == encoding
    assert from_legacy(old) == new
    assert from_legacy(new) == new


@given(st.lists(vietnamese, min_size=1, max_size=4))
def test_texts_of_a_column_are_read_one_by_one(texts):
    for encoding, encode in (("tcvn3", encode_tcvn3), ("vni", encode_vni)):
        old = [encode(text) for text in texts]
        read = legacy_reader(encoding, old)
        assert [read(text).lower() for text in old] == texts


def test_a_word_alone_is_capitalised_as_the_others_of_its_column_are():
    assert legacy_reader("tcvn3", ["NguyÔn ¸nh", "TrÇn ¸nh"])("¸nh") == "Ánh"
    assert legacy_reader("tcvn3", ["chi bé ¸p 3", "khu phè 5"])("¸p") == "áp"
    assert legacy_reader("tcvn3", ["NGUYÔN ¸NH", "TRÇN ¸NH"])("¸") == "Á"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Lê Hòa", True), ("Nguyễn", True), ("An Binh", True), ("NguyÔn", False), ("Hïng", False)],
)
def test_words_that_are_vietnamese_as_they_stand(text, expected):
    assert is_vietnamese(text) is expected


@given(vietnamese, st.booleans())
def test_windows_1258_comes_back_composed(text, tones_apart):
    assume(text)
    shaped = {"\u0302", "\u0306", "\u031b"}
    data = bytearray()
    for char in text:
        marks = unicodedata.normalize("NFD", char)[1:] if char != "đ" else ""
        tones = "".join(mark for mark in marks if mark not in shaped)
        base = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", char) if c not in tones))
        data += (base + tones).encode("cp1258")
    assert decode_1258(bytes(data)) == text


def test_a_byte_outside_windows_1258_is_seen_as_damage():
    assert looks_damaged(decode_1258(b"Nguy\x9dn"))


# --- Damage


@pytest.mark.parametrize(
    "text",
    [
        "Nguy\ufffdn", "Nguyá»…n Văn An", "Äáº·ng", "lÃ\u00a0 cÃ´ng", "BÃ¹i", "Đảng bô%3ḅ", "Nguyen%20Van",
        "Bùi&nbsp;An", "Nguy?n V?n", "â€œthi Ä‘ua", "x\u0302",
    ],
)  # fmt: skip
def test_damage_is_seen(text):
    assert looks_damaged(text)


@given(vietnamese)
def test_utf8_read_as_windows_1252_is_seen(text):
    text = f"{text} {ANCHOR}"
    assert looks_damaged(text.encode().decode("cp1252", errors="replace"))
    assert looks_damaged(text.encode().decode("latin-1"))


@pytest.mark.parametrize(
    "text",
    [
        "đạt 98% chỉ tiêu", "50%-60%", "An & Bình; Cúc", "THỊ XÃ”", "Cái gì? Ai?", "https://vidu.vn/a?id=1",
        "123-QĐ/TU", "“Thi đua” – 2025", "",
    ],
)  # fmt: skip
def test_sound_text_is_not_called_damaged(text):
    assert not looks_damaged(text)


@given(vietnamese, st.sampled_from([str, str.upper, str.title]), st.sampled_from(["NFC", "NFD"]))
def test_clean_vietnamese_is_not_called_damaged(text, case, form):
    assert not looks_damaged(unicodedata.normalize(form, case(text)))
