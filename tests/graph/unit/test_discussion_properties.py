"""A property of a discussion or post may do only what it declares; the lists of properties that remain agree with that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.db import named_queries
from graph.discussions import properties
from graph.discussions.domain import DELETED, HELD, HIDDEN, PUBLISHED
from graph.discussions.kinds import DETAILS, KINDS
from graph.discussions.properties import UndeclaredProperty
from graph.discussions.store import loaded_discussion, stored
from graph.discussions.usecases.access import Access, Viewer
from graph.discussions.usecases.holding import hold_if_doubtful
from graph.discussions.usecases.presenting import shown_discussion, shown_post
from graph.groups.pages import Page
from graph.reading import OF_DISCUSSIONS
from graph.rights.holdings import ARCHIVE, HOLDINGS
from kit.cipher import FieldCipher
from kit.holdings import Erasure
from kit.privacy import Identifier

CIPHER: Any = FieldCipher(((1, b"k" * 32),), b"")
AUTHOR, READER = (Viewer(person, CIPHER, lambda: "NONE") for person in ("value of author_id", "somebody else"))
MODERATOR = Access(member=True, moderates=True, writes=True)
# Which properties say nothing by themselves: the state is shown as a word, and the rest is checked beside it.
SILENT = {"state", "kind", "held", "id"}
SUBJECTS = [*(("Discussion", name) for name in KINDS), ("Post", "")]


def row_of(subject: tuple[str, str], state: str, **given: Any) -> dict[str, Any]:
    """A content as it is read, in which every property has a value that names it, and one that nobody declared."""
    label, kind = subject
    names = properties.READ_OF_DISCUSSIONS if label == "Discussion" else properties.READ_OF_POSTS
    values = {name: f"value of {name}" for name in (*names, "undeclared")}
    return values | {"state": state, "kind": kind, "held": None, "blocked": False} | given


def shown(row: dict[str, Any], viewer: Viewer) -> str:
    """What a viewer is answered, as text."""
    if "discussion_id" in row:
        return repr(shown_post(row, {"state": PUBLISHED, "viewer_can": ["REPLY", "MODERATE"]}, viewer))
    return repr(shown_discussion(row, MODERATOR, viewer))


def told(answer: str) -> set[str]:
    """The properties whose values stand in an answer."""
    return set(re.findall(r"value of (\w+)", answer))


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject[1] or subject[0])
@pytest.mark.parametrize("viewer", [AUTHOR, READER], ids=["author", "reader"])
def test_all_that_is_read_is_shown_while_it_is_published(subject: tuple[str, str], viewer: Viewer) -> None:
    """So that the tests below could fail; details are shown of the content's own kind only, and nothing undeclared."""
    label, name = subject
    of_others = {
        one.name for details in DETAILS if label == "Post" or details is not KINDS[name].details
        for one in details.properties
    }  # fmt: skip
    read = set(properties.READ_OF_DISCUSSIONS if label == "Discussion" else properties.READ_OF_POSTS)
    assert told(shown(row_of(subject, PUBLISHED), viewer)) - SILENT == read - of_others - SILENT


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject[1] or subject[0])
def test_what_does_not_survive_is_not_shown_of_a_hidden_content(subject: tuple[str, str]) -> None:
    """To others than its author; and what somebody wrote between whom and the reader there is a block names nobody."""
    survivors = properties.SURVIVING[HIDDEN]
    assert told(shown(row_of(subject, HIDDEN), READER)) <= survivors
    assert told(shown(row_of(subject, PUBLISHED, blocked=True), READER)) <= survivors - {"author_id"}
    assert "'HIDDEN'" in shown(row_of(subject, PUBLISHED, blocked=True), READER)
    assert "value of body" in shown(row_of(subject, HIDDEN), AUTHOR)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject[1] or subject[0])
@pytest.mark.parametrize("viewer", [AUTHOR, READER], ids=["author", "reader"])
def test_what_does_not_survive_is_not_shown_of_a_deleted_content(subject: tuple[str, str], viewer: Viewer) -> None:
    """Also where an earlier version has left it in the stub."""
    answer = shown(row_of(subject, DELETED), viewer)
    assert "'DELETED'" in answer
    assert told(answer) <= properties.SURVIVING[DELETED]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject[1] or subject[0])
def test_what_does_not_survive_is_encrypted_while_it_is_held(subject: tuple[str, str]) -> None:
    """What stays in clear is declared; the author reads the rest, and nobody else that there is anything."""
    content = row_of(subject, PUBLISHED)
    del content["undeclared"], content["blocked"]
    assert hold_if_doubtful([Identifier("body", "X", 0, 1)], content, CIPHER, datetime(2026, 11, 21, tzinfo=UTC))
    in_clear = {name for name, value in content.items() if value is not None}
    assert in_clear <= properties.SURVIVING[HELD]
    assert told(repr(content)) <= properties.SURVIVING[HELD]
    assert shown(content, READER) == "None"
    lost = {"mentions"}  # found again when it is published
    published = told(shown(row_of(subject, PUBLISHED), AUTHOR))
    assert told(shown(content, AUTHOR)) == published - lost


