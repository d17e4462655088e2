"""A person who did everything that the API allows is erased, and nothing of them is left: not a name, address or text."""

from __future__ import annotations

import base64
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import neo4j
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from gateway.schema import schema
from graph.rights.holdings import HOLDINGS as GRAPH
from kit.clock import new_id
from kit.holdings import Erasure, exported
from profiles.rights.holdings import FILES
from profiles.rights.holdings import HOLDINGS as PROFILES
from tests.contract.test_holdings import undeclared
from tests.e2e.test_verification import NUMBERS, PDF, authority, http
from tests.support.casework import SOURCE
from tests.support.engines import Engines
from tests.support.network import codes
from tests.support.stack import Stack, eventually

PASSWORD = "a long pass phrase"
SIGNED_OUT = {"signUp", "signIn", "confirmEmail", "requestPasswordReset", "resetPassword", "refreshSession", "signOut"}
NOT_DONE = {
    "hideDirectoryProfile": "it is for people without an account, about a profile that is not theirs",
    "claimProfile": "tests/profiles/integration/test_rights.py erases somebody with the directory profile that became theirs",
    "retryDeadLetter": "it names a dead letter, and says nothing",
}


def letters(count: int = 12) -> str:
    """A word that nobody has, of letters only: digits could look like a patient's number."""
    return new_id().replace("-", "")[-count:].translate(str.maketrans("0123456789", "ghijklmnop"))


@dataclass
class Leaver:
    """Somebody who will be erased: their token, and what marks everything that they write.

    Args:
        word: stands in every text of theirs, and in those that others write about them.
    """

    stack: Stack
    word: str = field(default_factory=lambda: f"zyx{letters()}")
    last: str = field(default_factory=lambda: f"Vanish{letters(8)}")
    done: set[str] = field(default_factory=set)
    token: str = ""
    secret: bytes = b""

    def __post_init__(self) -> None:
        self.name = f"Quirina {self.last}"
        self.email = f"{letters()}@vanish.example"
        self.text = f"A remark on {self.word} in general."

    def do(self, name: str, shape: str = "__typename", token: str | None = None, /, **given: Any) -> Any:
        """Do something, by default as the person, that must succeed."""
        payload = self.stack.change(name, shape, None if name in SIGNED_OUT else token or self.token, **given)
        assert set(codes(payload)) <= {"HELD_FOR_REVIEW"}, (name, payload)
        self.done.add(name)
        return payload

    def otp(self, shift: int = 0) -> str:
        """The one-time password of now, or of a moment later."""
        return TOTP(self.secret, 6, SHA1(), 30).generate(int(time.time()) + shift).decode()

    def sign_in(self, **given: Any) -> str:
        """A new session's access token."""
        session = self.do(
            "signIn", "session { accessToken refreshToken }", email=self.email, password=PASSWORD, **given
        )
        return str(session["session"]["accessToken"])

    def mailed(self, kind: str) -> str:
        """The token in the newest message of a kind to the person."""

        def find() -> str | None:
            for file in sorted((self.stack.home / "mail").glob(f"*-{kind}-*.eml"), reverse=True):
                text = file.read_text(encoding="utf-8")
                found = re.search(r"^[\w-]{43}$", text, flags=re.M) if f"To: {self.email}" in text else None
                if found:
                    return found[0]
            return None

        return str(eventually(find))


