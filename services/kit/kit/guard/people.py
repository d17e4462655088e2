"""Names after a cue, and where somebody lives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kit.guard import found as kinds
from kit.guard.found import Found

# Letters of Latin, Greek and Cyrillic; Python's expressions have no class for a capital.
_LETTERS = [chr(number) for number in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x530))]
_UP = "".join(sign for sign in _LETTERS if sign.isupper())
_LOW = "".join(sign for sign in _LETTERS if sign.islower())
_WORD = rf"(?:[{_UP}]')?[{_UP}][{_LOW}]+(?:[-'][{_UP}]?[{_LOW}]+)*"
_PARTICLE = r"(?:von|van|de|del|della|da|di|der|den|dos|la|le|el|al|bin|ibn|O'|Mc|Mac|St\.)"
_NAME = rf"{_WORD}(?:\s+(?:{_PARTICLE}\s+)?(?:{_WORD}|[{_UP}]\.(?!\w)|[{_UP}]\b(?![-/]))){{0,3}}"
_FULL = rf"{_WORD}(?:\s+[{_UP}]\.)?\s+(?:{_PARTICLE}\s+)?(?:{_WORD}|[{_UP}]\.|[{_UP}]\b(?![-/\w]))(?:\s+{_WORD})?"
_SEX = (
    r"(?:male|female|man|woman|boy|girl|gentleman|lady|patient|pt|pts|child|infant|toddler|"
    r"teen(?:ager)?|baby|newborn|adult|individual|person|mother|father|veteran|[MF]|yof|"
    r"yom|"
    r"Patientin|Patient|Mann|Frau|Mädchen|Junge|homme|femme|fille|garçon|paciente|mujer|"
    r"hombre|niñ[oa]|paziente|uomo|donna|mulher|homem)"
)
_CUED = (
    # after an honorific
    re.compile(
        rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Mstr|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|"
        rf"M\.(?=\s[{_UP}][{_LOW}])|Señora?|Sra?|Signora?|[Ss]ig(?:\.ra)?|[Ss]ig\.na|Dhr|Mevr|Senhora?|Pan|"
        rf"Pani)\.?\s+({_NAME})"
    ),
    # a person of some age or sex, and then the name
    re.compile(
        rf"(?i:\b{_SEX})\s*(?:\([^)]{{0,12}}\)\s*)?[,:]?\s+(?:(?i:named|called|known as|namens|"
        rf"nommée?|llamad[oa]|di nome|de nombre|chamad[oa])\s+)?[\"“(]?({_FULL})"
    ),
    re.compile(
        rf"(?i:\b{_SEX})\s*(?i:\([^)]{{0,12}}\)\s*)?,\s*({_NAME})(?=\s*[,;.)?]|\s+(?i:who|with|"
        rf"was|has|is|seen|admitted|diagnosed|at|on|in|presenting|presents|treated)\b)"
    ),
    # named …, name is …, name: …
    re.compile(
        rf"(?i:\b(?:named|name\s*(?:is|was|:|=)|(?:pt|patient)(?:'?s)?\s+name\s*(?:is|:)?|"
        rf"name\s+of(?:\s+the)?\s+patient\s*(?:is|:)?|Name\s*:|heißt|hei(?:ss|ß)e|s'appelle|"
        rf"se\s+llama|si\s+chiama|called|known\s+as|namens|nommée?|llamad[oa]|alias|"
        rf"initials?))\s*[:\"“]?\s*({_NAME}|[{_UP}]\.\s?[{_UP}]\.)"
    ),
    re.compile(
        rf"(?i:\b(?:patient|pt|client|case|dx|hx|hist(?:ory)?|similar\s+to|re|regarding|"
        rf"concerning|about|for|of|"
        rf"my\s+patient)\b)\s*[:,]?\s+({_WORD}\s+(?:{_PARTICLE}\s+)?(?:[{_UP}]\.|"
        rf"{_WORD}))(?=\s*(?:[,;(]|'s|\?|$|\s(?:who|was|has|is|had|seen|admitted|diagnosed|with|"
        rf"at|presented|presenting|treated|aged|DOB|on)\b))"
    ),
    # anybody with a first name and an initial, like Emily R.
    re.compile(
        rf"(?<![\w.-])({_WORD}\s+[{_UP}]\.)(?=\s*(?:[,;:)?!(]|'s|$|\s+(?:who|was|has|is|had|"
        rf"seen|with|at|on|in|and|[{_LOW}]+)\b))"
    ),
    # to whom something is given
    re.compile(rf"(?i:\b(?:prescribed|given|administered|dispensed)\s+to)\s+({_WORD}\s+{_WORD})(?=,?\s+who\b)"),
    # relatives
    re.compile(
        rf"(?i:\b(?:his|her|their|the\s+patient's|pt's|patient's)\s+(?:wife|husband|son|"
        rf"daughter|mother|father|brother|sister|partner|spouse|caregiver|guardian|parent|mom|"
        rf"dad)s?),?\s+({_NAME})"
    ),
    # before what only people do
    re.compile(
        rf"(?<![\w.-])({_WORD}\s+{_WORD})(?=,?\s*(?:\(?(?:MRN|DOB|SSN|d\.o\.b|born|geb\.|"
        rf"née?\s+le|nacid[oa]|nat[oa])\b|,\s*\d{{1,2}}[\s-]?(?:y|year|jährig|ans|años|anni)))"
    ),
)  # fmt: skip
_DOCTOR = re.compile(
    rf"\b(?:Dr|Drs|Prof|Doctor|Nurse|Surgeon|Dra|Doktor|Docteur)\.?\s+((?:[{_UP}]\.\s*){{0,2}}{_NAME})"
)
_PATIENT = re.compile(
    r"(?i)\b(?:\d{1,3}\s?(?:yo|y/o|yof|yom)|patient|pt|year-?old|male|female|mrn|dob|"
    r"jährige\w*|paciente|paziente|ans|años|anni)\b"
)
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
_LIVES = re.compile(
    rf"(?i:\b(?:lives?|living|resid(?:es?|ing|ent\s+of)|wohnt|wohnhaft|habite|vive|abita|"
    rf"domiciled|home\s+in|hails?\s+from|originally\s+from)\b)(?:\s+(?i:in|at|near|of|à|en|"
    rf"a|ad|bei|on))?\s+((?:\d{{1,5}}\s+)?{_WORD}(?:[ ,]+{_WORD}){{0,3}})"
)
_STREET = (
    re.compile(
        rf"\b\d{{1,5}}[A-Za-z]?\s+(?:{_WORD}\.?\s+|\d{{1,3}}(?:st|nd|rd|th)\s+|"
        rf"[NSEW]\.?\s+){{1,4}}(?:St(?:reet)?|Ave(?:nue)?|R(?:oa)?d|Blvd|Boulevard|Lane|Ln|"
        rf"Drive|Dr|Way|Court|Ct|Place|Pl|Square|Sq|Terrace|Close|Crescent|Highway|"
        rf"Hwy)\b\.?(?:,?\s+(?:Apt|Unit|Suite|"
        rf"#)\.?\s*\w+)?(?:,\s*{_WORD}(?:\s{_WORD})?)?(?:,?\s+[A-Z]{{2}}\b)?(?:\s+\d{{5}}(?:-\d{{4}})?)?"
    ),
    re.compile(
        rf"\b(?:{_WORD}[- ]?)?[{_UP}{_LOW}]*(?:straße|strasse|str\.|weg|platz|gasse|allee|damm|"
        rf"ufer|ring)\s+\d{{1,4}}\s?[a-z]?\b(?:,?\s+\d{{5}}\s+{_WORD})?"
    ),
    re.compile(
        rf"(?i)\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse|"
        rf"allée|quai)\s+(?:(?:de|du|des|la|le|l')\s*)*{_WORD}(?:[ -]{_WORD})*"
    ),
    re.compile(
        rf"(?i:\b(?:calle|avenida|avda\.?|plaza|paseo|via|viale|piazza|corso|rua|travessa|"
        rf"largo))\s+(?:(?:de|del|della|dei|la|los|da|do|"
        rf"dos)\s+)*{_WORD}(?:\s+{_WORD})*,?\s+(?:n[º°.]?\s*)?\d{{1,4}}\b"
    ),
)  # fmt: skip
_POSTCODE = re.compile(
    r"(?<![\w-])(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d(?:\d|[ABEHMNPRVWXY])?|"
    r"\d[A-HJKPSTUW]) ?\d[ABD-HJLNP-UW-Z]{2})(?![\w-])"
)
_ZIP = re.compile(
    r"(?i:\b(?:zip(?:\s*code)?|postal\s*code|postcode|PLZ|code\s+postal|c[óo]digo\s+postal|"
    r"CAP))\s*[:#]?\s*(\d{4,5}(?:-\d{4})?)\b|\b[A-Z]{2}\s+(\d{5}(?:-\d{4})?)\b"
)


# Where a patient is spoken of: two words with capitals between commas, before what only people do, or whose case it is.
_BESIDE_PATIENT = (
    re.compile(
        rf",\s*({_WORD}\s+(?:{_PARTICLE}\s+)?(?:[{_UP}]\.\s+)?{_WORD})(?=\s*,?\s*(?:who|whose|"
        rf"was|is|has|had|at|last|recently|currently|seen|admitted|treated|diagnosed|referred|"
        rf"residing|living|presented|presenting|visited|evaluated|aged|under|followed|from)\b)"
    ),
    re.compile(
        rf"(?<![\w.-])({_WORD}\s+(?:{_WORD}|[{_UP}]))(?=,?\s+who\b|'s\s+(?:case|notes?|chart|"
        rf"labs?|records?|file|history|treatment|medications?|symptoms|family|visit)\b)"
    ),
    re.compile(
        rf"(?i:\b(?:case\s+of|ref|re|notes?\s+for|review|prescribed\s+to|given\s+to|"
        rf"referenced\s+in))\s+({_WORD}(?:\s+(?:{_WORD}|[{_UP}]\b))?)(?=[,'\s])"
    ),
)  # fmt: skip


def _is_name(words: str) -> bool:
    parts = [part.strip(".,'\"") for part in words.split()]
    known = [
        part.casefold() in _NO_NAME or part.casefold().removesuffix("'s") in _NO_NAME for part in parts if len(part) > 1
    ]
    return bool(known) and not any(known)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without a possessive at the end, and without words behind the name that are none."""
    value = text[start:end].rstrip(" ,;")
    value = re.sub(r"'s$", "", value)
    return start, start + len(value)


