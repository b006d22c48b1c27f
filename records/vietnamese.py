"""Vietnamese text: one written form, search keys, sort keys, and the encodings that came before Unicode."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from unicodedata import category, normalize

# Every vowel in the order of the alphabet, each with its tones in order: ngang huyền hỏi ngã sắc nặng.
_VOWELS = (
    "aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị",
    "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ", "ưừửữứự", "yỳỷỹýỵ",
)  # fmt: skip
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLAIN = str.maketrans("ăâđêôơư", "aadeoou")

_TONE_OF = {ord(vowel): str(tone) for row in _VOWELS for tone, vowel in enumerate(row)}
_TONELESS = {ord(vowel): row[0] for row in _VOWELS for vowel in row[1:]}

# --- One written form -----------------------------------------------------------------------------------------------

# Controls, soft hyphen, joiners, zero-width and direction marks, byte order mark, lone surrogates.
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff"
)
_INVISIBLES = re.compile(f"[{_INVISIBLE}]")
_UNCLEAN = re.compile(f"[{_INVISIBLE}ÐðƢƣ]")
_LOOKALIKES = str.maketrans("ÐðƢƣ", "ĐđƯư")
_STRAY_SHAPE = re.compile("[\u0302\u0306]")
_MARK_RUN = re.compile("[\u0300-\u0303\u0306\u0309]{2,}")
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def _shape_first(run: re.Match[str]) -> str:
    return "".join(sorted(run[0], key=lambda mark: mark not in "\u0302\u0306"))


def compose(text: str) -> str:
    """Return the text in NFC, with a circumflex or breve that was typed after its tone taken up too."""
    text = normalize("NFC", text)
    # A tone typed before its circumflex or breve (é + ^) is canonically another text, so NFC alone leaves it apart.
    if not text.isascii() and _STRAY_SHAPE.search(text):
        text = normalize("NFC", _MARK_RUN.sub(_shape_first, normalize("NFD", text)))
    return text


def normalise(text: str) -> str:
    """Return one line in the form we keep: NFC, Đ for its look-alike Ð, nothing invisible, single ordinary spaces.

    Typographic quotes and dashes stay as printed. Call `from_legacy` first: TCVN3 writes ư with the soft hyphen's
    code, which goes here.
    """
    if not text.isascii() or not text.isprintable():
        if _UNCLEAN.search(text):
            text = _INVISIBLES.sub("", text).translate(_LOOKALIKES)
        text = compose(text)
    return " ".join(text.split())


def normalise_text(text: str) -> str:
    """Return a text of several lines with each line normalised, `\\n` between them, no blank lines at either end."""
    return "\n".join([normalise(line) for line in _LINE_END.split(text)]).strip("\n")


# --- Search key -----------------------------------------------------------------------------------------------------

_QUOTES_AND_DASHES = {
    **dict.fromkeys(map(ord, "“”„‟«»″"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛′´ʼ"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
}
# Latin letters that Unicode does not take apart.
_FOREIGN_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss"}
)
_FOLD: dict[int, str] = {
    **_QUOTES_AND_DASHES,
    **_FOREIGN_LETTERS,
    **{
        ord(form): letter.translate(_PLAIN)
        for letter in _ALPHABET
        for lower in next((row for row in _VOWELS if row[0] == letter), letter)
        for form in (lower, lower.upper())
    },
}


_FORMS: dict[str, str] = {
    plain: "".join([chr(code) for code, letter in _FOLD.items() if letter == plain and chr(code).isalpha()])
    for plain in "abcdefghijklmnopqrstuvwxyz"
}


def _fold_foreign(text: str) -> str:
    bare = "".join([c for c in normalize("NFKD", text.translate(_FOLD)) if category(c) != "Mn"])
    return normalise(bare.casefold())


def fold(text: str) -> str:
    """Return the search key: no case, no marks, d for đ, straight quotes and hyphens; ASCII for Vietnamese text.

    Both places of the tone agree: hoà and hòa give "hoa".
    """
    text = normalise(text)
    if text.isascii():
        return text.lower()
    text = text.translate(_FOLD)
    # What folds to something foldable again (ligatures, full-width letters) must settle for the key to be stable.
    while not text.isascii():
        again = _fold_foreign(text)
        if again == text:
            return text
        text = again
    return text.lower()


def any_tones(word: str) -> str:
    """Return a pattern for a database's `iregex` that finds the word in unfolded text, whatever its tones and case."""
    return "".join([f"[{_FORMS[letter]}]" if letter in _FORMS else re.escape(letter) for letter in fold(word)])


