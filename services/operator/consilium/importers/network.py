"""An existing community as eight CSV files in UTF-8 with headers, all but the first optional.

professionals.csv  ref,name,email,profession,specialties,regions,languages,institution,interests
connections.csv    a,b,since
groups.csv         ref,name,purpose,language,visibility,join_policy,owner,created_at,rules,specialties,regions,member_limit,
                   policy_level,policy_licensed_in,policy_specialties,policy_checked_within_days
memberships.csv    group,professional,role,joined_at
discussions.csv    ref,group,author,title,body,language,created_at,kind,topics,sources,poll_options
posts.csv          ref,discussion,author,in_reply_to,body,language,created_at,sources,answers
reactions.csv      discussion,post,professional,reaction
translations.csv   discussion,post,author,language,title,body

Lists inside a cell are separated by `;`; a source is a DOI, a PMID or an address. Of reactions and translations either the
discussion or the post is named. Specialties and professions are codes or titles; an unknown one is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from catalogues.specialties import by_title, professions, specialties
from consilium.client import OperatorClient
from consilium.home import Home
from consilium.importers.stream import Form, Row, bar, header_of, import_csv
from gateway.ids import encode
from kit import ids
from kit.errors import Invalid
from kit.texts import fold

FORM = Form(("utf-8",))
BATCH = 500
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # file: (needed, optional)
    "professionals": (
        ("ref", "name"),
        ("email", "profession", "specialties", "regions", "languages", "institution", "interests"),
    ),
    "connections": (("a", "b"), ("since",)),
    "groups": (("ref", "name", "owner"), (
        "purpose", "language", "visibility", "join_policy", "created_at", "rules", "specialties", "regions",
        "member_limit", "policy_level", "policy_licensed_in", "policy_specialties", "policy_checked_within_days",
    )),
    "memberships": (("group", "professional"), ("role", "joined_at")),
    "discussions": (("ref", "group", "author", "title", "body"), (
        "language", "created_at", "kind", "topics", "sources", "poll_options"
    )),
    "posts": (("ref", "discussion", "author", "body"), ("in_reply_to", "language", "created_at", "sources", "answers")),
    "reactions": (("professional", "reaction"), ("discussion", "post")),
    "translations": (("author", "language", "body"), ("discussion", "post", "title")),
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Names a community, and makes the ids of its things."""

    name: str

    def id(self, kind: str, ref: str) -> str:
        """The id of a thing that the community calls `ref`.

        Raises:
            Invalid: the reference is empty.
        """
        if not ref.strip():
            raise Invalid(f"the reference of a {kind} is missing")
        return ids.imported(self.name, kind, ref.strip())


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _specialty(text: str) -> str:
    found = {text} if text in specialties() else by_title().get(fold(text), frozenset())
    if not found:
        raise Invalid(f"{text[:60]!r} is no specialty's code or title")
    if len(found) > 1:
        raise Invalid(f"{text[:60]!r} stands for several specialties: {', '.join(sorted(found))}; name one")
    return next(iter(found))


def _profession(text: str) -> str:
    by_name = {fold(found.name): found.code for found in professions().values()}
    code = text if text in professions() else by_name.get(fold(text))
    if code is None:
        raise Invalid(f"{text[:60]!r} is no profession's code or name")
    return code


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _person(source: Source, row: Row) -> dict[str, Any]:
    get = row.cells.get
    ref = row.cells["ref"].strip()
    source.id("person", ref)
    profession = (get("profession") or "").strip()
    return _present(
        ref=ref,
        name=row.cells["name"],
        email=(get("email") or "").strip(),
        profession=_profession(profession) if profession else None,
        specialties=[_specialty(text) for text in _listed(get("specialties") or "")],
        regions=_listed(get("regions") or ""),
        languages=_listed(get("languages") or ""),
        institution=(get("institution") or "").strip(),
        interests=_listed(get("interests") or ""),
    )


def _connection(source: Source, row: Row) -> dict[str, Any]:
    a, b = row.cells["a"], row.cells["b"]
    return _present(
        ref=f"{a}/{b}", a=source.id("person", a), b=source.id("person", b), since=row.cells.get("since", "").strip()
    )


