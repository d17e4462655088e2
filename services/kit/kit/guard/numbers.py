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

# ------------------------------------------------------------------ after a cue

_LINK = (
    r"(?:\s*(?:is|was|ist|lautet|est|es|è|number|numbers|num|no|nos|nr|nummer|numéro|"
    r"número|numero|code|card|id|identifier)\b\.?|\s*n(?:[°ºo]\.?|\.)|[\s:#=(\[-])*\s*"
)
_VALUE = r"(#?[A-Za-z]{0,8}[-/. ]?\d(?:[\w]|[-/.](?=\w)|[ ](?=\d{2,}))*|[A-Z]{1,6}-[A-Z0-9]*\d[A-Z0-9-]*)"
_CUES: dict[str, tuple[str, ...]] = {
    kinds.RECORD: (
        r"MRN|M\.R\.N\.?|MR\#|EMR|EHR|PID|UHID|medical\s+rec(?:ord)?s?|med\.?\s+rec\.?|unit\s+number|chart|hospital",
        r"(?:patient|hospital|clinical|health|case|chart)\s+(?:record|file)|record\s*(?:\#|number|no\.?|id)",
        r"(?:patient|pt|case|encounter|visit|admission|accession|specimen|lab)\.?"
        r"\s*(?:ID|identifier|identification|number|no\.?|\#)",
        r"Patienten-?(?:nummer|nr\.?|ID)|Fall-?(?:nummer|nr\.?|ID)|Aufnahme-?(?:nummer|nr\.?)|Akten(?:zeichen|nummer)",
        r"Krankenakten?-?(?:nummer|nr\.?)|Krankengeschichte",
        r"num[ée]ro\s+(?:de\s+)?(?:dossier|patient)|dossier(?:\s+(?:m[ée]dical|patient))?|n[°º]\s*(?:de\s+)?dossier|IPP|NDA",
        r"(?:n[°º.]*|n[úu]mero)\s*(?:de\s+)?historia(?:\s+cl[ií]nica)?|historia\s+cl[ií]nica|NHC|N\.?H\.?C\.?",
        r"cartella(?:\s+clinica)?|numero\s+(?:di\s+)?cartella|numero\s+nosologico",
        r"processo\s+cl[ií]nico|n[úu]mero\s+(?:do\s+)?(?:processo|prontu[áa]rio)|prontu[áa]rio",
        r"pati[ëe]nt(?:en)?nummer|dossiernummer|journal(?:nummer|nr\.?)|potilasnumero|nr\s+(?:karty|historii)",
    ),
    kinds.PLAN: (
        r"(?:health\s+)?insurance|insurer|health\s+plan|plan|policy|member(?:ship)?|beneficiary|subscriber|payer",
        r"medicare|medicaid|MBI|HICN|group\s+(?:no|number|id|\#)",
        r"KVNR|eGK|Versicherten-?(?:nummer|nr\.?)|Krankenversicher(?:ten|ungs)-?(?:nummer|nr\.?)|Krankenkasse",
        r"carte\s+vitale|mutuelle|tarjeta\s+sanitaria|CIPA?|SIP|CUIP|n[úu]mero\s+de\s+afiliaci[óo]n",
        r"tessera\s+sanitaria|TEAM|polisnummer|utente",
    ),
    kinds.ACCOUNT: (r"acc(?:oun)?t|billing|invoice|Konto(?:nummer|nr\.?)?|compte|cuenta|conto",),
    kinds.CERTIFICATE: (
        r"certificate|driver'?s?\s+licen[cs]e|driving\s+licen[cs]e|DL|passport|Reisepass(?:nummer)?",
        r"Personalausweis(?:nummer)?|passeport|pasaporte|passaporto|paspoort|F[üu]hrerschein",
    ),
    kinds.VEHICLE: (r"VIN|licen[cs]e\s+plate|number\s+plate|Kennzeichen|immatriculation|matr[íi]cula|targa",),
    kinds.MAC: (
        r"serial|S/N|device\s+(?:id|identifier|serial)|UDI|IMEI|Seriennummer",
        r"(?:pacemaker|implant)\s+(?:id|serial|no)",
    ),
    kinds.NATIONAL: (
        r"SSN|social\s+sec(?:urity)?|tax\s+(?:id|number)|TIN|NHS|NINO|national\s+(?:insurance|id)|CHI",
        r"Sozialversicherungs-?(?:nummer|nr\.?)|Rentenversicherungs-?(?:nummer|nr\.?)|SVNR|SV-?(?:Nr\.?|Nummer)",
        r"Steuer-?(?:ID|nummer|identifikationsnummer)|AHV|NIR|INSEE|NSS|s[ée]curit[ée]\s+sociale|seguridad\s+social",
        r"DNI|NIE|NIF|codice\s+fiscale|BSN|CPR|PESEL|personnummer|f[øo]dselsnummer|hetu|henkil[öo]tunnus|CNP|EGN|OIB|EMBG|JMBG",
        r"Aadhaar|CPF|NRIC|rodn[ée]\s+[čc][íi]slo|rijksregisternummer|AMKA|asmens\s+kodas|isikukood|personas\s+kods|kennitala|EM[ŠS]O|TAJ|matricule",
    ),
    kinds.OTHER: (
        r"ref(?:erence)?(?:\s*(?:\#|no\.?|number))?|identifier|ID(?:\s*(?:\#|no\.?|number))?|barcode|unique\s+(?:id|code)",
    ),
}
_CUED = [
    (kind, re.compile(rf"(?<![\w-])(?:{'|'.join(cues)}){_LINK}{_VALUE}", re.IGNORECASE)) for kind, cues in _CUES.items()
]
# After these cues a number may also be a dose, a day or a bed: it must look like an identifier.
_WEAK_CUES = re.compile(
    r"(?i)^(?:chart|hospital|plan|policy|insurance|insurer|member|dossier|serial|ID|ref\w*|"
    r"group|account|acct|certificate|DL|medicare|medicaid|TIN|CHI|CIP|SIP|TEAM|conto|"
    r"compte)\b"
)
_UNIT = re.compile(
    r"\s*(?:%|mg|mcg|µg|g|kg|ml|mL|l|mmol|mmHg|IU|U|units?|days?|weeks?|months?|years?|"
    r"yrs?|hours?|h|min|beds?|patients?|members?|cm|mm|bpm|x)\b|\s*%"
)


