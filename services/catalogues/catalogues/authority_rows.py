"""Rows of authorities as operators write them: what may stand in each column, and the row of an authority.

The columns are those of `data/authorities.csv`, and `active`. Rows of the file itself keep the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from catalogues import languages, regions, specialties
from catalogues.authorities import (
    CHECK_RULES,
    GENERIC,
    IDENTIFYING,
    KINDS,
    Authority,
    normalise_number,
    read_row,
    sources,
    well_formed,
)
from kit.errors import DomainError, Invalid
from kit.texts import check_text

COLUMNS = (
    "id", "name", "local_name", "local_language", "kind", "jurisdictions", "professions", "kinds", "register", "number_format",
    "pattern", "example", "prefix", "written", "canonical", "written_example", "check_rule", "check_failure", "url", "lookup",
    "review_months", "evidence", "source", "unverified", "active",
)  # fmt: skip
NEEDED = ("id", "name", "kind", "jurisdictions")
MAX_TEXT, MAX_URL, MAX_PATTERN, MAX_CODES = 300, 500, 200, 60
MAX_REVIEW_MONTHS = 120
# How many ways a pattern may have to split a text: what an operator writes must not keep a service busy.
MAX_WAYS = 5_000
_GIVES = frozenset({"LICENCE", "SPECIALIST_CERTIFICATE"})
_ID = re.compile(r"[a-z]{2}(?:-[a-z0-9]{1,20}){1,4}")
_TOKEN = re.compile(
    r"(?P<atom>\\d|\\[/.\-]|\[[A-Z0-9\\d/\-]{1,40}\]|[A-Z0-9/\-])|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<many>\?|\{\d{1,2}(?:,\d{1,2})?\})"
)
_TEMPLATE = re.compile(r"(?:\\[1-9]|\\g<[1-9]>|[A-Z0-9/\-]){1,40}")
_PLAIN = ("name", "local_name", "register", "number_format", "example", "written_example", "evidence")


class RefusedRow(DomainError):
    """A row of an authority breaks a rule; `column` says where."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message, field=[column])
        self.column = column


def parse(row: Mapping[str, str]) -> Authority:
    """The authority that a row says.

    Args:
        row: a text for each column; absent ones are empty.

    Raises:
        RefusedRow: a text breaks the rule of its column.
    """
    clean = {column: row.get(column, "").strip() for column in COLUMNS}
    for column in NEEDED:
        if not clean[column]:
            raise RefusedRow(column, "is empty")
    for column in _PLAIN:
        clean[column] = _text(column, clean[column])
    if clean["id"] not in {GENERIC, "orcid"} and not _ID.fullmatch(clean["id"]):
        raise RefusedRow("id", "is not of the form of ke-nck: country, hyphen, letters and digits")
    _check_choices(clean)
    _check_codes(clean)
    for column in ("url", "lookup"):
        _check_url(column, clean[column])
    _check_numbers(clean)
    active = clean.pop("active") != "no"
    clean["source"] = clean["source"] or "own"
    return _checked_examples(replace(read_row(clean), active=active))


