"""HTTP: groups and memberships."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from catalogues import languages, regions, specialties
from graph.groups import schemas, usecases
from graph.groups.domain import MODERATOR, OWNER
from graph.groups.store import GroupReader, GroupsSought, GroupWriter
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards, search_words, viewer_level
from graph.wiring import graph, write_once
from kit import clock, cursors
from kit.errors import Invalid
from kit.web import ServiceBlueprint, caller

blueprint = ServiceBlueprint("groups", __name__, description="Groups and memberships")


def _one(group_id: str) -> dict[str, Any] | None:
    return usecases.read_groups(GroupReader(graph()), [group_id], viewer=caller().subject, countries=True).get(group_id)


@blueprint.post("/v1/groups")
@blueprint.arguments(schemas.CreateGroup)
def create(body: dict[str, Any]) -> tuple[Response, int]:
    """Make a group."""
    now, me = clock.now(), caller().subject
    level = viewer_level(PeopleStore(graph()), me, now)
    answer = write_once(
        body, lambda tx: usecases.create_group(GroupWriter(tx), owner=me, owner_level=level, given=body, now=now)
    )
    return jsonify(_one(answer["id"])), 201


@blueprint.post("/v1/groups/<group_id>/join")
@blueprint.arguments(schemas.Join)
def join(body: dict[str, Any], group_id: str) -> Response:
    """Join a group, or ask to."""
    write_once(
        body,
        lambda tx: usecases.join_group(
            GroupWriter(tx), group_id=group_id, me=caller().subject, message=body["message"], now=clock.now()
        ),
    )
    return jsonify(_one(group_id))


@blueprint.post("/v1/groups/<group_id>/leave")
def leave(group_id: str) -> Response:
    """Leave a group."""
    graph().write(
        lambda tx: usecases.leave_group(GroupWriter(tx), group_id=group_id, me=caller().subject, now=clock.now())
    )
    return jsonify(group=_one(group_id))


@blueprint.post("/v1/groups/<group_id>/responses")
@blueprint.arguments(schemas.Respond)
def respond(body: dict[str, Any], group_id: str) -> Response:
    """Admit or refuse somebody who asks to join."""
    graph().write(
        lambda tx: usecases.respond_to_membership(
            GroupWriter(tx),
            group_id=group_id,
            person=body["professional"],
            accept=body["accept"],
            me=caller().subject,
            now=clock.now(),
        )
    )
    person = body["professional"]
    cards = read_cards(PeopleStore(graph()), [person], viewer=caller().subject, now=clock.now())
    membership = {
        "id": f"{group_id}.{person}",
        "group": group_id,
        "professional": cards.get(person),
        "role": "MEMBER",
        "state": "ACTIVE",
        "joined_at": None,
    }
    return jsonify(membership=membership if body["accept"] else None, group=_one(group_id))


@blueprint.post("/v1/groups/read")
@blueprint.arguments(schemas.GroupsWanted)
def read(body: dict[str, Any]) -> Response:
    """Groups by id or handle, as the caller may know them."""
    reader = GroupReader(graph())
    ids = [*body["ids"], *(reader.by_handle(body["handles"]) if body["handles"] else [])]
    found = usecases.read_groups(reader, ids, viewer=caller().subject, countries=body["countries"])
    return jsonify(list(found.values()))


@blueprint.post("/v1/groups/search")
@blueprint.arguments(schemas.Search)
def search(body: dict[str, Any]) -> Response:
    """Groups by text, specialty, region and language."""
    me, reader = caller().subject, GroupReader(graph())
    wanted: set[str] = set()
    for code in body["specialties"] or []:
        if code not in specialties.specialties():
            raise Invalid(f"{code!r} is no specialty.", field=["filter", "specialties"])
        wanted |= specialties.narrower(code)
    places: set[str] = set()
    for code in body["regions"] or []:
        if regions.region(code) is None:
            raise Invalid(f"{code!r} is no region code.", field=["filter", "regions"])
        places |= regions.expand(code.upper()) | {code.upper()}
    tags = [languages.canonical(tag) for tag in body["languages"] or []]
    if None in tags:
        raise Invalid("A language tag is not known.", field=["filter", "languages"])
    sought = GroupsSought(
        viewer=me,
        words=search_words(body["text"]),
        specialties=sorted(wanted),
        regions=sorted(places),
        languages=[tag for tag in tags if tag],
    )
    mark = cursors.fingerprint("groups", me, body["text"], body["specialties"], body["regions"], body["languages"])
    found = reader.search(sought, after=cursors.position(body["after"], mark, ("", "")), first=body["first"] + 1)
    shown = found[: body["first"]]
    groups = usecases.read_groups(reader, [row["id"] for row in shown], viewer=me, countries=body["countries"])
    return jsonify(
        rows=[
            {"cursor": cursors.encode(mark, [row["sort_name"], row["id"]]), "group": groups[row["id"]]}
            for row in shown
            if row["id"] in groups
        ],
        has_next=len(found) > body["first"],
        total=reader.count(sought) if body["count"] else None,
    )


@blueprint.post("/v1/people/groups")
@blueprint.arguments(schemas.OfPeople)
def of_people(body: dict[str, Any]) -> Response:
    """For several people their groups, as far as the caller may know of them."""
    me, reader = caller().subject, GroupReader(graph())
    mark = cursors.fingerprint("groups-of", me)
    found = reader.of_people(
        body["ids"], viewer=me, after=cursors.position(body["after"], mark, ("", "")), first=body["first"] + 1,
        today=clock.now().date().isoformat(),
    )  # fmt: skip
    ids = [row["id"] for page in found.values() for row in page["rows"]]
    groups = usecases.read_groups(reader, ids, viewer=me, countries=body["countries"])
    return jsonify(
        {
            person: {
                "rows": [
                    {"cursor": cursors.encode(mark, [row["sort_name"], row["id"]]), "group": groups[row["id"]]}
                    for row in page["rows"][: body["first"]]
                    if row["id"] in groups
                ],
                "has_next": len(page["rows"]) > body["first"],
                "total": page["total"],
            }
            for person, page in found.items()
        }
    )


@blueprint.post("/v1/groups/members")
@blueprint.arguments(schemas.Members)
def members(body: dict[str, Any]) -> Response:
    """For several groups their members, where the caller may see them; requests only to who decides about them."""
    me, reader = caller().subject, GroupReader(graph())
    waiting = body["state"] == "REQUESTED"
    mark = cursors.fingerprint("members", me, body["role"], waiting)
    position = cursors.position(body["after"], mark, ("", ""))
    known = reader.get(body["ids"], viewer=me)
    allowed = [
        group.id
        for group in known.values()
        if (group.role in {MODERATOR, OWNER} if waiting else group.readable_by_viewer)
    ]
    found = reader.members(allowed, role=body["role"], waiting=waiting, after=position, first=body["first"] + 1)
    cards = read_cards(
        PeopleStore(graph()), [r["person"] for page in found.values() for r in page["rows"]], viewer=me, now=clock.now()
    )
    return jsonify(
        {
            group: {
                "rows": [
                    {
                        "cursor": cursors.encode(mark, [row["joined_at"], row["person"]]),
                        "membership": {
                            "id": f"{group}.{row['person']}",
                            "group": group,
                            "professional": cards.get(row["person"]),
                            "role": row["role"],
                            "state": "REQUESTED" if waiting else "ACTIVE",
                            "joined_at": None if waiting else row["joined_at"],
                        },
                    }
                    for row in page["rows"][: body["first"]]
                ],
                "has_next": len(page["rows"]) > body["first"],
                "total": page["total"],
            }
            for group, page in found.items()
        }
    )