# --- Sort key -------------------------------------------------------------------------------------------------------
#
# key = letters [! tones [! capitals [! text]]]. Every part keeps to ASCII above "!", so that a byte-wise collation
# compares part by part and a shorter part comes first. The text itself closes the key only where the three parts do
# not say it all: foreign letters, typographic signs.

_END = "!"
_SKIP = '"'
_FIRST = ord("#")
# The order of the CLDR root collation, which Vietnamese keeps for signs.
_SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_ORDER = [*_SIGNS, "sign", *"0123456789", *_ALPHABET, "letter"]
_PRIMARIES = {item: chr(_FIRST + rank) for rank, item in enumerate(_ORDER)}
_OTHER_MARK = "6"


def _letter_tables() -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    primary: dict[int, str] = {}
    tones: dict[int, str] = {}
    capitals: dict[int, str] = {}
    vietnamese = "đĐ" + "".join(chr(code) + chr(code).upper() for code in _TONE_OF)
    for char in map(chr, [*range(32, 127), *map(ord, vietnamese)]):
        lower = char.lower()
        primary[ord(char)] = _PRIMARIES[lower.translate(_TONELESS)]
        tones[ord(char)] = _TONE_OF.get(ord(lower), "0")
        capitals[ord(char)] = "1" if char != lower else "0"
    return primary, tones, capitals


_PRIMARY, _TONES, _CAPITALS = _letter_tables()
_FOREIGN = re.compile("[^" + re.escape("".join(map(chr, _PRIMARY))) + "]")

# A run of unmarked letters and the mark that ends it become one character: the longer the run, the lower.
_TONE_RUN = re.compile("0{0,14}[1-6]|0{15}")
_TONE_CODE = {
    "0" * gap + str(tone): chr(_FIRST + (14 - gap) * 6 + tone - 1) for gap in range(15) for tone in range(1, 7)
} | {"0" * 15: _SKIP}
_CAPITAL_RUN = re.compile("0{0,91}1|0{92}")
_CAPITAL_CODE = {"0" * gap + "1": chr(126 - gap) for gap in range(92)} | {"0" * 92: _SKIP}


def _foreign_weights(char: str) -> tuple[str, str, str]:
    """Return primary, tone and capital of a character outside the Vietnamese keyboard: its base letter, or its code."""
    plain = char.translate(_QUOTES_AND_DASHES).translate(_FOREIGN_LETTERS)
    parts = [c for c in normalize("NFKD", plain) if not category(c).startswith("M")]
    if all(ord(c) in _PRIMARY for c in parts):
        base = "".join(parts)
        capitals = base.translate(_CAPITALS)
        return base.translate(_PRIMARY), (_OTHER_MARK + "0" * len(base))[: len(base)], capitals
    kind = "letter" if category(char).startswith("L") else "sign"
    return f"{_PRIMARIES[kind]}{ord(char):06x}", _OTHER_MARK + "0" * 6, "0" * 7


def _weights(text: str) -> tuple[str, str, str]:
    known = {c: (_PRIMARY[ord(c)], _TONES[ord(c)], _CAPITALS[ord(c)]) for c in text if ord(c) in _PRIMARY}
    weights = [known.get(c) or _foreign_weights(c) for c in text]
    return "".join([w[0] for w in weights]), "".join([w[1] for w in weights]), "".join([w[2] for w in weights])


# The parts of names are few: of a hundred thousand people some thousand family, middle and given names.
@lru_cache(maxsize=10_000)
def _key(text: str) -> str:
    foreign = not text.isascii() and _FOREIGN.search(text) is not None
    if foreign:
        primary, tones, capitals = _weights(text)
    else:
        primary, tones, capitals = text.translate(_PRIMARY), text.translate(_TONES), text.translate(_CAPITALS)
    tones = "".join([_TONE_CODE[run] for run in _TONE_RUN.findall(tones)]) if not text.isascii() else ""
    capitals = "".join([_CAPITAL_CODE[run] for run in _CAPITAL_RUN.findall(capitals)])
    if foreign:
        return f"{primary}!{tones}!{capitals}!{text}"
    return f"{primary}!{tones}!{capitals}".rstrip(_END)


