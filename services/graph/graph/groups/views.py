"""HTTP: groups and memberships."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, jsonify

from catalogues import languages, regions, specialties
from graph.db import Transaction
from graph.groups import memberships, order, schemas, usecases
from graph.groups.domain import MEMBER_STATES
from graph.groups.store import GroupCriteria, GroupReader, GroupWriter
from graph.notifications.store import NotificationWriter
from graph.peers.neighbours import NetworkViewer, groups_of
from graph.people.domain import search_words
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards, viewer_level
from graph.reading import groups_with_discussions, mentions, people
from graph.timestamps import END_OF_TIME
from graph.wiring import graph, view, write_once
from kit import clock, cursors
from kit.errors import Invalid
from kit.web import ServiceBlueprint, caller

NOT_WAITING = {"message": None, "waiting_since": None}
blueprint = ServiceBlueprint("groups", __name__, description="Groups and memberships")


def _reader() -> GroupReader:
    return GroupReader(graph())


def _one(group_id: str) -> dict[str, Any] | None:
    found = usecases.read_groups(
        _reader(), [group_id], viewer=caller().subject, countries=mentions("countries"), now=clock.now()
    )
    return found.get(group_id)


def _changed(act: Callable[[Transaction], dict[str, Any]]) -> Response:
    """The answer after a change to somebody's membership: the membership and the group as they are now."""
    changed = write_once(act)
    return jsonify(membership=_shown(changed), group=_one(changed["group"]))


def _shown(changed: dict[str, Any]) -> dict[str, Any] | None:
    if changed["state"] is None:
        return None
    person = changed["person"]
    cards = read_cards(PeopleStore(graph()), [person], viewer=caller().subject, now=clock.now())
    return {
        "id": f"{changed['group']}.{person}",
        "group": changed["group"],
        "professional": cards.get(person),
        "role": changed["role"],
        "state": changed["state"],
        "joined_at": changed["joined_at"],
    }


@blueprint.post("/v1/groups")
@blueprint.arguments(schemas.CreateGroup)
def create(body: dict[str, Any]) -> tuple[Response, int]:
    """Make a group."""
    now, me = clock.now(), caller().subject
    level = viewer_level(PeopleStore(graph()), me, now)
    answer = write_once(
        lambda tx: usecases.create_group(GroupWriter(tx), owner=me, owner_level=level, given=body, now=now)
    )
    return jsonify(_one(answer["id"])), 201


@blueprint.patch("/v1/groups/<group_id>")
@blueprint.arguments(schemas.UpdateGroup)
def update(body: dict[str, Any], group_id: str) -> Response:
    """Change a group's fields."""
    expected = body.pop("expected_version", None)
    write_once(
        lambda tx: usecases.update_group(
            GroupWriter(tx), group_id=group_id, given=body, expected_version=expected, me=caller().subject,
            now=clock.now(),
        )
    )  # fmt: skip
    return jsonify(_one(group_id))


@blueprint.post("/v1/groups/<group_id>/join")
@blueprint.arguments(schemas.Join)
def join(body: dict[str, Any], group_id: str) -> Response:
    """Join a group, or ask to."""
    write_once(
        lambda tx: usecases.join_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group_id, me=caller().subject, message=body["message"],
            now=clock.now(),
        )
    )  # fmt: skip
    return jsonify(_one(group_id))


@blueprint.post("/v1/groups/<group_id>/leave")
def leave(group_id: str) -> Response:
    """Leave a group."""
    write_once(
        lambda tx: usecases.leave_group(GroupWriter(tx), group_id=group_id, me=caller().subject, now=clock.now())
    )
    return jsonify(group=_one(group_id))


@blueprint.post("/v1/groups/<group_id>/invitations")
@blueprint.arguments(schemas.Person)
def invite(body: dict[str, Any], group_id: str) -> Response:
    """Invite somebody."""
    return _changed(
        lambda tx: usecases.invite_to_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group_id, person=body["professional"],
            me=caller().subject, now=clock.now(),
        )
    )  # fmt: skip


@blueprint.post("/v1/groups/<group_id>/responses")
@blueprint.arguments(schemas.Respond)
def respond(body: dict[str, Any], group_id: str) -> Response:
    """Admit or refuse somebody who asks to join, or answer one's own invitation."""
    return _changed(
        lambda tx: usecases.respond_to_membership(
            GroupWriter(tx), NotificationWriter(tx), group_id=group_id, person=body["professional"],
            accept=body["accept"], me=caller().subject, now=clock.now(),
        )
    )  # fmt: skip


