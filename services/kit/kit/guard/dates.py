"""Exact dates of care, and ages over 89. Dates of congresses, papers and guidelines identify nobody."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from heapq import merge

from kit.guard import found as kinds
from kit.guard.found import Found
from kit.guard.table import Entry, S, Table, entries
from kit.guard.views import View

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
_SEPARATOR = r"[ \n-]{1,3}"
_NUMBERS = re.compile(
    rf"""(?ix)(?=\d)(?=\d{{1,4}}[-/.]\d|\d{{1,2}}[^\s\d]{{0,2}}[ \n-]{{1,3}}[^\W\d_])(?<![\w/.-])(?:
      (?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])
        (?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?
    | (?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\1(?:(?:19|20)\d\d|\d\d)
    | {_DAY}(?:\s(?:of|de|di))?{_SEPARATOR}{_MONTHS}(?:,?{_SEPARATOR}(?:de\s|del\s)?{_YEAR})?
    | (?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?=[\s,.;)?!]|$)
    )(?![\w/]|-\d)"""
)
_WORDS = re.compile(
    rf"""(?ix)(?<![\w/.-])(?:
      {_MONTHS}{_SEPARATOR}{_DAY}(?:\s?[-–]\s?{_DAY})?(?:,?\s?{_YEAR}|-\d{{4}})?
    | {_MONTHS},?{_SEPARATOR}(?:of\s|de\s)?(?:19|20)\d\d
    )(?![\w/]|-\d)"""
)
_BEGINS_MONTH = (
    "jan|ene|gen|feb|fév|fev|mar|mär|maa|apr|abr|avr|may|mai|mag|mei|jun|jui|giu|jul|lug|aug|ago|aoû|aou|sep|set|okt|"
    "oct|ott|out|nov|dec|dez|déc|dic"
)
_MONTH_FIRST = Table(((_BEGINS_MONTH, Entry("date", _WORDS)),))
_CARE_WORDS = (
    r"admi(?:tted|ssion)|seen|saw|visit(?:ed|s)?|diagnos(?:ed|is)|treat(?:ed|ment)|evaluat(?:ed|ion)|"
    r"assess(?:ed|ment)|surg(?:ery|ical)|operat(?:ed|ion)|procedure|discharg(?:ed?)|present(?:ed|ing)|appointment|"
    r"follow-?up|consult(?:ed|ation)?|scheduled|referred|hospitali[sz]ed|transferred|underwent|biops(?:y|ied)|imaged|"
    r"scan(?:ned)?|lab(?:s|oratory)?|test(?:ed|s)?|died|death|deceased|born|birth|dob|d\.o\.b|patient|pt|he|she|his|"
    r"her|him|mrn|year-?old|y/?o|male|female|aufgenommen|aufnahme|vorgestellt|entlassen|entlassung|operiert|geboren|"
    r"geb|verstorben|patientin|untersucht|behandelt|diagnostiziert|admis|admise|hospitalis[ée]e?|op[ée]r[ée]e?|"
    rf"n[ée]e?{S}le|vue?{S}le|d[ée]c[ée]d[ée]e?|patiente|consultation|ingres[oó]|ingresad[oa]|operad[oa]|nacid[oa]|"
    rf"fallecid[oa]|paciente|alta|visitad[oa]|ricoverat[oa]|nat[oa]{S}il|dimess[oa]|paziente|internad[oa]|nascid[oa]"
)
_EVENT_WORDS = (
    r"congress|conference|meeting|symposium|webinar|workshop|session|course|kongress|tagung|congr[eè]s|congreso|"
    r"congresso|jahrestagung|published|publication|accessed|retrieved|updated?|issued|approved|approval|guidelines?|"
    r"leitlinie|recommendation|fda|ema|mhra|trial|enrol(?:l)?(?:ment|ed)?|recruit\w{0,8}|deadline|abstract|journal|"
    rf"vol|doi|edition|version|release[ds]?|launch(?:ed)?|since{S}the{S}(?:law|act)|directive|regulation|registration|"
    rf"effective|veröffentlicht|stand|publi[ée]e?|registered|à{S}partir{S}du|as{S}of|with{S}effect|in{S}force|"
    rf"gültig{S}ab|a{S}partire{S}dal|declared|announced|last{S}checked|join{S}us|save{S}the{S}date|submission|"
    rf"call{S}for"
)
# With a month alone the sentence must tell of something that was done to somebody.
_STRONG_WORDS = (
    r"admitted|seen|saw|visited|diagnosed|evaluated|discharged|presented|operated|underwent|surgery|hospitali[sz]ed|"
    r"died|born|dob|mrn|suffered|referred|consulted|appointment|aufgenommen|vorgestellt|entlassen|operiert|geboren|"
    r"verstorben|admise?|hospitalis[ée]e?|op[ée]r[ée]e?|ingres[oó]|operad[oa]|ricoverat[oa]|internad[oa]|clinic|"
    r"hospital"
)
# What is about a patient even where an event is spoken of.
_PATIENT_WORDS = (
    r"admitted|seen|diagnosed|discharged|operated|born|dob|mrn|ssn|surgery|underwent|presented|suffered|year-?old|y/?o"
)
_CONTEXT = Table(
    one
    for label, cues in (
        ("care", _CARE_WORDS), ("event", _EVENT_WORDS), ("strong", _STRONG_WORDS), ("patient", _PATIENT_WORDS),
    )
    for one in entries(label, cues, flags=re.IGNORECASE, behind=r"\b")
)  # fmt: skip
_SENTENCE_ENDS = re.compile(r"[.!?](?=[ \n][A-ZÄÖÜÉ])|\n")
_BEFORE, _BEHIND = 300, 200  # how much of its sentence a date is judged by
_AGE_FIRST = re.compile(
    r"(?i)[19](?<!\w.)(?:(?<=9)\d|(?<=1)[0-2]\d)(?:[\s-]?(?:years?|yrs?|jahre?|jährige[rnms]?|ans|años|anni|"
    r"anos|jaar)[\s-]?(?:old|alt)?|[\s-]?(?:y/?o|yo|yof|yom|y\.o\.))\b"
)
_AGE_WORDS = rf"aged?|alter|im{S}alter{S}von|âgée?{S}de|edad{S}de|de{S}edad|et[àa]"
_AGED = Table(((_AGE_WORDS, Entry("age", re.compile(
    rf"(?i)(?:{_AGE_WORDS})[:\s]{{1,3}}(?:of\s)?(?:9\d|1[0-2]\d)\b(?!\s?(?:%|mg|ml|days?|months?|weeks?))"
))),))  # fmt: skip
_DAY_ALONE = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_ALSO_WORDS = re.compile(r"(?i)may|mar|dec|jan")


class _Context:
    """Where the words stand that dates are judged by, found once for the whole text."""

    def __init__(self, view: View) -> None:
        self._starts: dict[str, list[int]] = {"care": [], "event": [], "strong": [], "patient": []}
        self._ends: dict[str, list[int]] = {"care": [], "event": [], "strong": [], "patient": []}
        for label, match in _CONTEXT.matches(view):
            self._starts[label].append(match.start())
            self._ends[label].append(match.end())
        self._length = len(view.text)
        self._sentences = [match.end() for match in _SENTENCE_ENDS.finditer(view.text)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The limits of the sentence around a place, or of the part of it that is near."""
        low, high = max(0, start - _BEFORE), min(self._length, end + _BEHIND)
        before, behind = bisect_right(self._sentences, start), bisect_left(self._sentences, end + 1)
        if before:
            low = max(low, self._sentences[before - 1])
        if behind < len(self._sentences):
            high = min(high, self._sentences[behind] - 1)
        return low, high

    def has(self, label: str, low: int, start: int, end: int, high: int) -> bool:
        """Whether such a word stands between `low` and `start` or between `end` and `high`."""
        starts, ends = self._starts[label], self._ends[label]
        first, second = bisect_left(starts, low), bisect_left(starts, end)
        return (first < len(ends) and ends[first] <= start) or (second < len(ends) and ends[second] <= high)


