"""Exact dates of care, and ages over 89. Dates of congresses, papers and guidelines identify nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kit.guard import found as kinds
from kit.guard.found import Found

_MONTHS = (
    r"(?:jan(?:uary|uar|vier|uari)?|ene(?:ro)?|genn?(?:aio)?|feb(?:ruary|ruar|rero|braio|"
    r"ruari)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|ço|t)?|m[äa]rz|maart|"
    r"apr(?:il|ile)?|abr(?:il)?|avr(?:il)?|may|mai|mayo|maggio|maio|mei|june?|juni|juin|"
    r"junio|giugno|junho|july?|juli|juil(?:let)?|julio|luglio|julho|"
    r"aug(?:ust|ustus)?|ao[uû]t|ago(?:sto)?|sept?(?:ember|embre|iembre)?|setembro|"
    r"settembre|okt(?:ober)?|oct(?:ober|obre|ubre)?|ott(?:obre)?|outubro|"
    r"nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embre|iembre|embro)?|d[ée]c(?:embre)?|dic(?:iembre|embre)?)\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.|er|º|ª)?"
_YEAR = r"(?:(?:19|20)\d{2}|'?\d{2}(?!\d))"
_FORMS = re.compile(
    rf"""(?ix)(?<![\w/.-])(?:
      (?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])
        (?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?
    | (?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\1(?:(?:19|20)\d\d|\d\d)
    | {_DAY}(?:\s+of|\s+de|\s+di)?[\s-]+{_MONTHS}(?:,?[\s-]+(?:de\s+|del\s+)?{_YEAR})?
    | {_MONTHS}[\s-]+{_DAY}(?:\s*[-–]\s*{_DAY})?(?:,?\s*{_YEAR}|-\d{{4}})?
    | {_MONTHS},?[\s-]+(?:of\s+|de\s+)?(?:19|20)\d\d
    | (?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?=[\s,.;)?!]|$)
    )(?![\w/]|-\d)"""
)
_CARE = re.compile(
    r"(?i)\b(?:admi(?:tted|ssion)|seen|saw|visit(?:ed|s)?|diagnos(?:ed|is)|treat(?:ed|"
    r"ment)|evaluat(?:ed|ion)|assess(?:ed|ment)|surg(?:ery|ical)|operat(?:ed|ion)|"
    r"procedure|discharg(?:ed?)|present(?:ed|ing)|"
    r"appointment|follow-?up|consult(?:ed|ation)?|scheduled|referred|hospitali[sz]ed|"
    r"transferred|underwent|biops(?:y|ied)|imaged|scan(?:ned)?|lab(?:s|oratory)?|test(?:ed|"
    r"s)?|died|death|deceased|born|birth|dob|d\.o\.b|"
    r"patient|pt|he|she|his|her|him|mrn|year-?old|y/?o|male|female|"
    r"aufgenommen|aufnahme|vorgestellt|entlassen|entlassung|operiert|geboren|geb|"
    r"verstorben|patientin|untersucht|behandelt|diagnostiziert|"
    r"admis|admise|hospitalis[ée]e?|op[ée]r[ée]e?|n[ée]e?\s+le|vue?\s+le|d[ée]c[ée]d[ée]e?|patiente|consultation|"
    r"ingres[oó]|ingresad[oa]|operad[oa]|nacid[oa]|fallecid[oa]|paciente|alta|visitad[oa]|"
    r"ricoverat[oa]|nat[oa]\s+il|dimess[oa]|paziente|internad[oa]|nascid[oa])\b"
)
_EVENT = re.compile(
    r"(?i)\b(?:congress|conference|meeting|symposium|webinar|workshop|session|course|"
    r"kongress|tagung|congr[eè]s|congreso|congresso|jahrestagung|published|publication|"
    r"accessed|retrieved|updated?|issued|approved|approval|"
    r"guidelines?|leitlinie|recommendation|fda|ema|mhra|trial|enrol(?:l)?(?:ment|ed)?|"
    r"recruit\w*|deadline|abstract|journal|vol|doi|edition|version|release[ds]?|"
    r"launch(?:ed)?|since\s+the\s+(?:law|act)|"
    r"directive|regulation|registration|effective|veröffentlicht|stand|publi[ée]e?|"
    r"registered|à\s+partir\s+du|as\s+of|with\s+effect|in\s+force|gültig\s+ab|a\s+partire\s+dal|declared|announced|last\s+checked|join\s+us|save\s+the\s+date|submission|call\s+for)\b"
)
# With a month alone the sentence must tell of something that was done to somebody.
_STRONG = re.compile(
    r"(?i)\b(?:admitted|seen|saw|visited|diagnosed|evaluated|discharged|presented|operated|"
    r"underwent|surgery|hospitali[sz]ed|died|born|dob|mrn|suffered|referred|consulted|"
    r"appointment|"
    r"aufgenommen|vorgestellt|entlassen|operiert|geboren|verstorben|admise?|"
    r"hospitalis[ée]e?|op[ée]r[ée]e?|ingres[oó]|operad[oa]|ricoverat[oa]|internad[oa]|"
    r"clinic|hospital)\b"
)
_SENTENCE = re.compile(r"[.!?](?=\s+[A-ZÄÖÜÉ])|\n")
_AGE = re.compile(
    r"(?i)\b((?:9\d|1[0-2]\d))(?:[\s-]?(?:years?|yrs?|jahre?|jährige[rnms]?|ans|años|anni|"
    r"anos|jaar)[\s-]?(?:old|alt)?|[\s-]?(?:y/?o|yo|yof|yom|y\.o\.))\b"
    r"|\b(?:aged?|alter|im\s+alter\s+von|âgée?\s+de|edad\s+de|de\s+edad|"
    r"et[àa])[:\s]+(?:of\s+)?((?:9\d|1[0-2]\d))\b(?!\s*(?:%|mg|ml|days?|months?|weeks?))"
)


def _sentence(text: str, start: int, end: int) -> str:
    low = max(
        [match.end() for match in _SENTENCE.finditer(text, max(0, start - 300), start)], default=max(0, start - 300)
    )
    after = _SENTENCE.search(text, end, min(len(text), end + 200))
    return text[low : after.start() if after else min(len(text), end + 200)]


def dates(text: str) -> Iterator[Found]:
    """Dates with a day, or a month where care is spoken of; what an event, a source or a rule is dated by is left out."""
    for match in _FORMS.finditer(text):
        around = _sentence(text, match.start(), match.end())
        around = around.replace(match[0], " ")
        care, event = _CARE.search(around) is not None, _EVENT.search(around) is not None
        exact = re.search(r"(?<!\d)\d{1,2}(?!\d)", match[0]) is not None
        short = match[0].count("/") == 1 or re.fullmatch(r"(?i)may|mar|dec|jan", match[0].strip(" ."))
        if event and not re.search(
            r"(?i)(?<![a-z])(?:admitted|seen|diagnosed|discharged|operated|born|dob|mrn|ssn|surgery|underwent|presented|suffered|"
            r"year-?old|y/?o)\b",
            around,
        ):
            continue
        if not exact and not _STRONG.search(around):
            continue
        if not care and (not exact or (short and len(text) > 60)):
            continue
        yield Found(kinds.DATE, match.start(), match.end(), care and exact)


def ages(text: str) -> Iterator[Found]:
    """Ages over 89."""
    for match in _AGE.finditer(text):
        if int(match[1] or match[2]) > 89:
            yield Found(kinds.AGE, match.start(), match.end(), True)
