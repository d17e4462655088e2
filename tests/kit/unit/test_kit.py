"""The kit's small parts."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import marshmallow as ma
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from kit import cursors
from kit.clock import read_time
from kit.errors import Invalid, Unauthenticated, Unavailable
from kit.fields import Text, Time
from kit.services import Service
from kit.settings import Environment, SettingsError
from kit.skew import MAX_SKEW_SECONDS
from kit.texts import check_text, fold, slug
from kit.tokens import (
    AUDIENCE,
    PERSONAL_AUDIENCE,
    SUSPENDED_AUDIENCE,
    EndedTokens,
    KeySet,
    TokenVerifier,
    bearer,
    session_mark,
)
from profiles.accounts.signing import Signer

ISSUER = "http://127.0.0.1:8000"
OWN = "3c3ee0b7-4a4c-4f3f-9a41-2ad9c39f0d0c"


def a_pem() -> str:
    """A new private key."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def a_signer() -> Signer:
    """A signer with a new key."""
    return Signer(a_pem(), ISSUER)


def test_a_new_key_signs_and_the_old_one_is_understood_until_it_is_retired() -> None:
    """The key set publishes both; verifiers find the new one by its id."""
    old, new = a_pem(), a_pem()
    before, both = Signer(old, ISSUER), Signer(new + old, ISSUER)
    keys = {"of": before}
    verifier = TokenVerifier(KeySet(lambda: keys["of"].key_set()), issuer=ISSUER)
    token = before.access_token("ada", [])
    assert verifier.verify(token).subject == "ada"
    keys["of"] = both
    verifier._keys._fetched_at = float("-inf")
    assert verifier.verify(both.access_token("bob", [])).subject == "bob"
    assert verifier.verify(token).subject == "ada"
    assert both.access_token("bob", []) != before.access_token("bob", [])
    assert [key["kid"] for key in both.key_set()["keys"]][1] == before.key_set()["keys"][0]["kid"]
    keys["of"] = Signer(new, ISSUER)
    verifier._keys._fetched_at = float("-inf")
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


def test_a_token_ends_before_its_time_when_the_list_says_so() -> None:
    """All of a session's, or those that were issued before a moment; where the list cannot be read, the last one stands."""
    signer, ended = a_signer(), {"ended": [], "policies": "p"}

    def fetch() -> dict[str, object]:
        if ended["policies"] is None:
            raise Unavailable("away")
        return ended

    listed = EndedTokens(fetch, seconds=0)
    verifier = TokenVerifier(KeySet(signer.key_set), issuer=ISSUER, ended=listed)
    old, new = (signer.access_token("ada", [], issued_at=time.time() - age, sid="s") for age in (60, 0))
    assert verifier.verify(old).session == "s"
    ended["ended"] = [[session_mark("s"), time.time() - 30]]
    with pytest.raises(Unauthenticated):
        verifier.verify(old)
    assert verifier.verify(new).policies == ""
    ended["ended"] = [[session_mark("s"), None]]
    with pytest.raises(Unauthenticated):
        verifier.verify(new)
    assert listed.policies == "p"
    ended["policies"] = None
    with pytest.raises(Unauthenticated):
        verifier.verify(new)


def test_a_token_names_its_caller_and_roles() -> None:
    """Signed by profiles, checked anywhere."""
    signer = a_signer()
    verifier = TokenVerifier(KeySet(signer.key_set), issuer=ISSUER)
    caller = verifier.verify(signer.access_token("ada", ["MEMBER", "VERIFIER"]))
    assert (caller.subject, caller.roles, caller.is_service) == ("ada", {"MEMBER", "VERIFIER"}, False)
    assert verifier.verify(signer.service_token(Service.WORKER)).is_service


def _forged(signer: Signer, **changes: Any) -> str:
    token = signer.access_token("ada", [])
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    header |= {"typ": changes.pop("typ", header["typ"]), "kid": changes.pop("kid", header["kid"])}
    for name, value in changes.items():
        if value is None:
            del claims[name]
        else:
            claims[name] = value
    return jwt.encode(claims, signer._key, algorithm="EdDSA", headers=header)


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"},
        {"kid": "another"},
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"exp": int(time.time()) - MAX_SKEW_SECONDS - 5},
        {"iat": int(time.time()) + MAX_SKEW_SECONDS + 86_400},  # computed long before a long run comes to it
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"sub": None},
    ],
)
def test_a_token_that_lacks_anything_is_refused(changes: dict[str, Any]) -> None:
    """Wrong type, key, issuer, audience or time, or a missing claim."""
    signer = a_signer()
    with pytest.raises(Unauthenticated):
        TokenVerifier(KeySet(signer.key_set), issuer=ISSUER).verify(_forged(signer, **changes))