def cell(value: object) -> str:
    """What stands in a cell for a value: codes with spaces between them, yes or no, and nothing for None."""
    if isinstance(value, list | tuple):
        return " ".join("".join(code.split()) for code in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def as_row(authority: Authority) -> dict[str, str]:
    """The row of an authority; `parse` makes the same authority of it."""
    plain = {column: getattr(authority, column, "") for column in COLUMNS}
    usual = read_row(
        dict.fromkeys(COLUMNS[:-1], "")
        | {"id": authority.id, "name": authority.name, "kind": authority.kind, "source": "own"}
    )
    row = {}
    for column, value in plain.items():
        implied = column in {"register", "number_format", "check_failure", "review_months", "evidence", "kinds"}
        row[column] = "" if implied and value == getattr(usual, column) else cell(value)
    return row | {
        "local_name": "" if authority.local_name == authority.name else authority.local_name,
        "local_language": "" if authority.local_language == "en" else authority.local_language,
        "unverified": "yes" if authority.unverified else "",
        "active": "" if authority.active else "no",
    }


def stored_row(row: Mapping[str, str], version: int) -> Authority:
    """The authority of a row that was checked when it was stored; columns of later versions are left out."""
    clean = {column: row.get(column, "") for column in COLUMNS}
    active = clean.pop("active") != "no"
    return replace(read_row(clean), active=active, version=version)


def _text(column: str, text: str) -> str:
    try:
        return check_text(text, field=column, longest=MAX_TEXT, one_line=True, guarded=False)
    except Invalid as error:
        raise RefusedRow(column, error.message.removeprefix(f"{column} ").rstrip(".")) from error


def _check_choices(row: Mapping[str, str]) -> None:
    for column, choices in (
        ("kind", set(KINDS)),
        ("check_rule", {"", *CHECK_RULES}),
        ("check_failure", {"", "WARN", "FAIL"}),
        ("source", {*sources()}),
        ("unverified", {"", "yes", "no"}),
        ("active", {"", "yes", "no"}),
    ):
        if row[column] not in choices and not (column == "source" and not row[column]):
            raise RefusedRow(column, f"is none of {', '.join(sorted(choices - {''}))}")
    if row["local_language"] and languages.canonical(row["local_language"]) != row["local_language"]:
        raise RefusedRow("local_language", "is no language tag like de or pt-BR")
    months = row["review_months"]
    if months and not (months.isascii() and months.isdecimal() and 1 <= int(months[:9]) <= MAX_REVIEW_MONTHS):
        raise RefusedRow("review_months", f"is no number from 1 to {MAX_REVIEW_MONTHS}")


def _check_codes(row: Mapping[str, str]) -> None:
    for column, known in (("jurisdictions", regions.all_regions()), ("professions", specialties.professions())):
        codes = row[column].split()
        if len(codes) > MAX_CODES or len(set(codes)) < len(codes):
            raise RefusedRow(column, f"has more than {MAX_CODES} codes, or one twice")
        for code in codes:
            if code not in known:
                raise RefusedRow(column, f"has the unknown code {code[:20]!r}")
    if row["id"] in {GENERIC, "orcid"}:
        return
    if row["id"][:2].upper() not in {place[:2] for place in row["jurisdictions"].split()}:
        raise RefusedRow("id", "does not begin with the country of a jurisdiction")
    if not row["professions"]:
        raise RefusedRow("professions", "is empty")
    kinds = row["kinds"].split()
    allowed = frozenset({"IDENTIFIER"}) if row["kind"] in IDENTIFYING else _GIVES
    if not set(kinds) <= allowed or (not kinds and row["kind"] not in IDENTIFYING):
        raise RefusedRow("kinds", f"has others than {' and '.join(sorted(allowed))}, or none")


def _check_url(column: str, url: str) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
        bad = (parts.scheme, parts.username, parts.port) != ("https", None, None) or "." not in (parts.hostname or "")
    except ValueError:
        bad = True
    if bad or len(url) > MAX_URL or not url.isascii() or re.search(r"[\s\"<>\\^`]", url):
        raise RefusedRow(column, "is no address that begins with https://")
    if column == "lookup" and url.count("{number}") != 1:
        raise RefusedRow(column, "does not hold {number} once")
    if re.search(r"[{}]", url.replace("{number}", "") if column == "lookup" else url):
        raise RefusedRow(column, "holds braces")


def _check_numbers(row: Mapping[str, str]) -> None:
    groups = {column: _check_pattern(column, row[column]) for column in ("pattern", "prefix", "written")}
    if row["unverified"]:
        for column in ("url", "lookup", "pattern", "example", "prefix"):
            if row[column]:
                raise RefusedRow(column, "stands in an unverified row, which has neither link nor format")
    if not row["pattern"]:
        for column in ("example", "check_rule", "written", "canonical", "written_example"):
            if row[column]:
                raise RefusedRow(column, "stands in a row without a pattern")
    elif not row["example"] or not row["number_format"]:
        raise RefusedRow("example" if not row["example"] else "number_format", "is empty beside a pattern")
    if len({bool(row[column]) for column in ("written", "canonical", "written_example")}) > 1:
        raise RefusedRow("written", "comes without canonical or written_example, or they without it")
    template = row["canonical"]
    if template and not _TEMPLATE.fullmatch(template):
        raise RefusedRow("canonical", r"is no template like \1-\2")
    if any(int(number) > groups["written"] for number in re.findall(r"\\(?:g<)?([1-9])", template)):
        raise RefusedRow("canonical", "names a group that written does not have")


def _check_pattern(column: str, pattern: str) -> int:
    """Refuse an expression that is none, or that could take long; returns how many groups it has.

    It is made of digits, capitals, classes of them, groups and bounded repetitions, and no group is repeated.
    """
    if not pattern:
        return 0
    total, ways, depth, before = 0, 1, 0, ""
    if len(pattern) > MAX_PATTERN:
        raise RefusedRow(column, f"is longer than {MAX_PATTERN} signs")
    for kind, text in _tokens(column, pattern):
        if kind == "many":
            low, _, high = text.strip("{}").partition(",")
            least, most = (0, 1) if text == "?" else (int(low), int(high or low))
            if before not in {"atom", "close"} or (before == "close" and text != "?") or least > most or most == 0:
                raise RefusedRow(column, f"repeats something in a way that is not allowed: {text}")
            ways *= most - least + 1
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if kind == "bar" and depth == 0:
            total, ways = total + ways, 1
        before = kind
    if total + ways > MAX_WAYS:
        raise RefusedRow(column, f"can be read in more than {MAX_WAYS} ways; use fewer repetitions of varying length")
    try:
        return re.compile(pattern, re.ASCII).groups
    except re.error as error:
        raise RefusedRow(column, "is no regular expression") from error


def _tokens(column: str, pattern: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(pattern):
        found = _TOKEN.match(pattern, place)
        if found is None:
            raise RefusedRow(column, f"has a sign that is not allowed in place {place + 1}")
        yield str(found.lastgroup), found.group()
        place = found.end()


def _checked_examples(authority: Authority) -> Authority:
    for column in ("example", "written_example"):
        typed = getattr(authority, column)
        if typed and not well_formed(authority, normalise_number(typed, authority)):
            raise RefusedRow(column, "is no number of the pattern")
    return authority