def sort_key(text: str) -> str:
    """Return a key whose bytes compare as ICU's `vi` collation orders the text; equal only for equal normalised text.

    Letters first (a ă â b c d đ …, signs and digits before them), then tones (ngang huyền hỏi ngã sắc nặng), then
    lower case before upper. The column needs a byte-wise collation ("C" on PostgreSQL, BINARY on SQLite).
    """
    return _key(normalise(text))


def name_sort_key(full_name: str) -> str:
    """Return the key of a person's name as Vietnamese lists sort it: given name (last word), family name, middle."""
    words = normalise(full_name).split(" ")
    family, middle = ("", "") if len(words) == 1 else (words[0], " ".join(words[1:-1]))
    # A space is below everything in a key, so a given name closes before the next one's tones are looked at.
    return f"{_key(words[-1])} {_key(family)} {_key(middle)}".rstrip(" ")


# --- Encodings before Unicode ---------------------------------------------------------------------------------------

# TCVN3 (ABC, the .Vn* fonts; TCVN 5712:1993 VN3): one byte a letter, seven capitals; the .Vn*H fonts draw the small
# letters as capitals.
_TCVN3_RUNS = ("¡®", "µ¹", "»¾", "ÆÌ", "ÎØ", "Üß", "áï", "ñþ")
_TCVN3_CODES = [code for run in _TCVN3_RUNS for code in range(ord(run[0]), ord(run[1]) + 1)]
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3 = dict(zip(_TCVN3_CODES, _TCVN3_LETTERS, strict=True))

# VNI for Windows: a letter, then its marks (those of no mark first: ngang huyền hỏi ngã sắc nặng); i, ỵ, đ, ơ, ư alone.
_VNI_MARKS = {"": "øûõùï", "â": "âàåãáä", "ê": "êèúüéë"}
_VNI_BASES = {"a": ("a", ""), "ă": ("a", "ê"), "â": ("a", "â"), "e": ("e", ""), "ê": ("e", "â"), "o": ("o", ""),
              "ô": ("o", "â"), "ơ": ("ô", ""), "u": ("u", ""), "ư": ("ö", ""), "y": ("y", "")}  # fmt: skip


def _vni_table() -> dict[str, str]:
    table = dict(zip("ìæóíòîñôö", "ìỉĩíịỵđơư", strict=True))
    for row in _VOWELS:
        if row[0] == "i":
            continue
        base, shape = _VNI_BASES[row[0]]
        marks = _VNI_MARKS[shape]
        letters = row if shape else row[1:]
        table |= {base + mark: letter for mark, letter in zip(marks, letters, strict=False) if letter != "ỵ"}
    # Both capital and small marks are met after a capital; the letter alone says which it is.
    for code, letter in list(table.items()):
        table[code.upper()] = table[code[0].upper() + code[1:]] = letter.upper()
    return table


_VNI = _vni_table()
_VNI_LETTER = "|".join(sorted(_VNI, key=len, reverse=True))
_VNI_CODE = re.compile(_VNI_LETTER)
_VNI_WORD = re.compile(f"(?:{_VNI_LETTER}|[A-Za-z])+")

# A syllable: initial, then a rhyme; k ends the names of the Highlands (Đắk Lắk).
_INITIAL = "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
_RHYMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|ăc|ăk|ăm|ăn|ăng|ăp|ăt|âc|âm|ân|âng|âp|ât|âu|ây"
    "|e|ec|em|en|eng|eo|ep|et|ê|êch|êm|ên|ênh|êp|êt|êu|i|ia|ich|im|in|inh|ip|it|iu|iêc|iêm|iên|iêng|iêp|iêt|iêu"
    "|o|oc|oi|ok|om|on|ong|oong|oc|op|ot|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oăc|oăm|oăn|oăng|oăt"
    "|oe|oen|oeo|oet|ô|ôc|ôi|ôm|ôn|ông|ôp|ôt|ơ|ơi|ơm|ơn|ơp|ơt|u|ua|uc|ui|um|un|ung|up|ut|uôc|uôi|uôm|uôn|uông|uôt"
    "|uân|uât|uây|uâng|uê|uêch|uênh|uên|uêt|uơ|uy|uya|uych|uyên|uyêt|uynh|uyt|uyu"
    "|ư|ưa|ưc|ưi|ưm|ưn|ưng|ưt|ưu|ươc|ươi|ươm|ươn|ương|ươp|ươt|ươu|y|ych|yêm|yên|yêng|yêt|yêu|ynh|yt"
)
_SYLLABLE = re.compile(f"{_INITIAL}(?:{_RHYMES})")