@pytest.mark.parametrize(
    ("claims", "suspended", "scopes"),
    [
        ({}, False, None),
        ({"scope": "WRITE"}, False, None),  # of a session, which may do everything anyway
        ({"aud": SUSPENDED_AUDIENCE}, True, None),
        ({"aud": SUSPENDED_AUDIENCE, "scope": "READ"}, True, None),
        ({"aud": PERSONAL_AUDIENCE, "scope": "READ WRITE"}, False, {"READ", "WRITE"}),
        ({"aud": PERSONAL_AUDIENCE}, False, set()),  # may do nothing
        ({"aud": [AUDIENCE, PERSONAL_AUDIENCE]}, True, None),  # nobody makes such a one
    ],
)
def test_the_audience_of_a_token_says_what_it_is_for(
    claims: dict[str, Any],
    suspended: bool,
    scopes: set[str] | None,  # noqa: FBT001
) -> None:
    """Whoever knows a release of one audience only refuses those of the others."""
    signer = a_signer()
    caller = TokenVerifier(KeySet(signer.key_set), issuer=ISSUER).verify(signer.access_token("ada", [], **claims))
    assert (caller.suspended, caller.scopes) == (suspended, scopes)


def test_a_token_of_another_key_and_plain_nonsense_are_refused() -> None:
    """Also the algorithm `none`, and one that is symmetric with the public key."""
    signer = a_signer()
    verifier = TokenVerifier(KeySet(signer.key_set), issuer=ISSUER)
    none = jwt.encode({"sub": "ada"}, None, algorithm="none")
    for token in (a_signer().access_token("ada", []), none, "", "a.b.c", "x" * 5000):
        with pytest.raises(Unauthenticated):
            verifier.verify(token)


def test_known_keys_are_used_while_their_issuer_is_away() -> None:
    """An outage of profiles does not sign everybody out."""
    signer, up, asked = a_signer(), [True], []

    def fetch() -> dict[str, Any]:
        asked.append(1)
        if not up[0]:
            raise Unavailable("away")
        return signer.key_set()

    keys = KeySet(fetch)
    verifier = TokenVerifier(keys, issuer=ISSUER)
    verifier.verify(signer.access_token("ada", []))
    up[0] = False
    keys._fetched_at = float("-inf")
    asked.clear()
    for _ in range(5):
        assert verifier.verify(signer.access_token("ada", [])).subject == "ada"
    assert len(asked) == 1  # only one request waits for who is away
    with pytest.raises(Unavailable):
        TokenVerifier(KeySet(fetch), issuer=ISSUER).verify(signer.access_token("ada", []))


def test_nobody_waits_while_keys_that_are_known_are_read_again() -> None:
    """Once they are five minutes old, one reading goes on beside the requests."""
    signer, asked, answer = a_signer(), threading.Event(), threading.Event()

    def fetch() -> dict[str, Any]:
        if keys._keys:
            asked.set()
            assert answer.wait(10)
        return signer.key_set()

    keys = KeySet(fetch)
    verifier = TokenVerifier(keys, issuer=ISSUER)
    verifier.verify(signer.access_token("ada", []))
    keys._fetched_at -= 301
    before = keys._fetched_at
    for _ in range(3):
        assert verifier.verify(signer.access_token("ada", [])).subject == "ada"
    assert asked.wait(10)
    assert keys._fetched_at == before
    answer.set()
    with keys._lock:
        assert keys._fetched_at > before


@pytest.mark.parametrize("header", ["Basic x", "Bearer", "Bearer   ", "token"])
def test_another_authorization_header_is_refused(header: str) -> None:
    """Only bearer tokens are read."""
    with pytest.raises(Unauthenticated):
        bearer(header)


@given(st.lists(st.one_of(st.text(), st.integers(-(2**53), 2**53)), max_size=4))
def test_a_cursor_comes_back_as_it_was(values: list[str | int]) -> None:
    """Whatever stands in it."""
    try:
        cursor = cursors.encode("mark", list(values))
    except TypeError:
        return  # lone surrogates are no text that is ever stored
    assert cursors.decode(cursor, "mark", [type(value) for value in values]) == values


@pytest.mark.parametrize("cursor", ["", "x", "!!!!", "W10", "WyJvdGhlciIsMV0", "bnVsbA", "🙂", "e30"])
def test_a_forged_or_foreign_cursor_is_refused(cursor: str) -> None:
    """With the field that is wrong."""
    with pytest.raises(Invalid) as caught:
        cursors.decode(cursor, "mark", [int])
    assert caught.value.field == ["after"]


def _rewritten(cursor: str, change: Callable[[bytes], bytes]) -> str:
    """A cursor whose content somebody changed, in its own coding."""
    content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return base64.urlsafe_b64encode(change(content)).decode().rstrip("=")