@blueprint.post("/v1/groups/<group_id>/roles")
@blueprint.arguments(schemas.SetRole)
def set_role(body: dict[str, Any], group_id: str) -> Response:
    """Give a member another role."""
    return _changed(
        lambda tx: usecases.set_group_role(
            GroupWriter(tx), NotificationWriter(tx), group_id=group_id, person=body["professional"], role=body["role"],
            me=caller().subject, now=clock.now(),
        )
    )  # fmt: skip


@blueprint.post("/v1/groups/<group_id>/bans")
@blueprint.arguments(schemas.Ban)
def ban(body: dict[str, Any], group_id: str) -> Response:
    """Ban somebody."""
    return _changed(
        lambda tx: usecases.ban_from_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group_id, person=body["professional"],
            reason=body["reason"], me=caller().subject, now=clock.now(),
        )
    )  # fmt: skip


@blueprint.delete("/v1/groups/<group_id>/bans/<person_id>")
def unban(group_id: str, person_id: str) -> Response:
    """Lift a ban."""
    return _changed(
        lambda tx: usecases.unban_from_group(
            GroupWriter(tx), group_id=group_id, person=person_id, me=caller().subject, now=clock.now()
        )
    )


@blueprint.post("/v1/me/invitations/search")
@blueprint.arguments(schemas.Invitations)
def invitations(body: dict[str, Any]) -> Response:
    """One's invitations to groups, newest first."""
    me, reader = caller().subject, _reader()
    mark = cursors.fingerprint("invitations", me)
    found = reader.invitations(
        me, after=cursors.position(body["after"], mark, (END_OF_TIME, "")), first=body["first"] + 1
    )
    total = cursors.count(body["count"], lambda most: reader.invitations(me, after=(END_OF_TIME, ""), first=most))
    ids = [row["id"] for row in found[: body["first"]]]
    groups = usecases.read_groups(reader, ids, viewer=me, countries=body["countries"], now=clock.now())
    card = read_cards(PeopleStore(graph()), [me], viewer=me, now=clock.now()).get(me)

    def show(row: dict[str, Any]) -> dict[str, Any] | None:
        group = groups.get(row["id"])
        return group and (group["viewer_membership"] or {}) | {"group": group, "professional": card}

    return jsonify(
        cursors.page(mark, found, body["first"], sort=("created_at", "id"), name="membership", show=show, total=total)
    )


@blueprint.get("/v1/groups/<group_id>/gaps")
def gaps(group_id: str) -> Response:
    """What of a group's remit no member covers; null where the caller may not list its members."""
    reader = _reader()
    group = reader.get([group_id], viewer=caller().subject, now=clock.now()).get(group_id)
    if group is None or not memberships.may_list(group, None):
        return jsonify(gaps=None)
    return jsonify(gaps=usecases.coverage_gaps(reader, group))


@blueprint.post("/v1/groups/<group_id>/gaps/candidates")
@blueprint.arguments(schemas.Gap)
def candidates(body: dict[str, Any], group_id: str) -> Response:
    """Who would close a gap."""
    me, reader, now = caller().subject, _reader(), clock.now()
    group = reader.get([group_id], viewer=me, now=now).get(group_id)
    if group is None or not memberships.may_list(group, None):
        return jsonify(people=[])
    found = usecases.gap_candidates(
        reader, group, dimension=body["dimension"], value=body["value"], viewer=me, first=body["first"]
    )
    cards = read_cards(PeopleStore(graph()), found, viewer=me, now=now)
    return jsonify(people=[cards[own] for own in found if own in cards])


@blueprint.post("/v1/groups/read")
@blueprint.arguments(schemas.GroupsById)
def read(body: dict[str, Any]) -> Response:
    """Groups by id or handle, as the caller may know them."""
    reader = _reader()
    ids = [*body["ids"], *(reader.by_handle(body["handles"]) if body["handles"] else [])]
    groups, authors = groups_with_discussions(reader, ids, body)
    return jsonify(groups=list(groups.values()), authors=people(authors))


@blueprint.post("/v1/groups/search")
@blueprint.arguments(schemas.GroupSearch)
def search(body: dict[str, Any]) -> Response:
    """Groups by text, specialty, region and language."""
    me, reader, now = caller().subject, _reader(), clock.now()
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
    criteria = GroupCriteria(
        viewer=me,
        words=search_words(body["text"]),
        specialties=sorted(wanted),
        regions=sorted(places),
        languages=[tag for tag in tags if tag],
        minimum_countries=min(max(body["minimum_countries"] or 0, 0), 300),
        open=bool(body["open_to_me"]),
    )
    mark = cursors.fingerprint(
        "groups", me, body["text"], body["specialties"], body["regions"], body["languages"], body["minimum_countries"],
        body["open_to_me"], *([body["order"]] if body["order"] != order.NAME else []),
    )  # fmt: skip
    listed = order.ORDERS[body["order"]]
    position = cursors.position(body["after"], mark, listed.start)
    found = order.search_groups(reader, criteria, body["order"], after=position, first=body["first"] + 1, now=now)
    ids = [row["id"] for row in found.rows[: body["first"]]]
    groups = usecases.read_groups(reader, ids, viewer=me, countries=body["countries"], now=now)
    # Who meets a credential policy is known only when it is read, so that such a search is not counted.
    total = reader.count(criteria) if body["count"] and not criteria.open else None
    return jsonify(
        cursors.page(
            mark, found, body["first"], sort=listed.sort, name="group", show=lambda row: groups.get(row["id"]),
            total=total,
        )
    )  # fmt: skip