def signs_up(p: Leaver) -> None:
    """An account in every state, with one-time passwords and all sessions ended but one."""
    policies = p.stack.data("{ instance { policies { id mustAccept } } }")["instance"]["policies"]
    accepted = [policy["id"] for policy in policies if policy["mustAccept"]]
    session = p.do("signUp", "session { accessToken refreshToken }", email=p.email, password=PASSWORD, name=p.name, regions=["DE"],
                   acceptedPolicies=accepted)["session"]  # fmt: skip
    p.token = session["accessToken"]
    p.do("confirmEmail", token=p.mailed("confirm-address"))
    p.do("acceptPolicies", policies=accepted)
    p.do("requestPasswordReset", email=p.email)
    p.do("resetPassword", token=p.mailed("password-reset"), password=PASSWORD)
    p.token = p.sign_in()
    p.do("changePassword", current=PASSWORD, password=PASSWORD + "!")
    p.token = str(
        p.stack.change("signIn", "session { accessToken }", None, email=p.email, password=PASSWORD + "!")["session"][
            "accessToken"
        ]
    )
    p.do("changePassword", current=PASSWORD + "!", password=PASSWORD)
    p.token = p.sign_in()
    other = p.stack.change("signIn", "session { refreshToken }", None, email=p.email, password=PASSWORD)["session"][
        "refreshToken"
    ]
    other = p.do("refreshSession", "session { refreshToken }", refreshToken=other)["session"]["refreshToken"]
    p.do("signOut", refreshToken=other)
    secret = p.do("startTotp", "secret", password=PASSWORD)["secret"]
    p.secret = base64.b32decode(secret + "=" * (-len(secret) % 8))
    p.do("confirmTotp", otp=p.otp())
    p.do("updateProfile", headline=p.text, about=p.text, interests=[p.word], institutions=[{"name": f"House {p.word}", "role": p.word}],
         contacts=[{"system": "EMAIL", "value": p.email}], languages=["de"])  # fmt: skip
    p.do("setVisibility", field="HEADLINE", audience="CONNECTIONS")


def decides(p: Leaver, verifier: str, case: str, **given: Any) -> None:
    """A verifier takes a case and decides about what they saw."""
    seen = p.do("takeCase", "credential { version }", verifier, credential=case)["credential"]["version"]
    p.do("decideCredential", "__typename", verifier, id=case, expectedVersion=seen, **given)


def is_verified(p: Leaver) -> str:
    """A licence with document, question, suspension and appeal; returns the person's id as others see it."""
    vera, vito = p.stack.sign_in("vera"), p.stack.sign_in("vito")
    shape = "credential { id version }"
    licence = p.do("submitCredential", shape, credentialKind="LICENCE", jurisdiction="DE", authority=authority(p.stack, "DE"),
                   number=next(NUMBERS), specialty="cardiology")["credential"]["id"]  # fmt: skip
    upload = p.do(
        "requestEvidenceUpload", "uploadUrl", credential=licence, mediaType="application/pdf", bytes=len(PDF)
    )["uploadUrl"]
    document = upload.replace("http://127.0.0.1:8000", p.stack.url)
    assert http(document, "PUT", PDF, Content_Type="application/pdf",
                Content_Disposition=f"attachment; filename={p.word}.pdf")[0] == 201  # fmt: skip
    p.do("takeCase", shape, vera, credential=licence)
    p.do("releaseCase", shape, vera, credential=licence)
    p.do("updateCredential", shape, id=licence, message=p.text)
    identity = p.do("submitCredential", shape, credentialKind="IDENTITY", jurisdiction="DE")["credential"]["id"]
    other = p.do("submitCredential", shape, credentialKind="DEGREE", jurisdiction="DE")["credential"]["id"]
    p.do("withdrawCredential", shape, id=other)
    for case in (licence, identity):
        decides(p, vera, case, decision="VALIDATE", reason="CONFIRMED_AT_SOURCE", sourceUrl=SOURCE, note=p.text)
    p.do("suspendCredential", shape, vera, id=licence, reason="SANCTIONED", note=p.text)
    p.do("confirmDecision", shape, vito, credential=licence, agree=False)
    p.do("revokeCredential", shape, vera, id=licence, reason="SANCTIONED", note=p.text)
    p.do("confirmDecision", shape, vito, credential=licence, agree=False)
    degree = p.do("submitCredential", shape, credentialKind="DEGREE", jurisdiction="DE")["credential"]["id"]
    decides(p, vera, degree, decision="REJECT", reason="NUMBER_NOT_FOUND", note=p.text)
    p.do("appealCredential", shape, id=degree, statement=p.text)
    proof = p.stack.data('{ viewer { verificationProof(audience: "https://tele.example") { token } } }', p.token)
    assert proof["viewer"]["verificationProof"]["token"]
    return str(p.stack.data("{ viewer { professional { id } } }", p.token)["viewer"]["professional"]["id"])