@pytest.mark.parametrize("value", ["not-a-uuid", "9999-12-31T23:59:59-14:00", "\x00", "", "9" * 400])
def test_only_a_service_makes_cursors(value: str) -> None:
    """Whoever knows how they are made, and of which list, still cannot put a value of their own into one."""
    mark = cursors.fingerprint("credentials", "ada")
    genuine = cursors.encode(mark, ["2026-11-21T08:30:00", "3c3ee0b7-4a4c-4f3f-9a41-2ad9c39f0d0c"])
    assert cursors.decode(genuine, mark, [str, str])
    payload = orjson.dumps([mark, "2026-11-21T08:30:00", value])
    for forged in (
        base64.urlsafe_b64encode(payload).decode().rstrip("="),
        _rewritten(genuine, lambda content: content[:12] + payload),
        _rewritten(genuine, lambda content: bytes(12) + payload),
        _rewritten(genuine, lambda content: content[:-2] + b" ]"),
        genuine[:-1],
        genuine + "A",
    ):
        with pytest.raises(Invalid) as caught:
            cursors.decode(forged, mark, [str, str])
        assert caught.value.field == ["after"]


def test_cursors_stay_while_a_key_is_replaced() -> None:
    """Workers that share a key read each other's; after a rotation the old one is still accepted."""
    known = cursors._keys.known
    try:
        cursors.sign_with([b"o" * 32])
        old = cursors.encode("mark", [1])
        cursors.sign_with([b"n" * 32, b"o" * 32])
        assert cursors.decode(old, "mark", [int]) == [1]
        new = cursors.encode("mark", [1])
        cursors.sign_with([b"n" * 32])
        assert cursors.decode(new, "mark", [int]) == [1]
        with pytest.raises(Invalid):
            cursors.decode(old, "mark", [int])
    finally:
        cursors._keys.known = known


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-11-21T08:30:00", "x", ""]
)
def test_a_time_that_has_no_place_in_utc_is_refused(text: str) -> None:
    """At the ends of time, by text and by a schema's field."""
    with pytest.raises(ValueError, match=r"zone|years|isoformat"):
        read_time(text)
    with pytest.raises(ma.ValidationError):
        Time().deserialize(text)


def test_times_are_read_in_utc() -> None:
    """Up to the last second there is."""
    for text in ("9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00", "2026-11-21T08:30:00Z"):
        assert read_time(text) == Time().deserialize(text) == datetime.fromisoformat(text)
        assert read_time(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "values", [["yesterday", OWN], ["2026-11-21T08:30:00+00:00", "not-a-uuid"], ["9999-12-31T23:59:59-14:00", OWN]]
)
def test_a_page_by_time_begins_behind_a_time_and_an_id(values: list[str]) -> None:
    """Nothing else reaches the database, whoever signed it."""
    assert cursors.moment_after(None, "mark") is None
    with pytest.raises(Invalid) as caught:
        cursors.moment_after(cursors.encode("mark", list(values)), "mark")
    assert caught.value.field == ["after"]
    good = cursors.moment_after(cursors.encode("mark", ["2026-11-21T08:30:00+00:00", OWN]), "mark")
    assert good is not None
    assert (good[0].isoformat(), good[1]) == ("2026-11-21T08:30:00+00:00", OWN)


def test_a_text_with_nul_is_refused() -> None:
    """PostgreSQL has none."""
    with pytest.raises(ma.ValidationError):
        Text().deserialize("a\x00b")


def test_texts_are_normalised_and_bounded() -> None:
    """NFC, trimmed, and nothing that cannot be stored."""
    assert check_text("  Nu\u0301n\u0303ez\n", field="name", longest=9) == "Núñez"
    for bad in ("a\x00b", "\ud800", "\x1b[0m", "\ufffe"):
        with pytest.raises(Invalid, match="control"):
            check_text(bad, field="name", longest=9)
    with pytest.raises(Invalid, match="at most 3"):
        check_text("abcd", field="name", longest=3)
    with pytest.raises(Invalid, match="must not be empty"):
        check_text("   ", field="name", longest=3, shortest=1)


def test_folding_ignores_case_and_accents() -> None:
    """Also letters that Unicode does not decompose."""
    assert fold("ŁÓDŹ  Straße ÆRØ") == "lodz strasse aero"
    assert slug("Dr. María Núñez!") == "dr-maria-nunez"
    assert slug("青山 美咲") == ""


def test_a_missing_secret_is_named(tmp_path: Any) -> None:
    """And may stand in a file instead."""
    with pytest.raises(SettingsError, match="X is not set"):
        Environment({}).text("X")
    (tmp_path / "x").write_text("secret\n")
    assert Environment({"X_FILE": str(tmp_path / "x")}).text("X") == "secret"
    with pytest.raises(SettingsError, match="cannot be read"):
        Environment({"X_FILE": str(tmp_path / "none")}).text("X")
