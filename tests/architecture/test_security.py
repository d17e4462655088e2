"""SECURITY.md promises what is tested, with the figures that are enforced."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import endpoint, limits, passthrough, settings, unread
from gateway.streams import server as streams
from graph.discussions.domain import MAX_BODY_LENGTH
from kit import worker
from profiles.audit import store as audit
from profiles.deadletters.domain import MAX_ATTEMPTS, MAX_MAIL_ATTEMPTS
from tests.gateway.unit.test_graphql_cop import CHECKS

TESTS = Path(__file__).parents[1]
TEXT = re.sub(r"\s+", " ", (TESTS.parent / "SECURITY.md").read_text(encoding="utf-8"))
NAMED = sorted(set(re.findall(r"`((?:…|[a-z0-9_]+)/[a-z0-9_/]*(?:test_[a-z0-9_]+\.py|\w+\.toml))`", TEXT)))
# Importing it would make folders and set variables.
LISTEN = (TESTS.parent / "services" / "kit" / "kit" / "listen.py").read_text(encoding="utf-8")
FIELDS, CONNECTIONS = (
    int(re.findall(rf"^{name} = (\d+)", LISTEN, flags=re.M)[0])
    for name in ("limit_request_fields", "worker_connections")
)
FIGURES = (
    f"{worker.HEADER_SECONDS:.0f} s, {worker.MAX_HEAD // 1024} kB, {FIELDS} fields; "
    f"{worker.HEADER_SECONDS_CROWDED:.0f} s while half",
    f"{limits.MAX_BODY_BYTES // 1000} kB for an operation; {worker.FLOW_SECONDS:.0f} s and {worker.MIN_RATE:,} bytes a second",
    f"{settings.ADDRESS_CONNECTIONS} an address, {CONNECTIONS:,} a worker; more of an address are refused after "
    f"{worker.LATER_SECONDS:.0f} s, and after an answer that says to come later the connection is read again after "
    f"{worker.LATER_SECONDS / 2} to {worker.LATER_SECONDS * 1.5} s",
    f"{limits.MAX_SOURCE_CHARACTERS:,} characters, {limits.MAX_TOKENS:,} tokens, {limits.MAX_DEPTH} levels, "
    f"{limits.MAX_ALIASES} aliases, {limits.MAX_ROOT_FIELDS} root fields, {limits.MAX_DIRECTIVES} directives, "
    f"{limits.MAX_PAIRS:,} pairs",
    f"{settings.PERSON_POINTS:,} a person, {settings.ADDRESS_POINTS:,} an address",
    f"{endpoint.TURNS_OF_ADDRESS} of an address at a time",
    f"cost of {endpoint.MAX_COST_OF_PERSON:,} a person, {endpoint.MAX_COST_OF_ADDRESS:,} an address, each counting as "
    f"{endpoint.MIN_COST:,} at least",
    f"{settings.PERSON_CHANGES} a person, {settings.ADDRESS_CHANGES:,} an address",
    f"{streams.MAX_STREAMS_OF_PERSON} a person, {streams.MAX_STREAMS_OF_ADDRESS} an address, {streams.MAX_STREAMS} a process; "
    "none for an account without a confirmed address",
    f"{limits.MAX_ANSWER_BYTES // 1_000_000} MB of a query; {unread.MAX_UNREAD_BYTES_OF_ADDRESS // 1_000_000} MB of large ones "
    f"that an address has not read yet, {unread.MAX_UNREAD_BYTES // 1_000_000} MB of all",
    f"{endpoint.SCHEMA_POINTS:,} points, one at a time",
    f"{passthrough.MAX_EVIDENCE_BYTES // 1_000_000} MB; {passthrough.MAX_FILES} at once, "
    f"{passthrough.MAX_FILES_OF_ADDRESS} an address",
    f"{MAX_BODY_LENGTH:,} characters; the privacy guard",
    f"{audit.MAX_REFUSALS} an hour for a person and act, {audit.MAX_REFUSALS_WITH_ROLE} with a role",
    f"{MAX_ATTEMPTS} attempts (messages {MAX_MAIL_ATTEMPTS})",
)


def test_there_are_tests_for_what_is_promised() -> None:
    """So that the pattern below does not find nothing."""
    assert len(NAMED) > 25


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_is_there(name: str) -> None:
    """At its path, or once by its name where the path is left out."""
    if name.startswith("…/"):
        assert len(list(TESTS.rglob(name.removeprefix("…/")))) == 1
    else:
        assert (TESTS / name).is_file()


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_the_enforced_one(figure: str) -> None:
    """Word by word."""
    assert figure in TEXT


def test_the_checks_of_graphql_cop_are_named() -> None:
    """Each that a test holds, in the short form."""
    for name in CHECKS:
        short = name.replace(" is allowed over GET (possible CSRF)", " over GET").replace(" Detection", "")
        assert short.replace("POST based url-encoded query (possible CSRF)", "POST url-encoded") in TEXT, name
