"""No text gets past the privacy guard but those that a table lists with the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, is_required_input_field

from gateway.discussions.kinds import KINDS
from gateway.fields import camel
from gateway.ids import encode
from gateway.schema import schema
from tests.e2e.test_verification import submit
from tests.support.network import answer, codes, discuss, group, join, me, newcomer
from tests.support.operations import ABSENT
from tests.support.samples import sample
from tests.support.stack import Stack

TABLE = tomllib.loads((Path(__file__).parent / "free_texts.toml").read_text(encoding="utf-8"))
SENTENCE = "The patient with MRN 1234567 got better."
PLACE = (SENTENCE.index("1234567"), SENTENCE.index("1234567") + 7)


def _inner(kind: Any) -> Any:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind


def _many(kind: Any) -> bool:
    while isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    return isinstance(kind, GraphQLList)


def texts(kind: GraphQLInputObjectType, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of an input's texts."""
    for name, field in kind.fields.items():
        inner = _inner(field.type)
        if isinstance(inner, GraphQLInputObjectType):
            yield from texts(inner, (*path, name))
        elif inner.name == "String" and name != "clientMutationId":
            yield (*path, name)


def input_of(mutation: str) -> GraphQLInputObjectType:
    """A mutation's input."""
    return _inner(schema().mutation_type.fields[mutation].args["input"].type)  # type: ignore[union-attr,no-any-return]


MUTATIONS = list(schema().mutation_type.fields)  # type: ignore[union-attr]
ALL = [(name, ".".join(path)) for name in MUTATIONS for path in texts(input_of(name))]


def listed(mutation: str, field: str) -> bool:
    """Whether the table lists a text."""
    return mutation in TABLE["whole"] or field in TABLE["fields"] or f"{mutation}.{field}" in TABLE["fields"]


GUARDED = [(mutation, field) for mutation, field in ALL if not listed(mutation, field)]


def test_the_table_lists_nothing_that_is_not_there() -> None:
    """A field that went away goes away here too."""
    assert TABLE["whole"].keys() <= {name for name, _ in ALL}
    names = {field for _, field in ALL} | {f"{name}.{field}" for name, field in ALL}
    assert TABLE["fields"].keys() <= names


@pytest.fixture(scope="module")
def given(stack: Stack) -> dict[str, Any]:
    """Things to write about: people, a group with a discussion and a post, a flag, a decision, a credential."""
    maria, jonas, mod = stack.sign_in("maria"), stack.sign_in("jonas"), stack.sign_in("mod")
    place = group(stack, maria)
    join(stack, jonas, place)
    discussion = discuss(stack, maria, place)["id"]
    post = answer(stack, jonas, discussion)["id"]
    flag = stack.change("flag", "flag { id }", maria, subject=post, reason="OTHER")["flag"]["id"]
    decided = stack.change(
        "decideFlag", "decision { id }", mod, id=flag, action="NONE", facts="Nothing is wrong with it.", clause="None"
    )["decision"]["id"]
    second = stack.change("flag", "flag { id }", maria, subject=post, reason="SPAM")["flag"]["id"]
    someone, _ = newcomer(stack)
    return {
        "group": place, "discussion": discussion, "post": post, "flag": second, "decision": decided,
        "credential": submit(stack, someone)["id"], "owner": someone, "jonas": me(stack, jonas),
        "account": me(stack, someone),
    }  # fmt: skip


def _identified(mutation: str, things: dict[str, Any]) -> dict[str, Any]:
    """The ids that a mutation's input needs."""
    subject = {"addTranslation": "discussion"}.get(mutation, "post")
    by_name = {
        "group": things["group"], "discussion": things["discussion"], "subject": things[subject],
        "professional": things["jonas"], "to": things["jonas"], "decision": things["decision"],
        "account": things["account"], "credential": things["credential"],
    }  # fmt: skip
    own = {
        "editDiscussion": things["discussion"], "editPost": things["post"], "updateGroup": things["group"],
        "decideFlag": things["flag"], "respondToIntroduction": encode("Introduction", ABSENT),
        "decideHiding": encode("HidingRequest", ABSENT),
    }.get(mutation, things["credential"])  # fmt: skip
    fields = input_of(mutation).fields
    found = {n: value for n, value in by_name.items() if n in fields and _inner(fields[n].type).name == "ID"}
    return found | ({"id": own} if "id" in fields else {})


