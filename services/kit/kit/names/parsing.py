"""Takes a name apart: its words, without titles and degrees, and the generation such as "Jr."."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from kit.names.tables import han_forms, titles
from kit.texts import normalize

MAX_WORDS = 12  # of a name; who has more is compared by these
MAX_LETTERS = 40  # of a word

_SCRIPTS = (
    (re.compile("[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff々]"), "Han"),
    (re.compile("[\uac00-\ud7a3]"), "Hangul"),
    (re.compile("[\u3040-\u30ff]"), "Kana"),
    (re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]"), "Arabic"),
    (re.compile("[\u0590-\u05ff]"), "Hebrew"),
    (re.compile("[\u0400-\u052f]"), "Cyrillic"),
    (re.compile("[\u0370-\u03ff]"), "Greek"),
    (re.compile("[\u0900-\u097f]"), "Devanagari"),
    (re.compile("[a-zà-ɏ]"), "Latin"),
)
_ALPHABETS = frozenset({"Latin", "Cyrillic", "Greek", "Armenian", "Georgian"})
# Marks that writers of Arabic and Hebrew leave out, and the stretched line.
_UNWRITTEN = re.compile("[\u0591-\u05c7\u064b-\u065f\u0670\u0640]")
_ARABIC_FORMS = str.maketrans("أإآٱ", "اااا")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u30fb·・,;/|_]+")
_APOSTROPHES = re.compile("['’‘`´ʼʻ\u02bf\u02be׳]")
_ASIDES = re.compile(r"[(\[{（\"“”«»„][^()\[\]{}（）\"“”«»„]{0,100}[)\]}）\"“”«»“]")
_MAIDEN = re.compile(r"\b(?:née?|geb(?:oren[e]?)?\.?|born|rozená|z domu)(?=\s)", re.IGNORECASE)
_SHORTENED_DOCTOR = re.compile(r"\bд-р\b|\bד[\"״]ר\b", re.IGNORECASE)
_NAMES_LIKE_DEGREES = frozenset({"do", "ma", "ba", "pa", "pt", "od", "dc", "sc", "rd", "ot", "aud", "be", "cand"})


class Word(NamedTuple):
    """A word of a name in its own script, in small letters."""

    text: str
    script: str

    @property
    def full(self) -> int:
        """For how many words it counts: none for an initial, two for Han and Hangul, where a name has no spaces."""
        if self.script in {"Han", "Hangul"}:
            return min(len(self.text), 2)
        return 1 if len(self.text) > 1 else 0


class Parsed(NamedTuple):
    """A name taken apart.

    Args:
        generation: what tells a person from a parent of the same name, as "jr" and "iii".
        cut: whether letters or words beyond the limits were left out.
    """

    words: tuple[Word, ...]
    generation: str | None = None
    cut: bool = False

    @property
    def full(self) -> int:
        """How many words it has that are no initials."""
        return sum(word.full for word in self.words)


def script_of(text: str) -> str:
    """The script of a word's first letter that has a known one.

    >>> script_of("иванов"), script_of("ชัย")
    ('Cyrillic', 'other')
    """
    return next((script for pattern, script in _SCRIPTS if pattern.search(text)), "other")


def _clean(text: str) -> str:
    kept = "".join(c for c in text if unicodedata.category(c)[0] in "LM")
    return _UNWRITTEN.sub("", kept).translate(_ARABIC_FORMS)


class _Piece(NamedTuple):
    """A piece of a name between separators: as it was typed, its letters, and whether a comma stands before it."""

    typed: str
    letters: str
    after_comma: bool


def _pieces(name: str) -> list[_Piece]:
    found, after_comma = [], False
    for part in re.split(r"([,،、，])", name):
        if part in ",،、，" and part:
            after_comma = True
            continue
        for typed in _SEPARATORS.split(part):
            dotted = re.findall(r"[^.．]+", typed)
            single = len(dotted) > 1 and all(len(one) == 1 for one in dotted)
            whole = "".join(dotted).casefold()
            known = whole in titles()["last"] or (not single and any(whole in those for those in titles().values()))
            # "J.R." is two initials, "Ph.D." one degree and "Dr.med." two words.
            for one in [typed] if known or not (single or len(dotted) > 1) else dotted:
                letters = _clean(one.casefold().replace(".", ""))
                if letters:
                    found.append(_Piece(one.replace(".", ""), letters, after_comma))
    return found


def _is_degree(piece: _Piece, *, all_upper: bool) -> bool:
    if piece.letters not in titles()["last"]:
        return False
    if piece.after_comma and piece.letters not in _NAMES_LIKE_DEGREES:
        return True
    return piece.typed[-1:].isupper() and (not all_upper or piece.letters not in _NAMES_LIKE_DEGREES)


def _without_suffix(word: Word) -> Word:
    # The longest first, since one may end with another; a set has no order.
    for suffix in sorted(titles()["suffix"], key=len, reverse=True) if word.script in {"Han", "Hangul"} else ():
        if word.text.endswith(suffix) and len(word.text) - len(suffix) >= 2:
            return word._replace(text=word.text.removesuffix(suffix))
    return word


def _words(pieces: list[_Piece]) -> tuple[Word, ...]:
    words = [Word(piece.letters, script_of(piece.letters)) for piece in pieces]
    words = [word for word in words if word.text not in titles()["suffix"] or word.script not in {"Han", "Hangul"}]
    words = [_without_suffix(word) for word in words]
    return tuple(
        word._replace(text=word.text.translate(han_forms())) if word.script == "Han" else word for word in words
    )


def parse(name: str) -> Parsed:
    """Take a name apart.

    >>> [word.text for word in parse("Prof. Dr. med. Jürgen Müller-Lüdenscheidt, Ph.D.").words]
    ['jürgen', 'müller', 'lüdenscheidt']
    >>> parse("John Smith III").generation
    'iii'
    """
    text = normalize("NFC", _APOSTROPHES.sub("", normalize("NFKD", name)))
    pieces = _pieces(_MAIDEN.sub(" ", _ASIDES.sub(" ", _SHORTENED_DOCTOR.sub(" ", text)))) or _pieces(text)
    all_upper = text == text.upper()
    rest = [piece for piece in pieces if piece.letters not in titles()["anywhere"]]
    if len(rest) >= 2:  # else what looks like a title is a name
        pieces = rest
    generation = None
    while len(pieces) > 2:
        last = pieces[-1]
        if last.letters in titles()["generation"] and (last.letters != "v" or last.typed == "V"):
            generation = generation or _GENERATIONS.get(last.letters, last.letters)
        elif not _is_degree(last, all_upper=all_upper):
            break
        pieces = pieces[:-1]
    # In "Smith Jr., John" the mark stands before the comma.
    marks = [piece for piece in pieces[1:] if piece.letters in titles()["generation"] and len(piece.letters) > 1]
    if generation is None and marks and len(pieces) > 2:
        generation = _GENERATIONS.get(marks[0].letters, marks[0].letters)
        pieces = [piece for piece in pieces if piece is not marks[0]]
    words = _words(pieces)
    cut = len(words) > MAX_WORDS or any(len(word.text) > MAX_LETTERS for word in words)
    return Parsed(tuple(word._replace(text=word.text[:MAX_LETTERS]) for word in words[:MAX_WORDS]), generation, cut)


_GENERATIONS = {
    "jun": "jr", "junior": "jr", "jnr": "jr", "sen": "sr", "senior": "sr", "snr": "sr", "2nd": "ii", "3rd": "iii",
    "4th": "iv",
}  # fmt: skip


def by_script(parsed: Parsed) -> list[Parsed]:
    """A name, and each of the names that it consists of where it is written in two scripts, as "Wang Xiaoming 王小明"."""
    scripts = {"alphabet" if word.script in _ALPHABETS else word.script for word in parsed.words}
    if len(scripts) < 2:
        return [parsed]
    parts = [
        Parsed(
            tuple(w for w in parsed.words if ("alphabet" if w.script in _ALPHABETS else w.script) == script),
            parsed.generation,
            parsed.cut,
        )
        for script in sorted(scripts)
    ]
    return [parsed, *(part for part in parts if part.full >= 2)]
