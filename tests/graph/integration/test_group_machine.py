"""A group under everything that can happen to it, against a model of what must hold, on the real Neo4j."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any, ClassVar

import neo4j
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from graph.connections import usecases as connections
from graph.connections.store import ConnectionWriter
from graph.db import Graph
from graph.discussions.store import DiscussionReader
from graph.discussions.usecases import authoring, presenting
from graph.discussions.usecases.access import Author, Viewer
from graph.groups import usecases as groups
from graph.groups.pages import GroupPages
from graph.groups.store import GroupReader, GroupWriter
from graph.notifications.store import NotificationWriter
from graph.peers.index import PeopleIndex
from graph.people.store import PeopleWriter
from graph.writing import Writing
from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import Conflict, DomainError, Forbidden, LimitReached, NotFound, PolicyNotMet
from tests.graph.unit.test_cards import a_snapshot

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CIPHER = FieldCipher(((1, b"k" * 32),), b"")
LICENCE = {
    "id": "l", "jurisdiction": "DE", "authority": "de-kbv", "profession": "2212", "specialty": None, "standing": "GOOD",
    "method": "PRIMARY_SOURCE", "source_as_of": None, "checked_on": "2026-11-01", "expires_on": None,
}  # fmt: skip
GOOD, LAPSED, LOST = "GOOD", "LAPSED", "LOST"
LIMIT = 4
PEOPLE = st.integers(0, 5)
MOSTLY_OWNER = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3, 4, 5])


class GroupMachine(RuleBasedStateMachine):
    """Six people and one group of at most four, for who is licensed in Germany."""

    graph: ClassVar[Graph]
    index: ClassVar[PeopleIndex]

    @initialize()
    def begin(self) -> None:
        self.people = [new_id() for _ in range(6)]
        self.versions = dict.fromkeys(self.people, 0)
        self.licence: dict[str, str] = {}
        for person in self.people:
            self.project(person, GOOD)
        given = {
            "name": "Machine", "purpose": "p", "visibility": "UNLISTED", "join_policy": "OPEN", "member_limit": LIMIT,
            "credential_policy": {"licensed_in": ["DE"]},
        }  # fmt: skip
        owner = self.people[0]
        self.group = self.graph.write(
            lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
        )["id"]
        self.members = {owner: "OWNER"}
        self.banned: set[str] = set()
        self.invited: set[str] = set()
        self.blocks: set[tuple[str, str]] = set()
        self.written: dict[str, str] = {}

    def project(self, person: str, licence: str) -> None:
        """Let the person's credentials be so."""
        self.versions[person] += 1
        self.licence[person] = licence
        snapshot = a_snapshot(
            id=person, handle=person, name=person, version=self.versions[person], identity=[None],
            licences=[LICENCE] if licence == GOOD else [],
            lost=[{"jurisdiction": "DE", "standing": "REVOKED"}] if licence == LOST else [],
        )  # fmt: skip
        self.graph.write(
            lambda tx: groups.watching_memberships(
                GroupWriter(tx), NotificationWriter(tx), [person], lambda: PeopleWriter(tx).project([snapshot]), now=NOW
            )
        )

    def act(self, name: str, **given: Any) -> Any:
        """What an act on the group answers, or the error that it raises."""
        needs_notifications = name not in {"leave_group", "unban_from_group", "update_group"}
        try:
            return self.graph.write(
                lambda tx: getattr(groups, name)(
                    GroupWriter(tx), *([NotificationWriter(tx)] if needs_notifications else []), group_id=self.group,
                    now=NOW, **given,
                )
            )  # fmt: skip
        except DomainError as error:
            return error

    def state(self, person: str) -> str | None:
        """The state that the model expects."""
        if person in self.banned:
            return "BANNED"
        if person in self.members:
            return {GOOD: "ACTIVE", LAPSED: "READ_ONLY", LOST: "SUSPENDED"}[self.licence[person]]
        return "INVITED" if person in self.invited else None

    def moderates(self, person: str) -> bool:
        """Whether the model lets a person moderate."""
        return self.state(person) == "ACTIVE" and self.members[person] in {"MODERATOR", "OWNER"}

    @rule(who=PEOPLE)
    def join(self, who: int) -> None:
        person = self.people[who]
        answer = self.act("join_group", me=person, message=None)
        state = self.state(person)
        if state == "BANNED":
            assert isinstance(answer, Forbidden)
        elif state not in {None, "INVITED"}:
            assert answer["state"] == state
        elif self.licence[person] != GOOD:
            assert isinstance(answer, PolicyNotMet)
        elif len(self.members) >= LIMIT:
            assert isinstance(answer, LimitReached)
        else:
            assert answer["state"] == "ACTIVE"
            self.members[person] = "MEMBER"
            self.invited.discard(person)

    @rule(who=PEOPLE)
    def leave(self, who: int) -> None:
        person = self.people[who]
        answer = self.act("leave_group", me=person)
        last = self.members.get(person) == "OWNER" and list(self.members.values()).count("OWNER") == 1
        if last and len(self.members) > 1:
            assert isinstance(answer, Conflict)
        else:
            assert not isinstance(answer, DomainError)
            self.members.pop(person, None)
            self.invited.discard(person)
            if not self.members:
                self.begin()

    @rule(by=MOSTLY_OWNER, who=PEOPLE)
    def ban(self, by: int, who: int) -> None:
        me, person = self.people[by], self.people[who]
        answer = self.act("ban_from_group", person=person, reason="Because of it", me=me)
        role = self.members.get(person)
        if (
            me == person
            or not self.moderates(me)
            or role == "OWNER"
            or (role == "MODERATOR" and self.members[me] != "OWNER")
        ):
            assert isinstance(answer, Forbidden)
        else:
            assert answer["state"] == "BANNED"
            self.banned.add(person)
            self.members.pop(person, None)
            self.invited.discard(person)

    @rule(by=MOSTLY_OWNER, who=PEOPLE)
    def unban(self, by: int, who: int) -> None:
        me, person = self.people[by], self.people[who]
        answer = self.act("unban_from_group", person=person, me=me)
        if self.moderates(me):
            assert not isinstance(answer, DomainError)
            self.banned.discard(person)
        else:
            assert isinstance(answer, Forbidden)

    @rule(by=MOSTLY_OWNER, who=PEOPLE)
    def invite(self, by: int, who: int) -> None:
        me, person = self.people[by], self.people[who]
        answer = self.act("invite_to_group", person=person, me=me)
        if not self.moderates(me):
            assert isinstance(answer, Forbidden)
        elif {(me, person), (person, me)} & self.blocks:
            assert isinstance(answer, NotFound)
        elif person in self.banned:
            assert isinstance(answer, Conflict)
        else:
            if person not in self.members:
                self.invited.add(person)
            assert answer["state"] == self.state(person)

    @rule(by=MOSTLY_OWNER, who=PEOPLE, role=st.sampled_from(["MEMBER", "MODERATOR", "OWNER"]))
    def give_role(self, by: int, who: int, role: str) -> None:
        me, person = self.people[by], self.people[who]
        answer = self.act("set_group_role", person=person, role=role, me=me)
        owners = list(self.members.values()).count("OWNER")
        if self.state(me) != "ACTIVE" or self.members[me] != "OWNER":
            assert isinstance(answer, Forbidden)
        elif person not in self.members:
            assert isinstance(answer, NotFound)
        elif self.members[person] == role:
            assert answer["role"] == role
        elif (self.members[person] == "OWNER" and owners == 1) or (role != "MEMBER" and self.state(person) != "ACTIVE"):
            assert isinstance(answer, Conflict)
        else:
            assert answer["role"] == role
            self.members[person] = role

    @rule(who=PEOPLE)
    def post(self, who: int) -> None:
        person = self.people[who]
        given = {
            "group": self.group, "kind": "DISCUSSION", "title": "t", "body": "b", "language": "en", "topics": None,
            "sources": None, "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
        }  # fmt: skip
        author = Author(person, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
        try:
            answer: Any = self.graph.write(
                lambda tx: authoring.create_discussion(Writing.of(tx, CIPHER), author=author, given=given, now=NOW)
            )
        except DomainError as error:
            answer = error
        expected = {"ACTIVE": dict, "READ_ONLY": PolicyNotMet}.get(str(self.state(person)), Forbidden)
        assert isinstance(answer, expected)
        if isinstance(answer, dict):
            self.written[answer["id"]] = person

    @rule(who=PEOPLE, body=st.sampled_from(["a", "b"]))
    def answer(self, who: int, body: str) -> None:
        if not self.written:
            return
        with contextlib.suppress(DomainError):
            self.graph.write(
                lambda tx: authoring.add_post(
                    Writing.of(tx, CIPHER), author=self.people[who], discussion_id=min(self.written), in_reply_to=None,
                    body=body, language="en", sources=None, now=NOW,
                )
            )  # fmt: skip

    @rule(who=PEOPLE, title=st.sampled_from(["one", "two", None]))
    def edit_or_delete(self, who: int, title: str | None) -> None:
        if title is None:
            act, given = authoring.delete_content, {}
        else:
            act, given = authoring.edit_content, {"given": {"title": title}, "expected_version": None}
        for own in list(self.written)[:1]:
            with contextlib.suppress(DomainError):
                self.graph.write(
                    lambda tx, own=own: act(
                        Writing.of(tx, CIPHER),
                        content_id=own,
                        label="Discussion",
                        me=self.people[who],
                        now=NOW,
                        **given,
                    )
                )
                if title is None:
                    del self.written[own]

    @rule(who=MOSTLY_OWNER, name=st.sampled_from(["Machine", "Automaton"]))
    def rename(self, who: int, name: str) -> None:
        self.act("update_group", me=self.people[who], given={"name": name}, expected_version=None)

    @rule(who=PEOPLE, licence=st.sampled_from([GOOD, LAPSED, LOST]))
    def credentials_change(self, who: int, licence: str) -> None:
        self.project(self.people[who], licence)

    @rule(by=MOSTLY_OWNER, who=PEOPLE, there=st.booleans())
    def block(self, by: int, who: int, there: bool) -> None:
        me, person = self.people[by], self.people[who]
        if me == person:
            return
        if (person, me) in self.blocks and (me, person) not in self.blocks and there:
            return  # who has blocked one is not there to be blocked
        act = connections.block if there else connections.unblock
        self.graph.write(lambda tx: act(ConnectionWriter(tx), me=me, other=person, now=NOW))
        (self.blocks.add if there else self.blocks.discard)((me, person))

    @invariant()
    def the_group_is_as_the_model_says(self) -> None:
        if not hasattr(self, "group"):
            return
        for person in self.people:
            group = GroupReader(self.graph).get([self.group], viewer=person, now=NOW)[self.group]
            assert group.state == self.state(person)
            assert group.member_count == len(self.members) <= LIMIT
            assert not (person in self.members and person in self.banned)
        assert "OWNER" in self.members.values()

    @invariant()
    def what_is_kept_is_what_is_stored(self) -> None:
        """The group with its newest discussions, and how everybody stands to it, follow the feed."""
        if not hasattr(self, "group"):
            return
        pages, stored = self.index.view(self.graph).groups, GroupPages()
        assert pages.read(self.graph, [self.group], 3) == stored.read(self.graph, [self.group], 3)
        for person in self.people:
            cached = pages.memberships(self.graph, person, snapshot=True)
            assert cached == stored.memberships(self.graph, person, snapshot=True)

    @invariant()
    def only_members_who_may_read_do(self) -> None:
        if not hasattr(self, "group") or not self.written:
            return
        for person in self.people:
            found = presenting.read_discussions(
                DiscussionReader(self.graph), GroupReader(self.graph), list(self.written),
                viewer=Viewer(person, CIPHER, lambda: "RIGHT_TO_PRACTISE"), now=NOW,
            )  # fmt: skip
            may = self.state(person) in {"ACTIVE", "READ_ONLY"}
            assert set(found) == (set(self.written) if may else set())
            for own, author in self.written.items() if may else ():
                blocked = bool({(person, author), (author, person)} & self.blocks)
                assert (found[own]["body"] is None) == blocked
                assert (found[own]["author"] is None) == blocked


@pytest.mark.filterwarnings("ignore")
def test_whatever_happens_the_rules_of_a_group_hold(driver: neo4j.Driver, graph: Graph) -> None:
    """Joining, leaving, bans, invitations, roles, posts, credentials that come and go, blocks."""
    GroupMachine.index = PeopleIndex(driver)
    GroupMachine.graph = Graph(driver, lambda: 30, wrote=GroupMachine.index.wrote)
    GroupMachine.index.view(GroupMachine.graph, wait=30)
    run_state_machine_as_test(
        GroupMachine,
        settings=settings(
            max_examples=25, stateful_step_count=25, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