def connects(p: Leaver, me: str) -> None:
    """With some, asked by others, and with a block; introductions from every side."""
    ids = {name: p.stack.data("{ viewer { professional { id } } }", p.stack.sign_in(name))["viewer"]["professional"]["id"]
           for name in ("maria", "jonas", "amina", "noel")}  # fmt: skip
    tokens = {name: p.stack.sign_in(name) for name in ids}
    friend = p.stack.sign_up("Bleibt Da", f"{new_id()}@stays.example", ["DE"])
    friend_id = p.stack.data("{ viewer { professional { id } } }", friend)["viewer"]["professional"]["id"]
    shape = "connectionRequest { id }"
    first = p.do("requestConnection", shape, to=friend_id, message=p.text)["connectionRequest"]["id"]
    p.do("withdrawConnection", request=first)
    for name in ("maria", "jonas"):
        asked = p.do("requestConnection", shape, to=ids[name], message=p.text)["connectionRequest"]["id"]
        p.do("respondToConnection", "professional { id }", tokens[name], request=asked, accept=True)
    p.do("removeConnection", professional=ids["jonas"])
    asked = p.do("requestConnection", shape, friend, to=me, message=p.text)["connectionRequest"]["id"]
    p.do("respondToConnection", request=asked, accept=True)
    p.do("requestConnection", shape, to=ids["noel"], message=p.text)
    p.do("blockProfessional", professional=ids["amina"])
    p.do("unblockProfessional", professional=ids["amina"])
    other = p.stack.sign_up("Wird Gesperrt", f"{new_id()}@stays.example", ["DE"])
    other_id = p.stack.data("{ viewer { professional { id } } }", other)["viewer"]["professional"]["id"]
    p.do("dismissSuggestion", professional=other_id)
    p.do("blockProfessional", professional=other_id)
    p.do("setPathOptIn", value=True)
    asked = p.do("requestConnection", shape, p.stack.sign_in("jonas"), to=friend_id)["connectionRequest"]["id"]
    p.do("respondToConnection", "professional { id }", friend, request=asked, accept=True)
    p.do("requestIntroduction", to=ids["jonas"], via=friend_id, message=p.text)
    through = p.stack.change(
        "requestIntroduction", "introduction { id }", p.stack.sign_in("maria"), to=friend_id, via=me, message=p.text
    )
    if not codes(through):  # María and the friend may be connected by then
        p.do("respondToIntroduction", id=through["introduction"]["id"], forward=True, message=p.text)


def belongs(p: Leaver, me: str) -> dict[str, str]:
    """To groups of every kind; returns the groups in which others stay."""
    maria, jonas = p.stack.sign_in("maria"), p.stack.sign_in("jonas")
    jonas_id = p.stack.data("{ viewer { professional { id } } }", jonas)["viewer"]["professional"]["id"]
    shape = "group { id }"
    alone = p.do("createGroup", shape, name=f"Alone {letters()}", purpose=p.text, rules=p.text)["group"]["id"]
    shared = p.do("createGroup", shape, name=f"Shared {letters()}", purpose="To confer")["group"]["id"]
    p.do("updateGroup", id=shared, joinPolicy="REQUEST")
    p.do("joinGroup", "membership { state }", maria, group=shared, message="Please")
    maria_id = p.stack.data("{ viewer { professional { id } } }", maria)["viewer"]["professional"]["id"]
    p.do("respondToMembership", group=shared, professional=maria_id, accept=True)
    p.do("inviteToGroup", group=shared, professional=jonas_id)
    p.do("banFromGroup", group=shared, professional=jonas_id, reason="A test")
    p.do("unbanFromGroup", group=shared, professional=jonas_id)
    p.do("banFromGroup", group=shared, professional=jonas_id, reason="A test")
    amina = p.stack.data("{ viewer { professional { id } } }", p.stack.sign_in("amina"))["viewer"]["professional"]["id"]
    p.do("inviteToGroup", group=shared, professional=amina)
    p.do("setGroupRole", group=shared, professional=maria_id, role="MODERATOR")
    theirs = p.do("createGroup", shape, maria, name=f"Theirs {letters()}", purpose="To confer")["group"]["id"]
    for token in (p.token, jonas, p.stack.sign_in("amina"), p.stack.sign_in("noel")):
        p.do("joinGroup", "membership { state }", token, group=theirs)
    left = p.do("createGroup", shape, jonas, name=f"Left {letters()}", purpose="To confer")["group"]["id"]
    p.do("joinGroup", group=left)
    p.do("leaveGroup", group=left)
    asked = p.do("createGroup", shape, jonas, name=f"Asked {letters()}", purpose="To confer", joinPolicy="REQUEST")[
        "group"
    ]["id"]
    p.do("joinGroup", group=asked, message=p.text)
    banned = p.do("createGroup", shape, jonas, name=f"Banned {letters()}", purpose="To confer")["group"]["id"]
    p.do("joinGroup", group=banned)
    p.do("banFromGroup", "__typename", jonas, group=banned, professional=me, reason=p.text)
    return {"alone": alone, "shared": shared, "theirs": theirs}