_WORD = re.compile("[A-Za-z\u00a1-\u00ff]+")
_MARKED_WORD = re.compile(r"[^\W\d_]+")
_BEYOND_LATIN_1 = re.compile("[\u0100-\u02ff\u0300-\u036f\u1e00-\u1eff]")
_ASCII_LETTER = re.compile("[A-Za-z]")
# What no text in Latin-1 has: a sign inside a word, a capital after a small letter, two vowels of which one is marked.
_TCVN3_SURE = re.compile("[A-Za-z][\xa1-\xbf]|[\xa1-\xbf][A-Za-z\xc0-\xff]{2}|[a-z][\xc0-\xde]")
_VNI_SURE = re.compile("[aeouyôö][âêåäûõøáàãéèú]", re.IGNORECASE)


def _is_syllable(word: str) -> bool:
    tones = word.lower().translate(_TONES).replace("0", "")
    toneless = word.lower().translate(_TONELESS)
    # A syllable closed by a stop has only the tones sắc and nặng, or none where it is typed without marks.
    stopped = toneless.endswith(("c", "ch", "p", "t", "k"))
    return tones in ("", *("45" if stopped else "12345")) and _SYLLABLE.fullmatch(toneless) is not None


def _read_vni(text: str) -> str:
    return _VNI_CODE.sub(lambda code: _VNI[code[0]], text)


def _readings(word: str) -> dict[str, str]:
    """Return what the word says in each encoding in which it is a Vietnamese syllable."""
    readings = {}
    if all(c.isascii() or ord(c) in _TCVN3 for c in word):
        readings["tcvn3"] = word.translate(_TCVN3)
    if _VNI_WORD.fullmatch(word):
        readings["vni"] = _read_vni(word)
    return {encoding: reading for encoding, reading in readings.items() if _is_syllable(reading)}


def _is_convincing(encoding: str, fresh: dict[str, str]) -> bool:
    sure = _TCVN3_SURE if encoding == "tcvn3" else _VNI_SURE
    return len(fresh) > 1 or any(sure.search(word) or len(reading) > 4 for word, reading in fresh.items())


def detect_legacy(text: str) -> str | None:
    """Return "tcvn3" or "vni" if the text, read as Windows-1252 or Latin-1, is Vietnamese only in that encoding.

    Doubtful text (one short foreign word) counts as clean: a wrong conversion costs more than a missed one.
    """
    if text.isascii() or _BEYOND_LATIN_1.search(text):
        return None
    words = _WORD.findall(text)
    # A sign on its own (©, «, ·) says nothing, nor does an abbreviation in capitals.
    marked = [w for w in words if not w.isascii() and (len(w) > 1 or w.isalpha() and w not in "ªºµ")]
    strange = {w for w in marked if not _is_syllable(normalise(w))}
    if not strange:
        return None
    plain = [_is_syllable(w) for w in words if w.isascii() and not w.isupper()]
    readings = {w: _readings(w) for w in set(marked)}
    good: dict[str, int] = {}
    for encoding in ("tcvn3", "vni"):
        fresh = {w: readings[w][encoding] for w in strange if encoding in readings[w]}
        count = sum(encoding in readings[w] for w in marked)
        native = plain.count(False) < plain.count(True) + len(fresh)
        if native and count >= 0.8 * len(marked) and _is_convincing(encoding, fresh):
            good[encoding] = count
    return max(good, key=lambda encoding: good[encoding], default=None)


def _tcvn3_word(word: str, neighbours: str) -> str:
    """Return the word in Unicode, in capitals if an H font drew it so: its letters, or else the `neighbours`, tell."""
    reading = word.translate(_TCVN3)
    large = len(re.findall("[A-Z\xa1-\xa7]", word))
    small = re.search("[a-z]", word)
    if large > 1 and not small or neighbours == "upper" and not small:
        return reading.upper()
    if neighbours == "title" and word[0] >= "µ":
        return reading[0].upper() + reading[1:]
    return reading