def _group(source: Source, row: Row) -> dict[str, Any]:
    get = row.cells.get
    return _present(
        ref=row.cells["ref"],
        id=source.id("group", row.cells["ref"]),
        name=row.cells["name"],
        purpose=get("purpose"),
        languages=_listed(get("language") or ""),
        visibility=(get("visibility") or "").strip(),
        join_policy=(get("join_policy") or "").strip(),
        owner=source.id("person", row.cells["owner"]),
        rules=get("rules"),
        specialties=[_specialty(text) for text in _listed(get("specialties") or "")],
        regions=_listed(get("regions") or ""),
        member_limit=_number(get("member_limit"), "member_limit"),
        credential_policy=_policy(row),
        created_at=(get("created_at") or "").strip(),
    )


def _number(cell: str | None, name: str) -> int | None:
    text = (cell or "").strip()
    if not text:
        return None
    if not text.isdigit():
        raise Invalid(f"{name} must be a whole number")
    return int(text)


def _policy(row: Row) -> dict[str, Any] | None:
    get = row.cells.get
    policy = _present(
        level=(get("policy_level") or "").strip(),
        licensed_in=_listed(get("policy_licensed_in") or ""),
        specialties=[_specialty(text) for text in _listed(get("policy_specialties") or "")],
        checked_within_days=_number(get("policy_checked_within_days"), "policy_checked_within_days"),
    )
    return policy or None


def _sources(cell: str | None) -> list[dict[str, str]]:
    return [
        {"url": text} if text.lower().startswith("http") else {"pmid": text} if text.isdigit() else {"doi": text}
        for text in _listed(cell or "")
    ]


def _subject(source: Source, row: Row) -> dict[str, str]:
    discussion, post = ((row.cells.get(name) or "").strip() for name in ("discussion", "post"))
    if bool(discussion) == bool(post):
        raise Invalid("name either the discussion or the post")
    kind, ref = ("Discussion", discussion) if discussion else ("Post", post)
    return {"ref": ref, "kind": kind, "subject": source.id(kind.lower(), ref)}


def _reaction(source: Source, row: Row) -> dict[str, Any]:
    person = source.id("person", row.cells["professional"])
    return _present(**_subject(source, row), person=person, reaction=row.cells["reaction"].strip().upper())


def _translation(source: Source, row: Row) -> dict[str, Any]:
    subject = _subject(source, row)
    language = row.cells["language"].strip()
    return _present(
        **subject,
        id=source.id("translation", f"{subject['kind']}/{subject['ref']}/{language}"),
        author=source.id("person", row.cells["author"]),
        language=language,
        title=row.cells.get("title"),
        body=row.cells["body"],
    )


def _membership(source: Source, row: Row) -> dict[str, Any]:
    group, person = row.cells["group"], row.cells["professional"]
    return _present(
        ref=f"{group}/{person}",
        group=source.id("group", group),
        person=source.id("person", person),
        role=row.cells.get("role", "").strip(),
        joined_at=row.cells.get("joined_at", "").strip(),
    )


def _discussion(source: Source, row: Row) -> dict[str, Any]:
    get = row.cells.get
    return _present(
        ref=row.cells["ref"],
        id=source.id("discussion", row.cells["ref"]),
        group=source.id("group", row.cells["group"]),
        author=source.id("person", row.cells["author"]),
        title=row.cells["title"],
        body=row.cells["body"],
        kind=(get("kind") or "").strip().upper(),
        topics=_listed(get("topics") or ""),
        sources=_sources(get("sources")),
        poll_options=_listed(get("poll_options") or ""),
        language=(get("language") or "").strip(),
        created_at=(get("created_at") or "").strip(),
    )


def _post(source: Source, row: Row) -> dict[str, Any]:
    get = row.cells.get
    reply = (get("in_reply_to") or "").strip()
    return _present(
        ref=row.cells["ref"],
        id=source.id("post", row.cells["ref"]),
        discussion=source.id("discussion", row.cells["discussion"]),
        author=source.id("person", row.cells["author"]),
        in_reply_to=source.id("post", reply) if reply else None,
        body=row.cells["body"],
        language=(get("language") or "").strip(),
        created_at=(get("created_at") or "").strip(),
        sources=_sources(get("sources")),
        answers=(get("answers") or "").strip().lower() in {"1", "true", "yes"},
    )


