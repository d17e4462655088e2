"""`validate: true`: what a mutation would answer, and nothing that it would do."""

from __future__ import annotations

import time
from typing import Any

import neo4j
import pytest
import sqlalchemy as sa
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from gateway.schema import schema
from tests.support.engines import Engines
from tests.support.matrix import Matrix
from tests.support.stack import PASSWORD, TRIES, Stack

# They cannot be checked without being done.
REFUSED = {"signIn", "refreshSession", "signOut"}
QUIET_SECONDS, ROUNDS = 20, 3
# Mutations that no scenario of the matrix makes.
NOT_MADE = {
    "requestSecondFactorReset", "approveSecondFactorReset", "confirmEmailChange", "refuseEmailChange", "retryDeadLetter",
    "claimProfile", "hideDirectoryProfile", "refuseSecondFactorReset", "disableTotp", "newRecoveryCodes", "startTotp",
    "confirmTotp", "exportMyData", "flag", "proposeNote", "requestEvidenceUpload", "resendConfirmation", "resetPassword",
    "changePassword", "requestPasswordReset",
}  # fmt: skip
# What processes say of themselves as time passes, and when something was last seen.
BOOKKEEPING = {"session", "personal_access_token", "key_holder", "worker_heartbeat"}


class Watch:
    """What is stored in both engines.

    Args:
        engine: the running system's PostgreSQL, as its owner.
        driver: its Neo4j.
    """

    def __init__(self, engine: sa.Engine, driver: neo4j.Driver) -> None:
        self.engine, self.driver = engine, driver
        with engine.connect() as connection:
            names = sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1")
            self.tables = [str(name) for name in connection.execute(names).scalars() if name not in BOOKKEEPING]

    def stored(self) -> dict[str, Any]:
        """A digest of each table, and the counts and properties of the graph."""
        with self.engine.connect() as connection:
            found = {
                table: connection.execute(
                    sa.text(
                        f'SELECT count(*), md5(string_agg(one::text, chr(10) ORDER BY one::text)) FROM "{table}" one'
                    )
                ).one()
                for table in self.tables
            }
        with self.driver.session() as session:
            nodes = session.run(
                "MATCH (n) WHERE NOT n:Host RETURN labels(n)[0] AS label, count(n) AS count, "
                "sum(size([x IN keys(n) | x])) AS properties ORDER BY label"
            ).data()
            edges = session.run("MATCH ()-[r]->() RETURN type(r) AS type, count(r) AS count ORDER BY type").data()
            feed = session.run("MATCH (e:FeedEntry) RETURN max(e.position) AS position").data()
        return {**{name: tuple(row) for name, row in found.items()}, "nodes": nodes, "edges": edges, "feed": feed}

    def quiet(self) -> dict[str, Any]:
        """What is stored when the worker has done what waited for it."""
        deadline, before = time.monotonic() + QUIET_SECONDS, self.stored()
        while time.monotonic() < deadline:
            time.sleep(0.1)
            now = self.stored()
            if now == before:
                return now
            before = now
        raise AssertionError("the system does not come to rest")


class Validating(Stack):
    """The system, each of whose mutations is checked before it is made."""

    watch: Watch
    checked: dict[str, list[str]]

    def change(self, name: str, shape: str, token: str | None, /, **given: Any) -> Any:
        """Check, look at what is stored, then make the change and compare its errors."""
        plain = {key: value for key, value in given.items() if key not in {"tries", "idempotency_key"}}
        if name in REFUSED or name in self.checked:
            return super().change(name, shape, token, **given)
        differing: dict[str, Any] = {}
        for _ in range(
            ROUNDS
        ):  # what the worker does by the clock may fall between; a check that changes something always does
            before = self.watch.quiet()
            checked = super().change(name, "__typename", token, validate=True, tries=TRIES, **plain)
            after = self.watch.stored()
            differing = {key: (before[key], value) for key, value in after.items() if before[key] != value}
            if not differing:
                break
        assert differing == {}, name
        self.checked[name] = [error["code"] for error in checked["userErrors"]]
        made = super().change(name, shape, token, **given)
        if self.checked[name] != [error["code"] for error in made["userErrors"]]:
            assert (name, checked, made) == (name, made, made)
        return made


@pytest.fixture(scope="module")
def watch(engines: Engines, driver: neo4j.Driver) -> Watch:
    """The engines of the running system."""
    return Watch(sa.create_engine(engines.database_url), driver)


def test_every_mutation_can_be_checked_and_then_changes_nothing(stack: Stack, watch: Watch) -> None:
    """Each that the matrix makes, with an input that is right: no errors, and not a row, node or mail more."""
    validating = Validating(stack.url, stack.home, stack.process, stack.environment)
    validating.watch, validating.checked = watch, {}
    matrix = Matrix(validating)
    matrix.run()
    mutations = schema().get_type("Mutation")
    assert isinstance(mutations, GraphQLObjectType)
    assert set(validating.checked) | REFUSED | NOT_MADE >= set(mutations.fields)


def test_each_input_says_whether_it_can_be_checked() -> None:
    """Every mutation has the field, and none is forgotten."""
    mutations = schema().get_type("Mutation")
    assert isinstance(mutations, GraphQLObjectType)
    refused = set()
    for name, field in mutations.fields.items():
        kind = get_named_type(field.args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        if "cannot be checked" in (kind.fields["validate"].description or ""):
            refused.add(name)
    assert refused == REFUSED


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_checked_says_so(stack: Stack, name: str) -> None:
    """And does nothing."""
    given = {"email": "maria@demo.example", "password": PASSWORD} if name == "signIn" else {"refreshToken": "x"}
    payload = stack.change(name, "__typename", None, validate=True, **given)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("INVALID", ["validate"])]


def test_a_password_is_not_tried(stack: Stack) -> None:
    """The answer to a right one and a wrong one is the same, so that checks help nobody to guess; the new one is looked at."""
    maria = stack.sign_in("maria")
    answers = [
        stack.change("changePassword", "__typename", maria, validate=True, current=current, password=password)[
            "userErrors"
        ]
        for current, password in (("wrong", "a good long passphrase"), ("wrong", "short"))
    ]
    assert [[error["field"] for error in errors] for errors in answers] == [[], [["password"]]]


def test_a_sign_up_is_checked_without_an_account(stack: Stack, watch: Watch) -> None:
    """No account, no session, no mail, no try counted; and faults are told as ever."""
    policies = [one["id"] for one in stack.data("{ instance { policies { id } } }")["instance"]["policies"]]
    given = {
        "email": "validated@hospital.example", "password": PASSWORD, "name": "Ada Checked", "regions": ["DE"],
        "acceptedPolicies": policies,
    }  # fmt: skip
    before = watch.quiet()
    payload = stack.change("signUp", "confirmationSent session { accessToken }", None, validate=True, **given)
    assert payload == {"confirmationSent": False, "session": None, "userErrors": []}
    wrong = stack.change("signUp", "confirmationSent", None, validate=True, **given | {"regions": ["XX"], "name": ""})
    assert sorted(error["field"] for error in wrong["userErrors"]) == [["name"], ["regions", "0"]]
    assert watch.stored() == before