def dates(view: View) -> Iterator[Found]:
    """Dates with a day, or a month where care is spoken of; what an event, a source or a rule is dated by is left out."""
    context: _Context | None = None
    behind = 0
    for match in merge(
        _NUMBERS.finditer(view.text), (match for _, match in _MONTH_FIRST.matches(view)), key=re.Match.start
    ):
        if match.start() < behind:
            continue
        behind = match.end()
        context = context or _Context(view)
        start, end = match.span()
        low, high = context.sentence(start, end)
        care, event = context.has("care", low, start, end, high), context.has("event", low, start, end, high)
        exact = _DAY_ALONE.search(match[0]) is not None
        short = match[0].count("/") == 1 or _ALSO_WORDS.fullmatch(match[0].strip(" ."))
        if event and not context.has("patient", low, start, end, high):
            continue
        if not exact and not context.has("strong", low, start, end, high):
            continue
        if not care and (not exact or (short and len(view.text) > 60)):
            continue
        yield Found(kinds.DATE, start, end, care and exact)


def ages(view: View) -> Iterator[Found]:
    """Ages over 89."""
    for match in _AGE_FIRST.finditer(view.text):
        yield Found(kinds.AGE, match.start(), match.end(), True)
    for _, match in _AGED.matches(view):
        yield Found(kinds.AGE, match.start(), match.end(), True)