CONVERTERS: dict[str, Callable[[Source, Row], dict[str, Any]]] = {
    "professionals": _person,
    "connections": _connection,
    "groups": _group,
    "memberships": _membership,
    "discussions": _discussion,
    "posts": _post,
    "reactions": _reaction,
    "translations": _translation,
}
ID_KINDS = {
    "professionals": ("person", "Professional"),
    "groups": ("group", "Group"),
    "discussions": ("discussion", "Discussion"),
    "posts": ("post", "Post"),
}


def check_files(folder: Path) -> list[str]:
    """The kinds of files that are there, in the order in which they are imported.

    Raises:
        Invalid: professionals.csv is missing, or a file lacks a column.
    """
    if not (folder / "professionals.csv").exists():
        raise Invalid(f"{folder} has no professionals.csv.")
    present = [kind for kind in COLUMNS if (folder / f"{kind}.csv").exists()]
    for kind in present:
        needed, optional = COLUMNS[kind]
        names = header_of(folder / f"{kind}.csv", FORM)
        for name in needed:
            if name not in names:
                raise Invalid(f"{kind}.csv has no column {name!r}; it needs {', '.join(needed)}.")
        unknown = [name for name in names if name not in needed + optional]
        if unknown:
            raise Invalid(
                f"{kind}.csv has an unknown column {unknown[0]!r}; it may have {', '.join(needed + optional)}."
            )
    return present


def import_folder(client: OperatorClient, folder: Path, console: Console, *, name: str | None = None) -> None:
    """Import a community, and print what was in its files, what is stored, and where the map of ids is.

    Args:
        name: what the community is called; the folder's name by default. Importing again under the same name
            changes nothing.

    Raises:
        Invalid: a file is missing or lacks a column.
        DomainError: a service does not answer; the next import goes on where this one stopped.
    """
    present = check_files(folder)
    source = Source(f"network:{name or folder.resolve().name}")
    table = Table("file", "rows in", "stored", "unchanged", "refused")
    refused_files: list[Path] = []
    with bar(console) as progress:
        for kind in present:
            convert = CONVERTERS[kind]

            def store(rows: list[dict[str, Any]], kind: str = kind) -> dict[str, Any]:
                if kind == "professionals":
                    return client.import_people(source.name, rows)
                return client.import_rows(kind, rows)

            tally, rejected = import_csv(
                folder / f"{kind}.csv",
                kind=kind,
                form=FORM,
                convert=lambda row, convert=convert: convert(source, row),  # type: ignore[misc]
                store=store,
                batch_size=BATCH,
                console=console,
                progress=progress,
            )
            table.add_row(
                f"{kind}.csv", *(f"{n:,}" for n in (tally.read, tally.stored, tally.unchanged, tally.rejected))
            )
            refused_files += [rejected] if rejected else []
            if kind == "professionals":
                client.wait_for_graph(3600)
    console.print(table)
    console.print(f"From ref to id: {write_map(source, folder, present)}", highlight=False, soft_wrap=True)
    for file in refused_files:
        console.print(f"Refused rows with line and reason: {file}", highlight=False, soft_wrap=True)


def write_map(source: Source, folder: Path, present: list[str]) -> Path:
    """Write which id each reference has in the GraphQL API, as `kind,ref,id`."""
    file = Home.here().root / "imports" / f"{source.name.replace(':', '-').replace('/', '-')}.ids.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["kind", "ref", "id"])
        for kind in present:
            if kind not in ID_KINDS:
                continue
            with (folder / f"{kind}.csv").open(encoding="utf-8-sig", newline="") as given:
                for row in csv.DictReader(given):
                    if row.get("ref"):
                        own = source.id(ID_KINDS[kind][0], row["ref"])
                        writer.writerow([ID_KINDS[kind][0], row["ref"], encode(ID_KINDS[kind][1], own)])
    return file
