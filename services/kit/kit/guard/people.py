"""Names after a cue, and where somebody lives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kit.guard import found as kinds
from kit.guard.found import Found
from kit.guard.table import Entry, S, Table, entries
from kit.guard.views import View

# Letters of Latin, Greek and Cyrillic; Python's expressions have no class for a capital.
_LETTERS = [chr(number) for number in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x530))]
_UP = "".join(sign for sign in _LETTERS if sign.isupper())
_LOW = "".join(sign for sign in _LETTERS if sign.islower())
_REST = rf"(?:'[{_UP}])?[{_LOW}]{{1,30}}+(?:[-'][{_UP}]?[{_LOW}]{{1,30}}+){{0,3}}"
_WORD = rf"[{_UP}]{_REST}"
_FIRST_WORD = rf"[{_UP}](?<![\w.-].){_REST}"  # where nothing stands before it that belongs to it
_PARTICLE = r"(?:von|van|de|del|della|da|di|der|den|dos|la|le|el|al|bin|ibn|O'|Mc|Mac|St\.)"
_NAME = rf"{_WORD}(?:{S}(?:{_PARTICLE}{S})?(?:{_WORD}|[{_UP}]\.(?!\w)|[{_UP}]\b(?![-/]))){{0,3}}"
_FULL = rf"{_WORD}(?:{S}[{_UP}]\.)?{S}(?:{_PARTICLE}{S})?(?:{_WORD}|[{_UP}]\.|[{_UP}]\b(?![-/\w]))(?:{S}{_WORD})?"
_HONORIFICS = (
    rf"Mr|Mrs|Ms|Miss|Mx|Mstr|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|M\.(?={S}[{_UP}][{_LOW}])|Señora?|Sra?|Signora?|"
    r"Sig\.ra|Sig\.na|sig\.ra|sig\.na|Sig|sig|Dhr|Mevr|Senhora?|Pani?"
)
_SEX = (
    r"male|female|man|woman|boy|girl|gentleman|lady|patient|pt|pts|child|infant|toddler|"
    r"teen(?:ager)?|baby|newborn|adult|individual|person|mother|father|veteran|m|f|yof|yom|"
    r"Patientin|Patient|Mann|Frau|Mädchen|Junge|homme|femme|fille|garçon|paciente|mujer|"
    r"hombre|niñ[oa]|paziente|uomo|donna|mulher|homem"
)
_CALLED = (
    rf"named|name{S}?(?:is|was|:|=)|(?:pt|patient)(?:'?s)?{S}name{S}?(?:is|:)?|"
    rf"name{S}of(?:{S}the)?{S}patient{S}?(?:is|:)?|heißt|hei(?:ss|ß)e|s'appelle|se{S}llama|si{S}chiama|called|"
    rf"known{S}as|namens|nommée?|llamad[oa]|alias|initials?"
)
_ABOUT = rf"patient|pt|client|case|dx|hx|hist(?:ory)?|similar{S}to|re|regarding|concerning|about|for|of|my{S}patient"
_GIVEN = r"prescribed|given|administered|dispensed"
_WHOSE = rf"his|her|their|the{S}patient's|pt's|patient's"
_RELATIVES = (
    r"(?:wife|husband|son|daughter|mother|father|brother|sister|partner|spouse|caregiver|guardian|parent|mom|dad)s?"
)
_DOCTORS = r"Dr|Drs|Prof|Doctor|Nurse|Surgeon|Dra|Doktor|Docteur"
_AFTER = {
    # after an honorific
    "honorific": (_HONORIFICS, 0, rf"\.?{S}({_NAME})"),
    # a person of some age or sex, and then the name
    "person": (_SEX, re.IGNORECASE, (
        rf"{S}?(?:\([^)]{{0,12}}\){S}?)?[,:]?{S}(?:(?i:named|called|known as|namens|"
        rf"nommée?|llamad[oa]|di nome|de nombre|chamad[oa]){S})?[\"“(]?({_FULL})"
    )),
    "person,": (_SEX, re.IGNORECASE, (
        rf"{S}?(?:\([^)]{{0,12}}\){S}?)?,{S}?({_NAME})(?={S}?[,;.)?]|{S}(?i:who|with|"
        rf"was|has|is|seen|admitted|diagnosed|at|on|in|presenting|presents|treated)\b)"
    )),
    # named …, name is …, name: …
    "called": (_CALLED, re.IGNORECASE, rf"{S}?[:\"“]?{S}?({_NAME}|[{_UP}]\.{S}?[{_UP}]\.)"),
    "about": (_ABOUT, re.IGNORECASE, (
        rf"{S}?[:,]?{S}({_WORD}{S}(?:{_PARTICLE}{S})?(?:[{_UP}]\.|"
        rf"{_WORD}))(?={S}?(?:[,;(]|'s|\?|$|(?<={S})(?:who|was|has|is|had|seen|admitted|diagnosed|with|"
        rf"at|presented|presenting|treated|aged|DOB|on)\b))"
    )),
    # to whom something is given
    "given": (_GIVEN, re.IGNORECASE, rf"(?i:{S}to){S}({_WORD}{S}{_WORD})(?=,?{S}who\b)"),
    "relative": (_WHOSE, re.IGNORECASE, rf"(?i:{S}{_RELATIVES}),?{S}({_NAME})"),
}  # fmt: skip
_CUED = Table(
    one
    for label, (cues, flags, behind) in _AFTER.items()
    for one in entries(label, cues, flags=flags, behind="" if label == "called" else r"(?!\w)", tail=re.compile(behind))
)
_CAPITALS = (
    # anybody with a first name and an initial, like Emily R.
    re.compile(
        rf"({_FIRST_WORD}{S}[{_UP}]\.)(?={S}?(?:[,;:)?!(]|'s|$|(?<={S})(?:who|was|has|is|had|"
        rf"seen|with|at|on|in|and|[{_LOW}]{{1,30}}+)\b))"
    ),
    # before what only people do
    re.compile(
        rf"({_FIRST_WORD}{S}{_WORD})(?=,?{S}?(?:\(?(?:MRN|DOB|SSN|d\.o\.b|born|geb\.|"
        rf"née?{S}le|nacid[oa]|nat[oa])\b|,{S}?\d{{1,2}}[ \n-]?(?:y|year|jährig|ans|años|anni)))"
    ),
)
_OF_DOCTORS = Table(
    ((_DOCTORS, Entry("doctor", re.compile(rf"(?:{_DOCTORS})\.?{S}((?:[{_UP}]\.{S}?){{0,2}}{_NAME})"))),)
)
_PATIENT_WORDS = r"patient|pt|male|female|mrn|dob|paciente|paziente|ans|años|anni|year-?old|jährige\w{0,2}"
_PATIENT = Table(((_PATIENT_WORDS, Entry("patient", re.compile(rf"(?i)(?:{_PATIENT_WORDS})\b"))),))
_OF_AGE = re.compile(rf"(?i)\b\d{{1,3}}{S}?(?:yo|y/o|yof|yom)\b")
# Words with a capital that are no names: places of care, diseases, drugs, months, and what begins a sentence.
_WORDS = """
hospital clinic medical center centre health healthcare university institute school college department ward unit
care system group general memorial children's children regional county community national saint st mount
foundation trust clinics hospitals mayo johns hopkins cleveland cedars sinai stanford mass massachusetts brigham
harvard ucla ucsf nyu kaiser permanente presbyterian methodist baptist mercy veterans va nhs disease syndrome
cancer lymphoma leukemia leukaemia sarcoma carcinoma tumor tumour disorder palsy fever virus infection hepatitis
diabetes type grade stage score scale test criteria classification trial study protocol parkinson parkinson's
alzheimer alzheimer's crohn crohn's hodgkin hodgkin's non kawasaki hashimoto hashimoto's graves cushing addison
raynaud behcet sjogren marfan turner down barrett ewing wilms guillain barre lewy january february march april
may june july august september october november december monday tuesday wednesday thursday friday saturday
sunday what which how when where why can could should would is are was were do does did the a an any for with
and or in on at of to from by please best current latest recommended guidelines management treatment treatments
european american british german french spanish italian asian african european's society association college
academy congress conference journal new york los angeles san francisco boston chicago houston covid sars ct mri
ecg ekg icu er ed hiv copd chf mi ra ms als adhd asthma hypertension insulin metformin aspirin warfarin humira
enbrel lipitor plavix iv po bid tid qd dose therapy surgery follow up post pre gp md rn np pa phd heart failure
kidney liver lung brain breast prostate colon atrial fibrillation chronic acute severe mild moderate primary
secondary history diagnosed male female patient patients who he she they her his united states kingdom states
emergency room intensive pediatric paediatric internal medicine cardiology oncology neurology dermatology
clinicians physicians doctor dr prof nurse team us uk eu
"""
_NO_NAME = frozenset(_WORDS.split())
_LIVES_CUES = (
    rf"lives?|living|resid(?:es?|ing|ent{S}of)|wohnt|wohnhaft|habite|vive|abita|"
    rf"domiciled|home{S}in|hails?{S}from|originally{S}from"
)
_LIVES = Table(
    ((_LIVES_CUES, Entry("lives", re.compile(
        rf"(?i:(?:{_LIVES_CUES})\b)(?:{S}(?i:in|at|near|of|à|en|a|ad|bei|on))?"
        rf"{S}((?:\d{{1,5}}{S})?{_WORD}(?:,?{S}{_WORD}|,{_WORD}){{0,3}})"
    ))),),
)  # fmt: skip
_CALLES = r"calle|avenida|avda\.?|plaza|paseo|via|viale|piazza|corso|rua|travessa|largo"
_ZIPS = rf"zip(?:{S}?code)?|postal{S}?code|postcode|PLZ|code{S}postal|c[óo]digo{S}postal|CAP"
_STREETS = Table(
    ((_CALLES, Entry("calle", re.compile(
        rf"(?i:{_CALLES}){S}(?:(?:de|del|della|dei|la|los|da|do|dos){S}){{0,3}}"
        rf"{_WORD}(?:{S}{_WORD}){{0,5}},?{S}(?:n[º°.]?{S}?)?\d{{1,4}}\b"
    ))),),
)  # fmt: skip
_STREET = re.compile(
    rf"\d(?<!\w\d)\d{{0,4}}[A-Za-z]?{S}(?:{_WORD}\.?{S}|\d{{1,3}}(?:st|nd|rd|th){S}|"
    rf"[NSEW]\.?{S}){{1,4}}(?:St(?:reet)?|Ave(?:nue)?|R(?:oa)?d|Blvd|Boulevard|Lane|Ln|"
    rf"Drive|Dr|Way|Court|Ct|Place|Pl|Square|Sq|Terrace|Close|Crescent|Highway|"
    rf"Hwy)\b\.?(?:,?{S}(?:Apt|Unit|Suite|"
    rf"#)\.?{S}?\w{{1,10}})?(?:,{S}?{_WORD}(?:{S}{_WORD})?)?(?:,?{S}[A-Z]{{2}}\b)?(?:{S}\d{{5}}(?:-\d{{4}})?)?"
)
_RUE = "rue|avenue|boulevard|place|chemin|impasse|allée|quai"
_RUES = Table(
    entries("rue", _RUE, flags=re.IGNORECASE, tail=re.compile(
        rf"(?i){S}(?:(?:de|du|des|la|le|l'){S}?){{0,3}}{_WORD}(?:[ -]{_WORD}){{0,5}}+"
    ))
)  # fmt: skip
_NUMBER_AND_RUE = re.compile(rf"(?i)\b\d{{1,4}}(?:{S}?(?:bis|ter))?,?{S}(?:{_RUE})$")
_NUMBER_AND_RUE_LENGTH = 24
# Words that end like streets, before a house number. What stands before is looked for from here.
_STRASSE_ENDS = ("straße", "strasse", "str.", "weg", "platz", "gasse", "allee", "damm", "ufer", "ring")
_HOUSE_NUMBER = re.compile(rf"{S}(?<=[egzmr.].)\d{{1,4}}{S}?[a-z]?\b(?:,?{S}\d{{5}}{S}{_WORD})?")
_MAX_STREET_NAME = 60
_POSTCODE = re.compile(
    r"(?<![\w-])(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d(?:\d|[ABEHMNPRVWXY])?|"
    r"\d[A-HJKPSTUW]) ?\d[ABD-HJLNP-UW-Z]{2})(?![\w-])"
)
_CODES = Table(
    ((_ZIPS, Entry("zip", re.compile(rf"(?i:{_ZIPS}){S}?[:#]?{S}?(\d{{4,5}}(?:-\d{{4}})?)\b"))),),
)
_STATE = re.compile(rf"\b[A-Z]{{2}}{S}(\d{{5}}(?:-\d{{4}})?)\b")


# Where a patient is spoken of: two words with capitals between commas, before what only people do, or whose case it is.
_OF_PATIENT = rf"case{S}of|ref|re|notes?{S}for|review|prescribed{S}to|given{S}to|referenced{S}in"
_BETWEEN_COMMAS = re.compile(
    rf",{S}?({_WORD}{S}(?:{_PARTICLE}{S})?(?:[{_UP}]\.{S})?{_WORD})(?={S}?,?{S}?(?<=[, \n])(?:who|whose|"
    rf"was|is|has|had|at|last|recently|currently|seen|admitted|treated|diagnosed|referred|"
    rf"residing|living|presented|presenting|visited|evaluated|aged|under|followed|from)\b)"
)
_BESIDE_PATIENT = Table(
    ((_OF_PATIENT, Entry("of", re.compile(
        rf"(?i:{_OF_PATIENT}){S}({_WORD}(?:{S}(?:{_WORD}|[{_UP}]\b))?)(?=[,' \n])"
    ))),),
)  # fmt: skip
_CAPITALS_OF_PATIENT = (
    _BETWEEN_COMMAS,
    re.compile(
        rf"({_FIRST_WORD}{S}(?:{_WORD}|[{_UP}]))(?=,?{S}who\b|'s{S}(?:case|notes?|chart|"
        rf"labs?|records?|file|history|treatment|medications?|symptoms|family|visit)\b)"
    ),
)


def _is_name(words: str) -> bool:
    parts = [part.strip(".,'\"") for part in words.split()]
    known = [
        part.casefold() in _NO_NAME or part.casefold().removesuffix("'s") in _NO_NAME for part in parts if len(part) > 1
    ]
    return bool(known) and not any(known)


def _name(match: re.Match[str], *, sure: bool) -> Iterator[Found]:
    """The name in a match, if it is one, without a possessive at its end."""
    value = match[1].rstrip(" \n,;").removesuffix("'s")
    if _is_name(value):
        yield Found(kinds.NAME, match.start(1), match.start(1) + len(value), sure)


def _speaks_of_patient(view: View) -> bool:
    return _OF_AGE.search(view.text) is not None or any(True for _ in _PATIENT.matches(view))


def names(view: View) -> Iterator[Found]:
    """People's names after a cue; a colleague's only where a patient is spoken of, and then with doubt."""
    for _, match in _CUED.matches(view):
        yield from _name(match, sure=True)
    for pattern in _CAPITALS:
        for match in pattern.finditer(view.text):
            yield from _name(match, sure=True)
    if _speaks_of_patient(view):
        for pattern in _CAPITALS_OF_PATIENT:
            for match in pattern.finditer(view.text):
                yield from _name(match, sure=True)
        for _, match in _BESIDE_PATIENT.matches(view):
            yield from _name(match, sure=True)
        for _, match in _OF_DOCTORS.matches(view):
            yield from _name(match, sure=False)


def _word_before(text: str, end: int) -> int:
    """Where the letters begin that end at a place."""
    start, first = end, max(0, end - _MAX_STREET_NAME)
    while start > first and text[start - 1].isalpha():
        start -= 1
    return start


def _german_streets(view: View) -> Iterator[Found]:
    """Streets of one word, with the word before that they are written with."""
    text = view.text
    for match in _HOUSE_NUMBER.finditer(text):
        if not text.endswith(_STRASSE_ENDS, max(0, match.start() - 10), match.start()):
            continue
        start = _word_before(text, match.start() - (text[match.start() - 1] == "."))
        if text[start - 1 : start] in {"-", " "}:
            before = _word_before(text, start - 1)
            if text[before : before + 1].isupper() and text[before + 1 : start - 1].islower():
                start = before
        yield Found(kinds.ADDRESS, start, match.end(), True)


def _french_streets(view: View) -> Iterator[Found]:
    """Streets after their house number, which is looked for from the word for a street."""
    for _, street in _RUES.matches(view):
        begins = max(0, street.start() - _NUMBER_AND_RUE_LENGTH)
        if number := _NUMBER_AND_RUE.search(view.text, begins, street.start()):
            yield Found(kinds.ADDRESS, number.start(), street.end(), True)


def addresses(view: View) -> Iterator[Found]:
    """Streets, post codes, and where somebody lives."""
    for match in _STREET.finditer(view.text):
        yield Found(kinds.ADDRESS, match.start(), match.end(), True)
    yield from _french_streets(view)
    for _, match in _STREETS.matches(view):
        yield Found(kinds.ADDRESS, match.start(), match.end(), True)
    yield from _german_streets(view)
    for match in _POSTCODE.finditer(view.text):
        yield Found(kinds.ADDRESS, match.start(), match.end(), False)
    for match in _STATE.finditer(view.text):
        yield Found(kinds.ADDRESS, match.start(1), match.end(1), False)
    for _, match in _CODES.matches(view):
        yield Found(kinds.ADDRESS, match.start(1), match.end(1), False)
    if _speaks_of_patient(view):
        for _, match in _LIVES.matches(view):
            yield Found(kinds.ADDRESS, match.start(1), match.end(1), False)