@blueprint.post("/v1/people/groups")
@blueprint.arguments(schemas.OfPeople)
def of_people(body: dict[str, Any]) -> Response:
    """For several people their groups, as far as the caller may know of them."""
    me, reader, now = caller().subject, _reader(), clock.now()
    mark = cursors.fingerprint("groups-of", me)
    network, after = view().network, cursors.position(body["after"], mark, ("", ""))
    found = {}
    if me in network.slot_of:
        viewer = NetworkViewer.of(network, network.slot_of[me], now.date().toordinal())
        found = {
            person: groups_of(network, viewer, network.slot_of[person], after=after, first=body["first"])
            for person in body["ids"]
            if person in network.slot_of
        }
    ids = [row["id"] for page in found.values() for row in page["rows"][: body["first"]]]
    groups, authors = groups_with_discussions(reader, list(dict.fromkeys(ids)), body)
    return jsonify(
        groups=groups,
        authors=people(authors),
        people={
            person: {
                "rows": [
                    {"cursor": cursors.encode(mark, [row["sort_name"], row["id"]]), "group": row["id"]}
                    for row in page["rows"][: body["first"]]
                    if row["id"] in groups
                ],
                "has_next": len(page["rows"]) > body["first"],
                "total": page["total"],
                "end": cursors.end(mark, page["rows"][: body["first"]], usecases.SORT),
            }
            for person, page in found.items()
        },
    )


@blueprint.post("/v1/memberships/read")
@blueprint.arguments(schemas.MembershipsById)
def read_memberships(body: dict[str, list[str]]) -> Response:
    """Memberships by id, of those that the caller finds in a list of members or has themselves."""
    me, reader, now = caller().subject, _reader(), clock.now()
    found = memberships.read_memberships(reader, body["ids"], viewer=me, now=now)
    cards = read_cards(PeopleStore(graph()), [row["person"] for _, row in found], viewer=me, now=now)
    waiting = reader.waiting([(group, row["person"]) for group, row in found])
    return jsonify(
        [{**_member(group, row, cards), **waiting.get((group, row["person"]), NOT_WAITING)} for group, row in found]
    )


def _member(group: str, row: memberships.MemberRow, cards: Mapping[str, object]) -> Mapping[str, object]:
    """Show somebody's membership, from a row of a list of members."""
    return {
        "id": f"{group}.{row['person']}",
        "group": group,
        "professional": cards.get(row["person"]),
        "role": row["role"],
        "state": row["state"],
        "joined_at": row["joined_at"] if row["state"] in MEMBER_STATES else None,
    }


@blueprint.post("/v1/groups/members")
@blueprint.arguments(schemas.Members)
def members(body: dict[str, Any]) -> Response:
    """For several groups their members, where the caller may see them; who waits or is banned only to moderators."""
    me, reader, now = caller().subject, _reader(), clock.now()
    mark = cursors.fingerprint("members", me, body["role"], body["state"], body["text"])
    position = cursors.position(body["after"], mark, ("", ""))
    found = memberships.members_page(
        reader, list(reader.get(body["ids"], viewer=me, now=now).values()), role=body["role"], state=body["state"],
        words=search_words(body["text"]), viewer=me, now=now,
    )  # fmt: skip
    pages = {
        group: [row for row in rows if (row["joined_at"], row["person"]) > position][: body["first"] + 1]
        for group, rows in found.items()
    }
    people = [row["person"] for rows in pages.values() for row in rows[: body["first"]]]
    cards = read_cards(PeopleStore(graph()), people, viewer=me, now=now)
    return jsonify(
        {
            group: {
                "rows": [
                    {
                        "cursor": cursors.encode(mark, [row["joined_at"], row["person"]]),
                        "membership": _member(group, row, cards),
                    }
                    for row in rows[: body["first"]]
                ],
                "has_next": len(rows) > body["first"],
                "total": len(found[group]),
            }
            for group, rows in pages.items()
        }
    )