def _tcvn3_style(text: str) -> str:
    """Return whether all words are in capitals ("upper") or capitalised ("title"), as far as TCVN3 tells."""
    words = _WORD.findall(text)
    sure = [w for w in words if re.search("[a-z]", w) or len(re.findall("[A-Z\xa1-\xa7]", w)) > 1]
    told = [w for w in words if w[0].isascii() or "¡" <= w[0] <= "®"]
    if sure and not any(re.search("[a-z]", w) for w in sure):
        return "upper"
    return "title" if told and all(re.match("[A-Z\xa1-\xa7]", w) for w in told) else ""


def _read_tcvn3(text: str, style: str) -> str:
    return _WORD.sub(lambda word: _tcvn3_word(word[0], style), text)


def legacy_reader(encoding: str, sample: Sequence[str]) -> Callable[[str], str]:
    """Return the function that turns one text in "tcvn3" or "vni" into Unicode; `sample` are others of its column.

    What most of them are (names, words in capitals) is what a text of one word is taken for.
    """
    if encoding == "vni":
        return _read_vni
    styles = [_tcvn3_style(text) for text in sample if len(_WORD.findall(text)) > 1]
    usual = next((style for style in ("upper", "title") if styles.count(style) > 0.7 * len(styles)), "")

    def read(text: str) -> str:
        alone = len(_WORD.findall(text)) < 2
        return _read_tcvn3(text, usual if alone else _tcvn3_style(text))

    return read


def is_vietnamese(text: str) -> bool:
    """Tell whether every word with marks is a Vietnamese syllable as it stands."""
    return all(_is_syllable(word) for word in _MARKED_WORD.findall(normalise(text)) if not word.isascii())


def from_legacy(text: str) -> str:
    """Return TCVN3 or VNI text (read as Windows-1252 or Latin-1) in Unicode; any other text untouched.

    TCVN3 has no toned capitals: a name that begins with one gets it back where the other words are capitalised.
    """
    encoding = detect_legacy(text)
    if encoding is None:
        return text
    return _read_tcvn3(text, _tcvn3_style(text)) if encoding == "tcvn3" else _read_vni(text)


def decode_1258(data: bytes) -> str:
    """Return Windows-1258 bytes as NFC text; bytes outside that code page become U+FFFD."""
    return compose(data.decode("cp1258", errors="replace"))


# --- Damage ---------------------------------------------------------------------------------------------------------

_DAMAGE = re.compile(
    # What a lost character leaves: the replacement mark, private use, a question mark inside a word.
    "[\ufffd\ue000-\uf8ff]|[^\\W\\d_]\\?[^\\W\\d_]"
    # The bytes of UTF-8 read one by one as Windows-1252 or Latin-1.
    "|Ã[\u00a1-\u00aa\u00ac-\u00ba\u00bd\u20ac\u201a\u0192\u02c6\u2030\u0160\u0152\u2122\u0161\x81\x8d\x9d]"
    "|[áÁ][ºª»][\x80-\xbf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]"
    "|Ä[\u201a\u0192\u2018\u00a8\u00a9\x82\x83\x90\x91]|Å[\u00a8\u00a9]|Æ[\u00a0\u00a1\u00af\u00b0]|â€|ï»¿"
)
# Residues of a web address or page, sought in the folded text: the letter after the % may itself have caught a mark.
_RESIDUE = re.compile("(?<![0-9])%[0-9a-f]{2}|&(?:#[0-9]+|#x[0-9a-f]+|[a-z]+);")
_LOOSE_MARK = re.compile("[\u0300-\u036f]")


def looks_damaged(text: str) -> bool:
    """Say whether a clerk should look at the text: lost characters, UTF-8 misread, web residues, marks on nothing."""
    if ("%" in text or "&" in text) and _RESIDUE.search(fold(text)):
        return True
    words = " ".join([word for word in text.split(" ") if "/" not in word]) if "?" in text else text
    if _DAMAGE.search(words):
        return True
    return not text.isascii() and _LOOSE_MARK.search(normalise(text)) is not None