def test_a_discussion_of_a_kind_that_only_a_later_version_knows_is_shown_to_nobody() -> None:
    """It may be for some readers only, and a cached page must not pass it on either."""
    row = row_of(("Discussion", "QUESTION"), PUBLISHED, kind="FROM_A_LATER_VERSION")
    assert shown_discussion(row, MODERATOR, AUTHOR) is None
    page = Page({}, None, [row_of(("Discussion", "QUESTION"), PUBLISHED), row], True, None)
    assert page.alike(1) == frozenset({"value of author_id"})
    assert page.alike(2) is None


def test_a_property_that_is_not_declared_is_not_stored() -> None:
    """A kind that forgets one fails at its first discussion, in every test and for everybody."""
    assert stored({"title": "One", "poll": [{"id": "1"}]}) == {"title": "One", "poll": '[{"id":"1"}]'}
    with pytest.raises(UndeclaredProperty, match="surprise"):
        stored({"title": "One", "surprise": "Undeclared"})


def test_a_query_that_reads_other_properties_than_asked_fails() -> None:
    """And does not give one property the value of another."""
    values = [f'"value of {name}"' for name in properties.READ_OF_DISCUSSIONS]
    assert loaded_discussion(values)["poll"] == "value of poll"
    with pytest.raises(ValueError, match="shorter"):
        loaded_discussion(values[:-1])


def test_a_text_survives_nothing() -> None:
    """What people write is encrypted, hidden and erased, and so is what is made from it."""
    for one in properties.ALL.values():
        assert not one.survives or not (one.text or one.derived), one.name
        assert not (one.technical and one.because), one.name


def test_each_property_is_declared_once() -> None:
    """Two declarations of a name would be two answers to who may see it."""
    names = [one.name for one in (*properties.BOTH, *properties.OF_DISCUSSIONS, *properties.OF_POSTS)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("label", "file"), [("Discussion", "discussions"), ("Post", "posts")])
def test_the_holdings_are_the_declared_properties(label: str, file: str) -> None:
    """The archive has all that is no bookkeeping, and an erasure leaves the stub."""
    declared = {one.name: one for one in (properties.DISCUSSION if label == "Discussion" else properties.POST)}
    holdings = {name: one for one in HOLDINGS if one.place == label for name in one.fields}
    assert {name for name in holdings if name in declared} == declared.keys()
    assert ARCHIVE[file] >= {name for name, one in declared.items() if not (one.technical or one.because)}
    assert not ARCHIVE[file] & {name for name, one in declared.items() if one.technical or one.because}
    kept = {name for name, one in holdings.items() if one.erasure is not Erasure.DELETED}
    assert kept == set(properties.STUB) & declared.keys()


def bound(text: str) -> Iterator[str]:
    """The names that a query gives to discussions and posts."""
    labels: dict[str, set[str]] = {}
    for variable, label in re.findall(r"\((\w+):(\w+)", text):
        labels.setdefault(variable, set()).add(label)
    yield from (variable for variable, found in labels.items() if found <= {"Discussion", "Post"})
    yield from ("c", "text") if re.search(r"coalesce\(d, p|:WROTE\]->\(text\)|:NAMES\]-\(c\)", text) else ()


@pytest.mark.parametrize("name", sorted(named_queries()))
def test_no_query_has_a_list_of_properties_of_its_own(name: str) -> None:
    """Queries get the lists as parameters; they take all properties where Python chooses, and name only declared ones."""
    text = re.sub(r"//.*", "", named_queries()[name])
    for variable in set(bound(text)):
        projected = re.findall(rf"\b{variable} \{{\s*\.(\w+)", text)
        assert projected == [], f"{variable} {{.{projected}…}}: read [name IN $properties | {variable}[name]]"
        named = set(re.findall(rf"\b{variable}\.(\w+)", text))
        helpers = {"answers"}  # comes with an imported post, and is taken away
        assert named <= properties.ALL.keys() | helpers, name


def test_a_list_in_a_query_would_be_found() -> None:
    """The check itself works."""
    assert list(bound("MATCH (d:Discussion)<-[:ON]-(p:Post) RETURN d {.id, .title}")) == ["d", "p"]
    assert "c" in set(bound("WITH coalesce(d, p) AS c"))


def test_every_answered_part_can_be_left_out_or_is_always_there() -> None:
    """`kit.requested_fields` and the kinds name what an operation may leave out of a discussion."""
    answer = shown_discussion(row_of(("Discussion", "CASE"), PUBLISHED), MODERATOR, AUTHOR)
    assert answer is not None
    assert answer.keys() - OF_DISCUSSIONS == {"id", "kind", "state", "group", "created_at"}
    assert answer.keys() >= OF_DISCUSSIONS
