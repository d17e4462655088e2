"""Numbers: after a cue whatever stands there, and without one those whose form and check digit say what they are."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

import phonenumbers
from stdnum import iban, imei, luhn

from kit.guard import found as kinds
from kit.guard.found import Found
from kit.guard.table import Table, entries
from kit.guard.views import View

# ------------------------------------------------------------------ after a cue

# Each sign between a cue and its number can be read in one way only, so that there is nothing to go back to.
_LINK = re.compile(
    r"(?:(?:is|was|ist|lautet|est|es|è|numbers?|num|nos?|nr|nummer|numéro|número|numero|code|card|id|identifier)\b\.?"
    r"|n(?:[°º]\.?|\.|o(?=\w))|[ \n:#=(\[-]){0,60}+",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"#?[A-Za-z]{0,8}[-/. ]?\d(?:\w|[-/.](?=\w)|[ ](?=\d\d)){0,60}+|[A-Z]{1,6}-(?=[A-Z]{0,20}\d)[A-Z0-9-]{1,40}+",
    re.IGNORECASE,
)
_CUES: dict[str, tuple[str, ...]] = {
    kinds.RECORD: (
        r"MRN|M\.R\.N\.?|MR\#|EMR|EHR|PID|UHID|medical[ \n]rec(?:ord)?s?|med\.?[ \n]rec\.?|unit[ \n]number|chart|hospital",
        r"(?:patient|hospital|clinical|health|case|chart)[ \n](?:record|file)|record[ \n]?(?:\#|number|no\.?|id)",
        r"(?:patient|pt|case|encounter|visit|admission|accession|specimen|lab)\.?"
        r"[ \n]?(?:identifier|identification|ID|number|no\.?|\#)",
        r"Patienten-?(?:nummer|nr\.?|ID)|Fall-?(?:nummer|nr\.?|ID)|Aufnahme-?(?:nummer|nr\.?)|Akten(?:zeichen|nummer)",
        r"Krankenakten?-?(?:nummer|nr\.?)|Krankengeschichte",
        r"num[ée]ro[ \n](?:de[ \n])?(?:dossier|patient)|dossier(?:[ \n](?:m[ée]dical|patient))?",
        r"n[°º][ \n]?(?:de[ \n])?dossier|IPP|NDA",
        r"(?:n[°º.]{0,3}|n[úu]mero)[ \n]?(?:de[ \n])?historia(?:[ \n]cl[ií]nica)?|historia[ \n]cl[ií]nica|NHC|N\.?H\.?C\.?",
        r"cartella(?:[ \n]clinica)?|numero[ \n](?:di[ \n])?cartella|numero[ \n]nosologico",
        r"processo[ \n]cl[ií]nico|n[úu]mero[ \n](?:do[ \n])?(?:processo|prontu[áa]rio)|prontu[áa]rio",
        r"pati[ëe]nt(?:en)?nummer|dossiernummer|journal(?:nummer|nr\.?)|potilasnumero|nr[ \n](?:karty|historii)",
    ),
    kinds.PLAN: (
        r"(?:health[ \n])?insurance|insurer|health[ \n]plan|plan|policy|member(?:ship)?|beneficiary|subscriber|payer",
        r"medicare|medicaid|MBI|HICN|group[ \n](?:no|number|id|\#)",
        r"KVNR|eGK|Versicherten-?(?:nummer|nr\.?)|Krankenversicher(?:ten|ungs)-?(?:nummer|nr\.?)|Krankenkasse",
        r"carte[ \n]vitale|mutuelle|tarjeta[ \n]sanitaria|CIPA?|SIP|CUIP|n[úu]mero[ \n]de[ \n]afiliaci[óo]n",
        r"tessera[ \n]sanitaria|TEAM|polisnummer|utente",
    ),
    kinds.ACCOUNT: (r"acc(?:oun)?t|billing|invoice|Konto(?:nummer|nr\.?)?|compte|cuenta|conto",),
    kinds.CERTIFICATE: (
        r"certificate|driver'?s?[ \n]licen[cs]e|driving[ \n]licen[cs]e|DL|passport|Reisepass(?:nummer)?",
        r"Personalausweis(?:nummer)?|passeport|pasaporte|passaporto|paspoort|F[üu]hrerschein",
    ),
    kinds.VEHICLE: (r"VIN|licen[cs]e[ \n]plate|number[ \n]plate|Kennzeichen|immatriculation|matr[íi]cula|targa",),
    kinds.MAC: (
        r"serial|S/N|device[ \n](?:id|identifier|serial)|UDI|IMEI|Seriennummer",
        r"(?:pacemaker|implant)[ \n](?:id|serial|no)",
    ),
    kinds.NATIONAL: (
        r"SSN|social[ \n]sec(?:urity)?|tax[ \n](?:id|number)|TIN|NHS|NINO|national[ \n](?:insurance|id)|CHI",
        r"Sozialversicherungs-?(?:nummer|nr\.?)|Rentenversicherungs-?(?:nummer|nr\.?)|SVNR|SV-?(?:Nr\.?|Nummer)",
        r"Steuer-?(?:ID|nummer|identifikationsnummer)|AHV|NIR|INSEE|NSS|s[ée]curit[ée][ \n]sociale|seguridad[ \n]social",
        r"DNI|NIE|NIF|codice[ \n]fiscale|BSN|CPR|PESEL|personnummer|f[øo]dselsnummer|hetu|henkil[öo]tunnus|CNP|EGN|OIB|EMBG|JMBG",
        r"Aadhaar|CPF|NRIC|rodn[ée][ \n][čc][íi]slo|rijksregisternummer",
        r"AMKA|asmens[ \n]kodas|isikukood|personas[ \n]kods|kennitala|EM[ŠS]O|TAJ|matricule",
    ),
    kinds.OTHER: (
        r"ref(?:erence)?(?:[ \n]?(?:\#|no\.?|number))?|identifier|ID(?:[ \n]?(?:\#|no\.?|number))?|barcode|unique[ \n](?:id|code)",
    ),
}


_CUED = Table(
    one for kind, cues in _CUES.items() for one in entries(kind, "|".join(cues), flags=re.IGNORECASE, before="(?<!-)")
)
# After these cues a number may also be a dose, a day or a bed: it must look like an identifier.
_WEAK_CUES = re.compile(
    r"(?i)^(?:chart|hospital|plan|policy|insurance|insurer|member|dossier|serial|ID|ref(?:erence)?|"
    r"group|account|acct|certificate|DL|medicare|medicaid|TIN|CHI|CIP|SIP|TEAM|conto|"
    r"compte)\b"
)
_LABEL = re.compile(r"(?i)[:#=]|\b(?:id|no|nr|number|nummer)\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNIT = re.compile(
    r"[ \n]?(?:%|mg|mcg|µg|g|kg|ml|mL|l|mmol|mmHg|IU|U|units?|days?|weeks?|months?|years?|"
    r"yrs?|hours?|h|min|beds?|patients?|members?|cm|mm|bpm|x)\b|[ \n]?%"
)


def after_cues(view: View) -> Iterator[Found]:
    """Record, plan, account and national numbers behind the word for them."""
    text, ends = view.text, dict.fromkeys(_CUES, 0)
    linked_from = linked_to = -1  # cues that are links too share what is behind them: it is gone through once
    found: re.Match[str] | None = None
    for kind, cue in _CUED.matches(view):
        if not linked_from <= cue.end() <= linked_to:
            link = _LINK.match(text, cue.end())
            assert link is not None
            linked_from, linked_to = link.span()
            found = _VALUE.match(text, linked_to)
        if found is None or cue.start() < ends[kind]:
            continue
        ends[kind] = found.end()
        value = found[0].rstrip(".-/ ")
        end = found.start() + len(value)
        digits = sum(sign.isdigit() for sign in value)
        if digits < 3 or _UNIT.match(text, end):
            continue
        labelled = _LABEL.search(text, cue.start(), found.start()) is not None
        year = _YEAR.fullmatch(value) is not None
        weak = _WEAK_CUES.match(text[cue.start() : found.end()]) is not None
        if not labelled and (year or (weak and digits < 5)):
            continue
        yield Found(kind, found.start(), end, kind != kinds.OTHER or digits >= 5)


# ------------------------------------------------------------------ by form and check digit


@cache
def _valid(name: str) -> Callable[[str], bool]:
    return import_module(f"stdnum.{name}").is_valid  # type: ignore[no-any-return]


def _kvnr(number: str) -> bool:
    digits = f"{ord(number[0].upper()) - 64:02d}{number[1:9]}"
    total = sum(n - 9 if n > 9 else n for n in (int(d) * (1 + i % 2) for i, d in enumerate(digits)))
    return total % 10 == int(number[9])


def _rvnr(number: str) -> bool:
    month, day = int(number[4:6]), int(number[2:4])
    if not (1 <= month <= 12 and 1 <= day % 50 <= 31 and day <= 81):
        return False
    letter = f"{ord(number[8].upper()) - 64:02d}"
    digits = number[:8] + letter + number[9:11]
    factors = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    return sum(sum(divmod(int(d) * f, 10)) for d, f in zip(digits, factors, strict=True)) % 10 == int(number[11])


def _nino(number: str) -> bool:
    head = number[:2].upper()
    return (
        not (set(head) & set("DFIQUV") or head[1] == "O" or head in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
        and number[-1].upper() in "ABCD"
    )


def _medicare_au(number: str) -> bool:
    return number[0] in "23456" and sum(
        int(d) * f for d, f in zip(number[:8], (1, 3, 7, 9, 1, 3, 7, 9), strict=True)
    ) % 10 == int(number[8])


def _fin(number: str) -> bool:
    total = sum(int(d) * f for d, f in zip(number[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True)) + (
        4 if number[0].upper() in "TG" else 0
    )
    return number[8].upper() == ("JZIHGFEDCBA" if number[0].upper() in "ST" else "XWUTRQPNMLK")[total % 11]


def _ssn(number: str) -> bool:
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000" and len(set(number)) > 1


def _itin(number: str) -> bool:
    return number[0] == "9" and (
        50 <= int(number[3:5]) <= 65
        or 70 <= int(number[3:5]) <= 88
        or 90 <= int(number[3:5]) <= 92
        or 94 <= int(number[3:5]) <= 99
    )


def _dni(number: str) -> bool:
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number[:-1]) % 23] == number[-1].upper()


def _date(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _hetu(number: str) -> bool:
    digits, sign = number[:6] + number[-4:-1], number[-1].upper()
    return _date(number[2:4], number[:2]) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31] == sign


def _latvian(number: str) -> bool:
    if number[:2] == "32":  # given since 2017, without a date
        return True
    total = 1 + sum(int(d) * f for d, f in zip(number[:10], (10, 5, 8, 4, 2, 1, 6, 3, 7, 9), strict=True))
    return _date(number[2:4], number[:2]) and total % 11 % 10 == int(number[10])


def _rrn(number: str) -> bool:
    return _date(number[2:4], number[4:6])


def _dea(number: str) -> bool:
    digits = [int(sign) for sign in number[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def _lanr(number: str) -> bool:
    return (10 - sum(int(d) * f for d, f in zip(number[:6], (4, 9, 4, 9, 4, 9), strict=True)) % 10) % 10 == int(
        number[6]
    )


_MBI = re.compile(
    r"(?i)[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y]{2}\d{2}"
)
_EDGE, _END = r"(?<![\w./+-])", r"(?![\w/]|[-.]\d)"
_S = r"[ .\-]?"
# (kind, form, check, beyond doubt?). A form with letters or a date inside hardly comes about by chance.
_FORMS: tuple[tuple[str, str, str | Callable[[str], bool], bool], ...] = (
    (kinds.NATIONAL, r"\d{3}[- ]\d{2}[- ]\d{4}", _ssn, True),
    (kinds.NATIONAL, r"9\d{2}-?\d{2}-?\d{4}", _itin, True),
    (kinds.PLAN, (
        r"[1-9][A-Za-z][A-Za-z0-9]\d-?[A-Za-z][A-Za-z0-9]\d-?[A-Za-z]{2}\d{2}"
    ), lambda n: _MBI.fullmatch(n) is not None, True),
    (kinds.PLAN, r"[A-Za-z]\d{9}", _kvnr, True),
    (kinds.NATIONAL, rf"\d{{2}}{_S}\d{{6}}{_S}[A-Za-z]{_S}\d{{3}}", _rvnr, True),
    (kinds.NATIONAL, rf"\d{{2}}{_S}\d{{3}}{_S}\d{{3}}{_S}\d{{3}}", "de.idnr", False),
    (kinds.NATIONAL, r"[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Za-z]", _nino, True),
    (kinds.NATIONAL, r"\d{3}[ -]?\d{3}[ -]?\d{4}", "gb.nhs", False),
    (kinds.NATIONAL, r"\d{7,8}-?[A-Za-z]", _dni, True),
    (kinds.NATIONAL, r"[XYZxyz]-?\d{7}-?[A-Za-z]", "es.nie", True),
    (kinds.NATIONAL, r"[KLMklm]-?\d{7}-?[A-Za-z]", "es.nif", True),
    (kinds.NATIONAL, r"\d{6}[-+A-Fa-fU-Yu-y]\d{3}[0-9A-Za-z]", _hetu, True),
    (kinds.NATIONAL, r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}", "fr.nir", True),
    (kinds.NATIONAL, r"(?i:[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z])", lambda n: 1 <= int(n[9:11]) % 40 <= 31, True),
    (kinds.NATIONAL, r"\d{11}", "pl.pesel", True),
    (kinds.NATIONAL, r"(?:\d{2})?\d{6}[-+]?\d{4}", "se.personnummer", True),
    (kinds.NATIONAL, r"\d{6} ?\d{5}", "no.fodselsnummer", True),
    (kinds.NATIONAL, r"\d{6}-\d{4}", "dk.cpr", True),
    (kinds.NATIONAL, r"\d{9}", "nl.bsn", False),
    (kinds.NATIONAL, r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}[. ]?\d{2}", "be.nn", True),
    (kinds.NATIONAL, r"\d{4} ?\d{6}", "at.vnr", False),
    (kinds.NATIONAL, r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", "ch.ssn", True),
    (kinds.NATIONAL, r"\d{13}", "ro.cnp", True),
    (kinds.NATIONAL, r"\d{10}", "bg.egn", True),
    (kinds.NATIONAL, r"\d{6}/\d{3,4}", "cz.rc", True),
    (kinds.NATIONAL, r"\d{11}", "hr.oib", False),
    (kinds.NATIONAL, r"[1-6]\d{10}", "ee.ik", True),
    (kinds.NATIONAL, r"\d{6}-\d{5}", _latvian, True),
    (kinds.NATIONAL, r"[3-6]\d{10}", "lt.asmens", True),
    (kinds.NATIONAL, r"\d{13}", "si.emso", True),
    (kinds.NATIONAL, r"\d{7}[A-Wa-w][A-Ia-i]?", "ie.pps", True),
    (kinds.NATIONAL, r"\d{6}-?\d{4}", "is_.kennitala", True),
    (kinds.NATIONAL, r"\d{11}", "gr.amka", True),
    (kinds.NATIONAL, r"\d{11}", "tr.tckimlik", False),
    (kinds.NATIONAL, r"\d{8} ?\d ?[A-Za-z]{2}\d", "pt.cc", True),
    (kinds.NATIONAL, r"(?<![0-9A-Fa-f]:)\d{4}([ :-]?)\d{4}\1\d{4}", "in_.aadhaar", True),
    (kinds.NATIONAL, r"\d{6}-?[1-8]\d{6}", _rrn, True),
    (kinds.NATIONAL, r"\d{17}[\dXx]", "cn.ric", True),
    (kinds.NATIONAL, r"\d{3}\.\d{3}\.\d{3}-\d{2}", "br.cpf", True),
    (kinds.NATIONAL, r"\d{3}[ -]?\d{3}[ -]?\d{3}", "ca.sin", False),
    (kinds.NATIONAL, r"\d{3}[ -]?\d{3}[ -]?\d{3}", "au.tfn", False),
    (kinds.PLAN, r"\d{4}[ -]?\d{5}[ -]?\d", _medicare_au, False),
    (kinds.NATIONAL, r"\d{13}", "za.idnr", True),
    (kinds.NATIONAL, r"[A-Za-z]{4}\d{6}[HMhm][A-Za-z]{5}[0-9A-Za-z]\d", "mx.curp", True),
    (kinds.NATIONAL, r"[STFGstfg]\d{7}[A-Za-z]", _fin, True),
    # A professional's own number passes (`own_numbers`); somebody else's may be the doctor of a patient.
    (kinds.CERTIFICATE, r"\d{9}", _lanr, False),
    (kinds.CERTIFICATE, r"[12]\d{3}-?\d{3}-?\d{3}", lambda n: luhn.is_valid("80840" + n), False),
    (kinds.CERTIFICATE, r"[A-Z][A-Z9]\d{7}", _dea, False),
    (kinds.ACCOUNT, r"[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?", iban.is_valid, True),
    (kinds.ACCOUNT, (
        r"(?:3[47]\d{2}|[4-6]\d{3}|2[2-7]\d{2}|1[28]\d{2}|"
        r"3[068]\d{2})[ -]?\d{4,6}[ -]?\d{4,5}[ -]?\d{0,4}"
    ), lambda n: 13 <= len(n) <= 19 and luhn.is_valid(n), True),
    (kinds.MAC, r"\d{15}", imei.is_valid, False),
)  # fmt: skip
_BY_FORM = [(kind, re.compile(f"{_EDGE}(?:{form}){_END}"), check, sure) for kind, form, check, sure in _FORMS]
# By whether they begin with a digit.
_BY_FIRST = {
    digit: [one for one, (_, form, _, _) in zip(enumerate(_BY_FORM), _FORMS, strict=True)
            if (re.match(r"(?:\(\?i:)?\[[A-Za-z]", form) is None) == digit]
    for digit in (False, True)
}  # fmt: skip
# Where any form begins: found in one go, so that each form by itself is tried at few places. None begins with two
# separated digits, or with two separated pairs of digits.
_ALL_FORMS = "|".join(dict.fromkeys(form for _, form, _, _ in _FORMS))
_ANY_FORM = re.compile(
    rf"{_EDGE}(?=[A-Za-z]{{0,6}}[ -]?\d)(?!\d[ .-]\d[ .-]|\d\d[ -]\d\d[ -])(?=(?:{_ALL_FORMS}){_END})"
)
MAX_CANDIDATES = 300  # numbers in a text whose check digits are computed
_NOT_NUMBERS = re.compile(r"[ .\-/:]")
_SAME = re.compile(r"(\d)\1{1,40}")


def by_form(view: View) -> Iterator[Found]:
    """National numbers, cards and accounts whose form and check digit say what they are, also without a cue."""
    text = view.text
    ends = [0] * len(_BY_FORM)
    for number, candidate in enumerate(_ANY_FORM.finditer(text)):
        start = candidate.start()
        if number == MAX_CANDIDATES:
            yield Found(kinds.UNCHECKED, start, len(text), False)
            return
        for place, (kind, pattern, check, sure) in _BY_FIRST[text[start].isdigit()]:
            if start < ends[place] or (match := pattern.match(text, start)) is None:
                continue
            ends[place] = match.end()
            compact = _NOT_NUMBERS.sub("", match[0])
            if not _SAME.fullmatch(compact) and _holds(check, compact):
                yield Found(kind, start, match.end(), sure)


def _holds(check: str | Callable[[str], bool], compact: str) -> bool:
    try:
        return (_valid(check) if isinstance(check, str) else check)(compact)
    except (ValueError, IndexError):
        return False


# ------------------------------------------------------------------ phones, mail, network

# What stands before the sign is looked for from the sign.
_EMAIL = re.compile(r"@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_EMAIL_SIGNS = frozenset(".+%'-_")
_SPELT = re.compile(
    r"(?i) ?[\[({] ?(?:at|@|arroba) ?[\])}] ?[\w-]{1,63}"
    r"(?: ?(?:\.|[\[({] ?(?:dot|punkt|point|punto) ?[\])}]| (?:dot|punkt) ) ?[\w-]{2,63}){1,3}"
    r"| at [\w-]{1,63} dot [a-z]{2,24}\b| @ [\w-]{1,63} ?\. ?[a-z]{2,24}\b"
)
_SPELT_SIGNS = frozenset(".+-_")
_PHONE_CUES = (
    r"phone|telephone|telef[oó]no|telefon(?:nummer)?|tel|t[ée]l[ée]phone|cell(?:ulare|phone)?|"
    r"mobile|m[óo]vil|handy|portable|contact(?:o|ed|able)?|call(?:ed|back)?|reach(?:able|ed)?|"
    r"whatsapp|signal|sms|text|ring|pager|callback|rufnummer|gsm|kontakt"
)
_AFTER_PHONE_CUE = re.compile(r"[^\d+(\n]{0,25}(\+?\(?\d[\d ().\-/]{5,18}\d)")
_PHONE_CUED = Table(
    one
    for label, cues in (("fax", "telefaks|telefax|fax"), ("phone", _PHONE_CUES))
    for one in entries(label, cues, flags=re.IGNORECASE, behind=r"\b", tail=_AFTER_PHONE_CUE)
)
# The first sign comes before what must not stand before it, so that the engine looks for that sign.
_US_PHONE = re.compile(r"(?<![\w./-])(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-])")
_WORLD_PHONE = re.compile(
    r"(?:\+(?<![\w.]\+)|0(?<![\w.]0)0)[1-9]\d{0,2}[ \-.(]{0,4}(?:\(0\) ?)?\d[\d ().\-/]{5,16}\d(?!\w)"
)
_LOCAL_PHONE = re.compile(r"0(?<![\w./+-]0)\d{1,4}[ \-/)]{1,2}\d[\d \-/]{4,11}\d(?![\w-])")
_BARE_WORLD = re.compile(r"[1-9](?<![\w./+-]\d)\d[-. ]\d{3}[-. ]\d{3}[-. ]\d{4}(?![\w-])")
REGIONS = ("DE", "GB", "FR", "ES", "IT", "NL", "AT", "CH")
MAX_LOCAL_PHONES = 40  # numbers in a text that are looked up in the plans of all these countries


def phones(view: View) -> Iterator[Found]:
    """Telephone and fax numbers."""
    text = view.text
    for cue, match in _PHONE_CUED.matches(view):
        if 7 <= sum(sign.isdigit() for sign in match[1]) <= 15:
            end = match.start(1) + len(match[1].rstrip(" .-/("))
            yield Found(kinds.FAX if cue == "fax" else kinds.PHONE, match.start(1), end, True)
    for pattern in (_US_PHONE, _WORLD_PHONE, _BARE_WORLD):
        for match in pattern.finditer(text):
            yield Found(kinds.PHONE, match.start(), match.end(), True)
    tried = 0
    for match in _LOCAL_PHONE.finditer(text):
        if sum(sign.isdigit() for sign in match[0]) < 10:
            continue
        tried += 1
        if tried > MAX_LOCAL_PHONES:
            yield Found(kinds.UNCHECKED, match.start(), len(text), False)
            return
        if any(_is_phone(match[0], region) for region in REGIONS):
            yield Found(kinds.PHONE, match.start(), match.end(), True)


def _is_phone(number: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


def mail(view: View) -> Iterator[Found]:
    """E-mail addresses, also spelt out."""
    text = view.text
    for pattern, signs, shortest in ((_EMAIL, _EMAIL_SIGNS, 1), (_SPELT, _SPELT_SIGNS, 2)):
        behind = 0  # the end of the match before
        for match in pattern.finditer(text):
            start, first = match.start(), max(behind, match.start() - 64)
            while start > first and (text[start - 1].isalnum() or text[start - 1] in signs):
                start -= 1
            if match.start() - start >= shortest:
                behind = match.end()
                yield Found(kinds.EMAIL, start, match.end(), True)


_IP4 = re.compile(r"\d(?<![\w.:]\d)\d{0,2}\.(?:\d{1,3}\.){2}\d{1,3}(?:/\d{1,2})?(?!\d)")
_IP6 = re.compile(r"(?<![\w.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:.]{2,45}+(?:/\d{1,3})?(?![\w:])")
_VERSION = re.compile(r"(?i)(?:version|v|release|section|table|fig(?:ure)?)\.?[ \n]?$")
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|"
    r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![\w:-])"
)


def network(view: View) -> Iterator[Found]:
    """Network and device addresses."""
    text = view.text
    for pattern in (_IP4, _IP6):
        for match in pattern.finditer(text):
            address = match[0].split("/")[0].rstrip(".")
            if pattern is _IP6 and match[0] != "::/128" and (address.count(":") < 2 or not address.strip(":.")):
                continue
            try:
                ipaddress.ip_address(address)
            except ValueError:
                continue
            if not _VERSION.search(text, max(0, match.start() - 12), match.start()):
                yield Found(kinds.IP, match.start(), match.end(), False)
    for match in _MAC.finditer(text):
        if match[0].upper().replace("-", ":") != "FF:FF:FF:FF:FF:FF":
            yield Found(kinds.MAC, match.start(), match.end(), False)
