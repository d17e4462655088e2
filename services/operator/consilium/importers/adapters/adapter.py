"""What a published file looks like: an adapter is a data file, and what is said here is what may stand in one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files

from consilium.importers.stream import Form, Skip
from kit.errors import Invalid

NAMES = ("nppes", "leie", "rpps")
PEOPLE, REGISTER, SANCTIONS = "people", "register", "sanctions"
Fields = dict[str, str]


@dataclass(frozen=True)
class SkipRule:
    """Which rows are not meant to be imported.

    Args:
        values: of the field; rows with one of these are skipped, or all but these where `inverted`.
        what: what such rows are, for the tally.
    """

    field: str
    values: frozenset[str]
    inverted: bool
    what: str


@dataclass(frozen=True)
class Specialty:
    """Where a register's row says what somebody practises: in one field where another has certain values, else in a third."""

    field: str
    where: str
    values: frozenset[str]
    otherwise: str


@dataclass(frozen=True)
class Adapter:
    """One published file.

    Args:
        holds: PEOPLE, REGISTER or SANCTIONS.
        authority: whose numbers stand in it.
        country: where its people are, unless a row says otherwise.
        columns: by field, the columns whose words make it.
        optional: fields whose columns not every version has.
        dates: fields that hold dates in `date_format`; `no_date` are the cells that mean none.
        trainees: codes of occupations of people who are in training.
        newest: the date whose newest value tells of which day the file is; None where none tells.
        values: by field, what stands for a cell; a cell that is not named stays as it is.
    """

    name: str
    title: str
    holds: str
    authority: str
    country: str
    form: Form
    columns: Mapping[str, tuple[str, ...]]
    optional: frozenset[str]
    dates: frozenset[str]
    date_format: str
    no_date: frozenset[str]
    newest: str | None
    trainees: frozenset[str]
    values: Mapping[str, Mapping[str, str]]
    skips: tuple[SkipRule, ...]
    specialty: Specialty | None

    def missing(self, header: Iterable[str]) -> list[str]:
        """The columns that a header lacks."""
        known = {_key(name) for name in header}
        return [
            column
            for field, columns in self.columns.items()
            for column in columns
            if field not in self.optional and _key(column) not in known
        ]

    def reader(self, header: Sequence[str]) -> Callable[[Sequence[str]], Fields]:
        """Return what reads the cells of a row into fields.

        Raises:
            Invalid: a column is missing. What it returns raises it for a date that is none, with the column, and Skip for a row
                that is not meant to be imported.
        """
        if missing := self.missing(header):
            raise Invalid(f"It is no file of {self.title}: it has no column {missing[0]!r}.")
        places = {_key(name): place for place, name in enumerate(header)}
        plain: list[tuple[str, int]] = []
        joined: list[tuple[str, tuple[int, ...]]] = []
        for field, columns in self.columns.items():
            found = tuple(places[_key(column)] for column in columns if _key(column) in places)
            if len(found) == 1:
                plain.append((field, found[0]))
            elif found:
                joined.append((field, found))
        dates = [(field, self.columns[field][0]) for field in self.dates]
        values = [(field, mapped) for field, mapped in self.values.items() if field in self.columns]
        absent = dict.fromkeys(self.optional, "")

        def read(cells: Sequence[str]) -> Fields:
            fields = absent | {field: cells[place].strip() for field, place in plain}
            for field, several in joined:
                fields[field] = " ".join(" ".join(cells[place] for place in several).split())
            for field, mapped in values:
                fields[field] = mapped.get(fields[field].casefold(), fields[field])
            for field, column in dates:
                given = fields[field]
                fields[field] = "" if given in self.no_date else self._date(given, column)
            for rule in self.skips:
                if (fields[rule.field] in rule.values) != rule.inverted:
                    raise Skip(rule.what)
            return fields

        return read

    def _date(self, given: str, column: str) -> str:
        try:
            return _iso(given, self.date_format) if given else ""
        except ValueError as error:
            raise Invalid(f"{given[:40]!r} in the column {column!r} is no date like {self._example()}") from error

    def _example(self) -> str:
        return date(2027, 12, 31).strftime(self.date_format)


def _key(column: str) -> str:
    """A column's name as it is compared: some releases change its spaces, its capitals or its apostrophes."""
    return re.sub(r"\s+", " ", column.replace("’", "'").strip()).casefold()


@lru_cache(20_000)
def _iso(given: str, form: str) -> str:
    return datetime.strptime(given, form).replace(tzinfo=UTC).date().isoformat()


def _columns(read: dict[str, object]) -> dict[str, tuple[str, ...]]:
    given, repeated = read["columns"], dict(read.get("repeated", {}))  # type: ignore[call-overload]
    count = repeated.pop("count", 0)
    return {
        **{field: (column,) if isinstance(column, str) else tuple(column) for field, column in given.items()},  # type: ignore[attr-defined]
        **{f"{field}_{n}": (column.format(n),) for n in range(1, count + 1) for field, column in repeated.items()},
    }


@cache
def adapters() -> dict[str, Adapter]:
    """Every adapter by its name."""
    return {name: _load(name) for name in NAMES}


def _load(name: str) -> Adapter:
    read = tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))
    columns = _columns(read)
    specialty = read.get("specialty")
    return Adapter(
        name=name,
        title=read["title"],
        holds=read["holds"],
        authority=read["authority"],
        country=read["country"],
        form=Form(tuple(read["encodings"]), read["delimiter"], quoted=read["quoted"]),
        columns=columns,
        # A file may have fewer of what is repeated.
        optional=frozenset(read["optional"]) | {field for field in columns if re.search(r"_(?!1$)\d+$", field)},
        dates=frozenset(read["dates"]),
        date_format=read["date_format"],
        no_date=frozenset(read["no_date"]),
        newest=read.get("newest"),
        trainees=frozenset(read.get("trainees", ())),
        values={
            field: {cell.casefold(): value for cell, value in mapped.items()}
            for field, mapped in read.get("values", {}).items()
        },
        skips=tuple(
            SkipRule(rule["field"], frozenset(rule.get("values") or rule["except"]), "except" in rule, rule["what"])
            for rule in read["skip"]
        ),
        specialty=Specialty(specialty["of"], specialty["where"], frozenset(specialty["values"]), specialty["otherwise"])
        if specialty
        else None,
    )