def writes(p: Leaver, me: str, groups: dict[str, str]) -> dict[str, str]:
    """Texts of every kind and state, answers, and what others write with their handle; returns some ids."""
    maria, jonas, admin = p.stack.sign_in("maria"), p.stack.sign_in("jonas"), p.stack.sign_in("admin")
    shape = "discussion { id pollOptions { id } }"
    there = {"group": groups["theirs"], "language": "en"}
    source = [{"url": f"https://example.org/{p.word}", "title": p.text}]
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()

    def opened(kind: str, token: str | None = None, **given: Any) -> Any:
        fields = (
            there
            | {"kind": kind, "title": f"On {p.word}", "body": p.text, "topics": [p.word], "sources": source}
            | given
        )
        return p.do("createDiscussion", shape, token, **fields)["discussion"]

    text = opened("DISCUSSION")["id"]
    p.do("editDiscussion", id=text, title=f"Again on {p.word}", body=p.text)
    p.do("addTranslation", subject=text, language="de", title=p.word, body=p.word)
    live = opened("LIVE_QA", liveDetails={"startsAt": later, "joinUrl": f"https://meet.example/{p.word}"})["id"]
    gone = opened("LIVE_QA", liveDetails={"startsAt": later, "joinUrl": f"https://meet.example/{p.word}"})["id"]
    p.do("deleteDiscussion", id=gone)
    read = "query($id: ID!) { node(id: $id) { ... on Discussion { state liveDetails { joinUrl } } } }"
    assert p.stack.data(read, maria, id=gone)["node"] == {"state": "DELETED", "liveDetails": None}
    assert p.stack.data(read, maria, id=live)["node"]["liveDetails"]["joinUrl"] == f"https://meet.example/{p.word}"
    opened("POLL", pollOptions=[p.word, "Another"])
    question = opened("QUESTION")["id"]
    answered = p.do("addPost", "post { id }", maria, discussion=question, body="So.", language="en")["post"]["id"]
    p.do("resolveDiscussion", discussion=question, post=answered)
    case = opened(
        "CASE", caseDetails={"question": p.text, "ageBand": "60-69", "setting": p.word, "consentScope": "THIS_GROUP"}
    )["id"]
    p.do("withdrawCaseConsent", discussion=case)
    opened("DISCUSSION", group=groups["alone"])
    opened("DISCUSSION", body=f"{p.text} Our form shows 9434765919 below.")  # held
    post = p.do("addPost", "post { id }", discussion=question, body=p.text, language="en", sources=source)["post"]["id"]
    p.do("editPost", id=post, body=f"{p.text} Again.")
    p.do("deletePost", id=p.do("addPost", "post { id }", discussion=question, body=p.text, language="en")["post"]["id"])
    handle = p.stack.data("{ viewer { professional { handle } } }", p.token)["viewer"]["professional"]["handle"]
    other = opened("DISCUSSION", maria, title=f"For @{handle}", body=f"What does @{handle} say?", topics=None,
                   sources=None, language="en")["id"]  # fmt: skip
    p.do("editDiscussion", "__typename", maria, id=other, body=f"What do you say, @{handle}?")
    p.do("addTranslation", "__typename", maria, subject=other, language="de", title=f"An @{handle}", body=f"@{handle}?")
    hosted = opened("LIVE_QA", maria, title="Live", body="Live", topics=None, sources=None,
                    liveDetails={"startsAt": later, "hosts": [me]})["id"]  # fmt: skip
    p.do("react", subject=other, reaction="HELPFUL")
    p.do("react", subject=hosted, reaction="AGREE")
    p.do("unreact", subject=hosted, reaction="AGREE")
    poll = opened("POLL", jonas, title="Poll", body="Which?", topics=None, sources=None, pollOptions=["One", "Two"])
    p.do("vote", discussion=poll["id"], option=poll["pollOptions"][0]["id"])
    alert = p.stack.change("createDiscussion", "discussion { id }", admin, kind="ALERT", title="Alert", body="Mind this.", language="en",
                           alertDetails={"regions": ["DE"], "expiresAt": later})["discussion"]["id"]  # fmt: skip
    p.do("acknowledgeAlert", discussion=alert)
    notified = p.stack.data("{ viewer { notifications(first: 1) { nodes { id } } } }", p.token)["viewer"][
        "notifications"
    ]["nodes"]
    p.do("markNotificationsRead", upTo=notified[0]["id"])
    return {"text": text, "post": post, "other": other, "hosted": hosted, "handle": handle}