SAMPLES = {
    "language": "fr", "title": "Title", "body": "Body of some length", "name": "A name", "purpose": "A purpose",
    "question": "Why?", "ageBand": "60-69", "consentScope": "NOT_NEEDED", "reason": "OTHER", "action": "NONE",
    "facts": "Facts of some length", "clause": "A clause", "decision": "VALIDATE", "statement": "Statement of length",
    "sources": [{"pmid": "12345678"}], "regions": ["DE"], "expiresAt": "2027-01-01T00:00:00Z", "message": "Hello",
    "startsAt": "2027-01-01T00:00:00Z", "contact": "x@hospital.example", "effectiveOn": None, "system": "OTHER", "value": "x", "forward": True, "uphold": True,
}  # fmt: skip
KINDS_BY_DETAILS = {camel(kind.details.name): kind.name for kind in KINDS if kind.details}
WRITERS = {
    "decideFlag": "mod", "decideCredential": "vera", "suspendCredential": "vera", "revokeCredential": "vera",
    "addCaseNote": "vera", "decideHiding": "vera", "restoreDirectoryProfile": "vera",
}  # fmt: skip


def _required(kind: GraphQLInputObjectType, given: dict[str, Any]) -> dict[str, Any]:
    return given | {
        name: SAMPLES[name] if name in SAMPLES else sample(f.type, "Text of some length", only_required=True)
        for name, f in kind.fields.items()
        if is_required_input_field(f) and name not in given
    }


@pytest.mark.parametrize(("mutation", "field"), GUARDED)
def test_a_text_that_identifies_a_patient_is_refused(
    stack: Stack, given: dict[str, Any], mutation: str, field: str
) -> None:
    """With kind and place, and nothing of it comes back."""
    first, *rest = field.split(".")
    kind = input_of(mutation)
    value: Any = (
        [SENTENCE]
        if _many((kind.fields[first] if not rest else _inner(kind.fields[first].type).fields[rest[0]]).type)
        else SENTENCE
    )
    arguments = _identified(mutation, given)
    if rest:
        inside = _required(_inner(kind.fields[first].type), {rest[0]: value})
        if first == "institutions":
            inside["name"] = "Charité"
        if first == "sources":
            inside["pmid"] = "12345678"
        if first == "otherAuthority":
            arguments["authority"] = encode("Authority", "other")
        arguments[first] = [inside] if _many(kind.fields[first].type) else inside
    else:
        arguments[first] = value
    if mutation == "createDiscussion":
        arguments["kind"] = KINDS_BY_DETAILS.get(first, "DISCUSSION")
    if first == "pollOptions":
        arguments[first] = [SENTENCE, "Another"]
    owner = {"updateCredential", "appealCredential"}
    who = (
        "jonas"
        if mutation == "editPost"
        else "admin"
        if mutation in {"suspendAccount", "decideSuspensionAppeal"}
        else WRITERS.get(mutation, "maria")
    )
    token = given["owner"] if mutation in owner else stack.sign_in(who)
    arguments = _required(kind, arguments)
    payload_type = schema().type_map[f"{mutation[0].upper()}{mutation[1:]}Payload"]
    shape = (
        "patientIdentifiers { field identifierKind start end }"
        if "patientIdentifiers" in payload_type.fields
        else "__typename"
    )  # type: ignore[attr-defined]
    payload = stack.change(mutation, shape, token, **arguments)
    assert codes(payload) == ["PATIENT_IDENTIFIER"], payload
    assert "1234567" not in str(payload)
    assert "MEDICAL_RECORD_NUMBER" in payload["userErrors"][0]["message"]
    if payload.get("patientIdentifiers"):
        (found,) = payload["patientIdentifiers"]
        assert (found["identifierKind"], found["start"], found["end"]) == ("MEDICAL_RECORD_NUMBER", *PLACE)


def test_there_are_texts_to_try() -> None:
    """So that an empty table would be noticed."""
    assert len(GUARDED) > 40