def names(text: str) -> Iterator[Found]:
    """People's names after a cue; a colleague's only where a patient is spoken of, and then with doubt."""
    for pattern in _CUED:
        for match in pattern.finditer(text):
            start, end = _trimmed(text, match.start(1), match.end(1))
            if _is_name(text[start:end]):
                yield Found(kinds.NAME, start, end, True)
    if _PATIENT.search(text):
        for pattern in _BESIDE_PATIENT:
            for match in pattern.finditer(text):
                start, end = _trimmed(text, match.start(1), match.end(1))
                if _is_name(text[start:end]):
                    yield Found(kinds.NAME, start, end, True)
        for match in _DOCTOR.finditer(text):
            start, end = _trimmed(text, match.start(1), match.end(1))
            if _is_name(text[start:end]):
                yield Found(kinds.NAME, start, end, False)


def addresses(text: str) -> Iterator[Found]:
    """Streets, post codes, and where somebody lives."""
    for pattern in _STREET:
        for match in pattern.finditer(text):
            yield Found(kinds.ADDRESS, match.start(), match.end(), True)
    for match in _POSTCODE.finditer(text):
        yield Found(kinds.ADDRESS, match.start(), match.end(), False)
    for match in _ZIP.finditer(text):
        place = 1 if match[1] else 2
        yield Found(kinds.ADDRESS, match.start(place), match.end(place), False)
    if _PATIENT.search(text):
        for match in _LIVES.finditer(text):
            yield Found(kinds.ADDRESS, match.start(1), match.end(1), False)