def is_moderated(p: Leaver, me: str, texts: dict[str, str]) -> None:
    """Reports by them and about them, decisions, appeals and notes; and they moderate, verify and administer."""
    maria, jonas, mod, admin = (p.stack.sign_in(name) for name in ("maria", "jonas", "mod", "admin"))
    why = {"facts": f"It says {p.word}, which is not so.", "clause": f"Guidelines, 3, {p.word}"}
    p.do("flag", subject=texts["other"], reason="OTHER", detail=p.text)
    about = p.do("flag", "flag { id }", maria, subject=texts["post"], reason="OTHER", detail=f"Too much {p.word}.")[
        "flag"
    ]["id"]
    p.do("takeFlag", "__typename", mod, id=about)
    decision = p.do("decideFlag", "decision { id }", mod, id=about, action="HIDE", **why)["decision"]["id"]
    p.do("appealDecision", decision=decision, statement=p.text)
    about = p.do("flag", "flag { id }", jonas, subject=texts["text"], reason="OTHER", detail=f"Too much {p.word}.")[
        "flag"
    ]["id"]
    decision = p.do("decideFlag", "decision { id }", mod, id=about, action="NONE", **why)["decision"]["id"]
    p.do("appealDecision", "__typename", jonas, decision=decision, statement=f"But {p.word} is wrong.")
    p.do("proposeNote", subject=texts["other"], body=p.text, sources=[{"url": f"https://example.org/{p.word}"}])
    note = p.do(
        "proposeNote",
        "note { id }",
        maria,
        subject=texts["text"],
        body="A source says so.",
        sources=[{"pmid": "12345678"}],
    )
    p.stack.change("rateNote", "__typename", p.token, note=note["note"]["id"], helpful=True)  # one's own text: refused
    hers = p.do("addPost", "post { id }", maria, discussion=texts["other"], body="A post of hers.", language="en")[
        "post"
    ]["id"]
    note = p.do(
        "proposeNote", "note { id }", jonas, subject=hers, body="A source says so.", sources=[{"pmid": "12345678"}]
    )
    p.do("rateNote", note=note["note"]["id"], helpful=True)
    p.do("suspendAccount", "__typename", admin, account=me, reason=f"{p.name} insulted a colleague")
    p.do("suspendAccount", "__typename", admin, account=me, reason="Settled", until="2020-01-01T00:00:00Z")
    p.do("setRoles", "__typename", admin, account=me, roles=["MODERATOR", "VERIFIER"], jurisdictions=["DE"])
    p.token = p.sign_in(otp=p.otp(30))
    own = p.do("addPost", "post { id }", jonas, discussion=texts["other"], body="A post of his.", language="en")[
        "post"
    ]["id"]
    flag = p.do("flag", "flag { id }", maria, subject=own, reason="SPAM")["flag"]["id"]
    p.do("takeFlag", id=flag)
    p.do("decideFlag", id=flag, action="NONE", facts="Nothing is wrong with it.", clause="Guidelines, 1")
    applicant = p.stack.sign_up("Bewirbt Sich", f"{new_id()}@stays.example", ["DE"])
    case = p.stack.change(
        "submitCredential", "credential { id }", applicant, credentialKind="IDENTITY", jurisdiction="DE"
    )["credential"]["id"]
    decides(p, p.token, case, decision="REJECT", reason="NUMBER_NOT_FOUND")


@pytest.fixture(scope="module")
def engine(engines: Engines) -> Iterator[sa.Engine]:
    """The running system's database, as its owner."""
    found = sa.create_engine(engines.database_url)
    yield found
    found.dispose()