def after_cues(text: str) -> Iterator[Found]:
    """Record, plan, account and national numbers behind the word for them."""
    for kind, pattern in _CUED:
        for match in pattern.finditer(text):
            value = match[1].rstrip(".-/ ")
            digits = sum(sign.isdigit() for sign in value)
            if digits < 3 or _UNIT.match(text, match.start(1) + len(value)):
                continue
            between = text[match.start() : match.start(1)]
            weak = _WEAK_CUES.match(match[0]) is not None
            labelled = re.search(r"(?i)[:#=]|\b(?:id|no|nr|number|nummer)\b", between) is not None
            if weak and not labelled and (digits < 5 or re.fullmatch(r"(?:19|20)\d\d", value)):
                continue
            if re.fullmatch(r"(?:19|20)\d\d", value) and not labelled:
                continue
            start = match.start(1) + (len(value) - len(value.lstrip()))
            yield Found(kind, start, match.start(1) + len(value), kind != kinds.OTHER or digits >= 5)


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
_NOT_NUMBERS = re.compile(r"[ .\-/:]")
_SAME = re.compile(r"(\d)\1+")


def by_form(text: str) -> Iterator[Found]:
    """National numbers, cards and accounts whose form and check digit say what they are, also without a cue."""
    for kind, pattern, check, sure in _BY_FORM:
        for match in pattern.finditer(text):
            compact = _NOT_NUMBERS.sub("", match[0])
            if _SAME.fullmatch(compact):
                continue
            holds = _valid(check) if isinstance(check, str) else check
            try:
                good = holds(compact)
            except (ValueError, IndexError):
                good = False
            if good:
                yield Found(kind, match.start(), match.end(), sure)


# ------------------------------------------------------------------ phones, mail, network

_EMAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}")
_SPELT = re.compile(
    r"(?i)\b[\w.+-]{2,64}\s*[\[({]\s*(?:at|@|arroba)\s*[\])}]\s*[\w-]+(?:\s*(?:\.|"
    r"[\[({]\s*(?:dot|punkt|point|punto)\s*[\])}]|\s(?:dot|punkt)\s)\s*[\w-]{2,}){1,3}"
    r"|\b[\w.+-]{2,64}\s+at\s+[\w-]+\s+dot\s+[a-z]{2,}\b|[\w.+-]{2,64} @ [\w-]+ ?\. ?[a-z]{2,}\b"
)
_PHONE_CUE = re.compile(
    r"(?i)\b(?:(fax|telefax|telefaks)|phone|telephone|tel|telef[oó]no|telefon(?:nummer)?|"
    r"t[ée]l[ée]phone|telefono|cell(?:ulare|phone)?|mobile|m[óo]vil|handy|portable|"
    r"contact(?:o|ed|able)?|call(?:ed|back)?|reach(?:able|ed)?|"
    r"whatsapp|signal|sms|text|ring|pager|callback|rufnummer|gsm|kontakt)\b[^\d+(\n]{0,25}(\+?\(?\d[\d ().\-/]{5,18}\d)"
)
_US_PHONE = re.compile(r"(?<![\w./-])(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-])")
_WORLD_PHONE = re.compile(r"(?<![\w.])(?:\+|00)[1-9]\d{0,2}[ \-.(]*(?:\(0\)[ ]?)?\d[\d ().\-/]{5,16}\d(?!\w)")
_LOCAL_PHONE = re.compile(r"(?<![\w./+-])0\d{1,4}[ \-/)]{1,2}\d[\d \-/]{4,11}\d(?![\w-])")
_BARE_WORLD = re.compile(r"(?<![\w./+-])[1-9]\d[-. ]\d{3}[-. ]\d{3}[-. ]\d{4}(?![\w-])")
REGIONS = ("DE", "GB", "FR", "ES", "IT", "NL", "AT", "CH")


def phones(text: str) -> Iterator[Found]:
    """Telephone and fax numbers."""
    for match in _PHONE_CUE.finditer(text):
        if 7 <= sum(sign.isdigit() for sign in match[2]) <= 15:
            end = match.start(2) + len(match[2].rstrip(" .-/("))
            yield Found(kinds.FAX if match[1] else kinds.PHONE, match.start(2), end, True)
    for pattern in (_US_PHONE, _WORLD_PHONE, _BARE_WORLD):
        for match in pattern.finditer(text):
            yield Found(kinds.PHONE, match.start(), match.end(), True)
    for match in _LOCAL_PHONE.finditer(text):
        if sum(sign.isdigit() for sign in match[0]) < 10:
            continue
        for region in REGIONS:
            try:
                if phonenumbers.is_valid_number(phonenumbers.parse(match[0], region)):
                    yield Found(kinds.PHONE, match.start(), match.end(), True)
                    break
            except phonenumbers.NumberParseException:
                continue


def mail(text: str) -> Iterator[Found]:
    """E-mail addresses, also spelt out."""
    for pattern in (_EMAIL, _SPELT):
        for match in pattern.finditer(text):
            yield Found(kinds.EMAIL, match.start(), match.end(), True)


_IP4 = re.compile(r"(?<![\w.:])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?!\d)")
_IP6 = re.compile(r"(?<![\w.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?:/\d{1,3})?(?![\w:])")
_VERSION = re.compile(r"(?i)(?:version|v|release|section|table|fig(?:ure)?)\.?\s*$")
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|"
    r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![\w:-])"
)


def network(text: str) -> Iterator[Found]:
    """Network and device addresses."""
    for pattern in (_IP4, _IP6):
        for match in pattern.finditer(text):
            address = match[0].split("/")[0].rstrip(".")
            if (
                pattern is _IP6
                and (len(address) < 3 or not any(c.isdigit() or c in "abcdefABCDEF" for c in address))
                and match[0] != "::/128"
            ):
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