@pytest.fixture(scope="module")
def leaver(stack: Stack) -> tuple[Leaver, str, dict[str, str]]:
    """Somebody who did everything: with their id, and ids of texts."""
    p = Leaver(stack)
    signs_up(p)
    me = is_verified(p)
    connects(p, me)
    groups = belongs(p, me)
    texts = writes(p, me, groups)
    is_moderated(p, me, texts)
    return p, me, texts


def archive_of(p: Leaver) -> zipfile.ZipFile:
    """The person's archive, as a frontend gets it."""
    url = p.do("exportMyData", "url")["url"].replace("http://127.0.0.1:8000", p.stack.url)
    assert http(url)[0] == 401
    stranger = p.stack.sign_in("maria")
    assert http(url, Authorization=f"Bearer {stranger}")[0] == 404
    status, headers, content = http(url, Authorization=f"Bearer {p.token}")
    assert (status, headers["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(content))


def keys(value: Any) -> set[str]:
    """Every name in a JSON document, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*(keys(inner) for inner in value.values()))
    return set().union(*(keys(inner) for inner in value)) if isinstance(value, list) else set()


def test_the_archive_holds_all_that_is_declared(leaver: tuple[Leaver, str, dict[str, str]]) -> None:
    """Each declared field of each file is there, with what the person wrote; for nobody else."""
    p, _, _ = leaver
    found = archive_of(p)
    documents = {name: json.loads(found.read(name)) for name in found.namelist() if name.endswith(".json")}
    lacking = []
    rare = {"source"}  # of a directory profile that became one's own
    for file, places in exported([*PROFILES, *GRAPH]).items():
        there = keys(documents.get(file, {}))
        lacking += [
            f"{file}: {name}" for names in places.values() for name in names if name not in there | rare | NEVER_SET
        ]
    assert lacking == []
    text = json.dumps(documents)
    for file in ("profile", "credentials", "graph/discussions", "graph/posts", "graph/reports", "graph/appeals", "graph/decisions",
                 "graph/notes", "graph/requests", "graph/introductions", "graph/other_memberships"):  # fmt: skip
        assert p.word in json.dumps(documents[f"{file}.json"]), file
    assert f"https://meet.example/{p.word}" in text
    assert f"https://example.org/{p.word}" in text
    assert "9434765919" in text  # the held text
    assert any(name.endswith(f"{p.word}.pdf") or name.startswith("evidence/") for name in found.namelist())


# Properties that Neo4j does not store while they are null; nothing here sets them.
NEVER_SET = {
    "labels", "consent_withdrawn_at", "alert_regions", "alert_specialties", "issuer", "expires_at", "ends_at", "note",
    "answered_at", "read_at", "label", "until", "appealed", "in_reply_to", "edited_at", "setting", "urgency", "age_band", "role",
}  # fmt: skip


def test_every_mutation_is_done_or_declared_irrelevant(leaver: tuple[Leaver, str, dict[str, str]]) -> None:
    """A new one is done by the person here, or says why it leaves nothing of them."""
    p, _, _ = leaver
    every = set(schema().mutation_type.fields)  # type: ignore[union-attr]
    assert every - p.done - {"eraseMe"} - NOT_DONE.keys() == set()
    assert NOT_DONE.keys() <= every


def in_postgresql(engine: sa.Engine, needles: list[str]) -> list[str]:
    """The tables in whose rows one of the texts stands, also as bytes."""
    found = []
    with engine.connect() as connection:
        tables = connection.execute(
            sa.text(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
        ).scalars()
        for table in sorted(tables):
            patterns = [*needles, *(needle.encode().hex() for needle in needles)]
            for needle, pattern in zip([*needles, *needles], patterns, strict=True):
                rows = connection.execute(
                    sa.text(
                        f'SELECT count(*) FROM "{table}" t WHERE position(lower(:n) IN lower(CAST(to_jsonb(t) AS text))) > 0'
                    ),
                    {"n": pattern},
                ).scalar_one()
                found += [f"{table}: {needle} ({rows} rows)"] if rows else []
    return found


def in_neo4j(driver: neo4j.Driver, needles: list[str]) -> list[str]:
    """The nodes and relationships in whose properties one of the texts stands."""
    holds = (
        "any(key IN keys(x) WHERE any(text IN CASE WHEN valueType(x[key]) STARTS WITH 'LIST' THEN x[key] ELSE [x[key]] END "
        "WHERE any(needle IN $needles WHERE toLower(toStringOrNull(text)) CONTAINS needle)))"
    )
    with driver.session() as session:
        nodes = session.run(
            f"MATCH (x) WHERE {holds} RETURN labels(x)[0] AS place, properties(x) AS found", needles=needles
        ).data()
        between = session.run(
            f"MATCH ()-[x]->() WHERE {holds} RETURN type(x) AS place, properties(x) AS found", needles=needles
        ).data()
    return [f"{row['place']}: {row['found']}" for row in (*nodes, *between)]


def in_files(home: Path, needles: list[str]) -> list[str]:
    """Our own files in whose bytes one of the texts stands; every one is of a declared kind."""
    found = []
    for file in sorted(path for path in home.rglob("*") if path.is_file()):
        own = file.relative_to(home)
        if own.parts[0] in {"postgres", "neo4j"}:
            continue  # the engines' own
        assert any(own.match(holding.place) for holding in FILES), f"{own} is of no declared kind"
        data = file.read_bytes().lower()
        found += [f"{own}: {needle}" for needle in needles if needle.encode() in data]
    return found


def test_nothing_is_left_of_an_erased_person(
    stack: Stack, leaver: tuple[Leaver, str, dict[str, str]], engine: sa.Engine, driver: neo4j.Driver
) -> None:
    """No name, address, handle or text in any table, node, relationship or file; the id only where it is declared."""
    p, me, texts = leaver
    from gateway.ids import decode

    own = decode(me)
    assert own is not None
    needles = [needle.lower() for needle in (p.word, p.last, p.email.partition("@")[0])]
    assert in_postgresql(engine, needles)  # the scans find what is there
    assert in_neo4j(driver, needles)
    assert in_files(stack.home, needles)
    assert undeclared(driver) == []
    receipt = p.do("eraseMe", "receipt", confirm="ERASE")["receipt"]
    where = jwt.decode(receipt, options={"verify_signature": False})["status"].replace(
        "http://127.0.0.1:8000", stack.url
    )
    # The receipt says when each part is done; the worker deletes files a moment later.
    eventually(lambda: None not in json.loads(http(where)[2]).values(), 30)
    assert in_postgresql(engine, needles) == []
    assert in_neo4j(driver, needles) == []
    assert in_files(stack.home, needles) == []
    # For two days the answers that others' requests are repeated with name whom they were about: by the id, and nothing else.
    assert {one.partition(":")[0] for one in in_postgresql(engine, [own[1]])} <= {"idempotency"}
    with engine.connect() as connection:
        theirs = connection.execute(
            sa.text("SELECT count(*) FROM idempotency WHERE actor = :me"), {"me": own[1]}
        ).scalar_one()
    assert theirs == 0
    kept = {h.place for h in GRAPH if h.erasure is Erasure.KEPT}
    named = {one.partition(":")[0] for one in in_neo4j(driver, [own[1]])}
    assert named <= {"ErasedProfessional", "FeedEntry", "IdempotencyKey"}, named
    assert {"ErasedProfessional", "FeedEntry"} <= kept
    assert undeclared(driver) == []
    for_others(stack, texts)


def for_others(stack: Stack, texts: dict[str, str]) -> None:
    """What others wrote still reads, and names nobody; the handle is not given again."""
    maria = stack.sign_in("maria")
    read = (
        "query($id: ID!) { node(id: $id) { ... on Discussion { title body mentions { id } translations { title body } "
        "reactions { count } liveDetails { hosts { id } } } } }"
    )
    other = stack.data(read, maria, id=texts["other"])["node"]
    assert (other["title"], other["body"]) == ("For @[erased]", "What do you say, @[erased]?")
    assert other["translations"] == [{"title": "An @[erased]", "body": "@[erased]?"}]
    assert other["mentions"] == []
    assert stack.data(read, maria, id=texts["hosted"])["node"]["liveDetails"] == {"hosts": []}
    again = texts["handle"].replace("-", " ").title()
    token = stack.sign_up(again, f"{new_id()}@again.example", ["DE"])
    handle = stack.data("{ viewer { professional { handle } } }", token)["viewer"]["professional"]["handle"]
    assert handle == f"{texts['handle']}-2"
