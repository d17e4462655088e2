"""A person who did everything that the API allows is erased, and nothing of them is left: not a name, address or text.

Who adds a mutation, or a field of one, adds it here: to one of the functions from `signs_up` to `is_moderated`, which do all
things as the person or about them, or, with the reason, to `NOT_DONE`, `NO_TEXT` or `NOT_GIVEN`. Every text carries a word that
nobody else has, and the person's own texts a mark for each field, by which the archive is compared with all that they gave.
"""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import graphql
import jwt
import neo4j
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from gateway.discussions.kinds import KINDS
from gateway.fields import camel
from gateway.ids import decode, encode
from gateway.schema import schema
from graph.rights.holdings import HOLDINGS as GRAPH
from kit.clock import new_id
from kit.holdings import exported
from kit.profile_fields import LISTS, PLAIN, Kind, ProfileField
from profiles.rights.holdings import FILES
from profiles.rights.holdings import HOLDINGS as PROFILES
from tests.contract.test_holdings import undeclared
from tests.e2e.test_verification import NUMBERS, PDF, authority, http
from tests.support.casework import SOURCE, read
from tests.support.engines import Engines
from tests.support.network import codes
from tests.support.network import me as own_id
from tests.support.roles import made_by_operator, the_only_admin
from tests.support.samples import sample
from tests.support.stack import Stack, eventually

PASSWORD = "a long pass phrase"
SIGNED_OUT = {
    "signUp", "signIn", "confirmEmail", "requestPasswordReset", "resetPassword", "refreshSession", "signOut",
    "confirmEmailChange", "refuseEmailChange", "requestSecondFactorReset", "refuseSecondFactorReset",
}  # fmt: skip
HERE = "tests/e2e/test_erasure.py"
# Mutations that the person does not do, and nobody about them.
NOT_DONE = {
    "hideDirectoryProfile": "it is about a profile that is not theirs",
    "requestHiding": "it is for people without an account; tests/profiles/integration/test_hiding.py erases one with an account",
    "decideHiding": "it is for verifiers",
    "restoreDirectoryProfile": "it is for verifiers",
    "claimProfile": "tests/profiles/integration/test_rights.py erases somebody with the directory profile that became theirs",
    "retryDeadLetter": "it names a dead letter, and says nothing",
    **dict.fromkeys(("addAuthority", "updateAuthority"), "what is said about an authority is about nobody"),
    **dict.fromkeys(
        ("requestRegisterUpload", "confirmRegisterImport", "undoRegisterImport"),
        "a copy of a register is what the register publishes, whoever is a member",
    ),
}
# Strings that are no texts of anybody's, by mutation and field, or by field.
NO_TEXT = {
    **dict.fromkeys(("password", "current"), "stored as a slow hash"),
    **dict.fromkeys(("token", "refreshToken", "otp"), "made here, and stored as a hash"),
    **dict.fromkeys(
        ("profession", "practiceStatus", "specialty", "specialties", "primarySpecialty", "mediaType", "label"),
        "a code of a list",
    ),
    "idempotencyKey": "a key that the client makes",
    "pmid": "the number of a publication",
    "ageBand": "a band like 60-69",
    "number": "of a form that the authority gives; stored encrypted",
}
# Fields that nothing here gives.
NOT_GIVEN = {
    "expectedVersion": "compared, and not stored",
    "validate": "nothing is stored then",
    "idempotencyKey": "the header, in another place",
    "signUp.practiceStatus": "one of five words, which updateProfile gives",
    "decideCredential.nameConfirmed": "yes or no of a verifier",
    "updateProfile.institutions.institution": "another way to name an institution, which is given by its name",
    "requestEvidenceUpload.fileName": "another way to name a document, whose upload names it",
    "submitCredential.institution": "the id of an institution; of those of the catalogue",
}
# Texts of the person that are in no archive.
NOT_ARCHIVED = {
    "clientMutationId": "it comes back in the payload, and is not stored",
    **{f"{name}.{field}": "a group belongs to its members; the archive names those of the person"
       for name in ("createGroup", "updateGroup") for field in ("name", "purpose", "rules")},
}  # fmt: skip


def letters(count: int = 12) -> str:
    """A word that nobody has, of letters only: digits could look like a patient's number."""
    return new_id().replace("-", "")[-count:].translate(str.maketrans("0123456789", "ghijklmnop"))


def fields(kind: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every field of an input at any depth: its path from the mutation, and the name of its type."""
    for name, inner in kind.fields.items():
        named = graphql.get_named_type(inner.type)
        if isinstance(named, graphql.GraphQLInputObjectType):
            yield from fields(named, f"{path}.{name}")
        else:
            yield f"{path}.{name}", named.name


def fields_given(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value in an input at any depth, by the same paths."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from fields_given(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from fields_given(inner, path)
    elif value is not None:
        yield path, value


def excused(path: str, reasons: Mapping[str, str]) -> bool:
    """Whether a field is declared, by its path or its name."""
    return path in reasons or path.rpartition(".")[2] in reasons


@dataclass
class Leaver:
    """Somebody who will be erased: their token, and what marks everything that they write.

    Args:
        word: stands in every text of theirs, and in those that others write about them.
        given: the fields that were given in what was done, with their values as text.
        marks: what stands for `word` in each field that the person gave themselves.
    """

    stack: Stack
    word: str = field(default_factory=lambda: f"zyx{letters()}")
    last: str = field(default_factory=lambda: f"Vanish{letters(8)}")
    done: set[str] = field(default_factory=set)
    given: dict[str, set[str]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    token: str = ""
    refresh_token: str = ""
    secret: bytes = b""
    recovery_codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = f"Quirina {self.last}"
        self.email = f"{letters()}@vanish.example"
        self.text = f"A remark on {self.word} in general."
        self.needles = [self.word, self.last, self.email.partition("@")[0]]

    def mark(self, path: str) -> str:
        """The word as it stands in a field that the person gives; no mark begins with another."""
        number = len(self.marks)
        return self.marks.setdefault(path, f"{self.word}q{chr(97 + number // 26)}{chr(97 + number % 26)}")

    def _marked(self, value: Any, path: str) -> Any:
        if isinstance(value, str):
            return value.replace(self.word, self.mark(path)) if self.word in value and value != self.email else value
        if isinstance(value, dict):
            return {name: self._marked(inner, f"{path}.{name}") for name, inner in value.items()}
        return [self._marked(inner, path) for inner in value] if isinstance(value, list) else value

    def do(self, name: str, shape: str = "__typename", token: str | None = None, /, **given: Any) -> Any:
        """Do something, by default as the person, that must succeed; under an Idempotency-Key, whose answers are stored."""
        given = {"clientMutationId": self.word} | given
        if token is None:
            given = self._marked(given, name)
        payload = self.stack.change(
            name, shape, None if name in SIGNED_OUT else token or self.token, idempotency_key=new_id(), **given
        )
        assert set(codes(payload)) <= {"HELD_FOR_REVIEW"}, (name, payload)
        self.done.add(name)
        for path, value in fields_given(given, name):
            self.given.setdefault(path, set()).add(str(value))
        return payload

    def otp(self) -> str:
        """The one-time password of now."""
        return TOTP(self.secret, 6, SHA1(), 30).generate(int(time.time())).decode()

    def sign_in(self, **given: Any) -> str:
        """A new session's access token."""
        if self.refresh_token:
            given["refreshToken"] = self.refresh_token
        session = self.do(
            "signIn", "session { accessToken refreshToken }", email=self.email, password=PASSWORD, **given
        )["session"]
        self.refresh_token = str(session["refreshToken"])
        return str(session["accessToken"])

    def mailed(self, kind: str, *, to: str | None = None, after: str | None = None) -> str:
        """The token in the newest message of a kind to the person.

        Args:
            to: another address than the account's.
            after: the token of the message before it.
        """

        def find() -> str | None:
            token = self.stack.mailed(to or self.email, kind)
            return token if token != after else None

        return str(eventually(find))


def signs_up(p: Leaver) -> None:
    """An account in every state, with one-time passwords and all sessions ended but one."""
    policies = p.stack.data("{ instance { policies { id mustAccept } } }")["instance"]["policies"]
    accepted = [policy["id"] for policy in policies if policy["mustAccept"]]
    session = p.do("signUp", "session { accessToken refreshToken }", email=p.email, password=PASSWORD, name=p.name, regions=["DE"],
                   profession="2212", acceptedPolicies=accepted)["session"]  # fmt: skip
    p.token = session["accessToken"]
    first = p.mailed("confirm-address")
    p.do("resendConfirmation")
    p.token = p.do("confirmEmail", "session { accessToken }", token=p.mailed("confirm-address", after=first),
                   password=PASSWORD)["session"]["accessToken"]  # fmt: skip
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
    p.do("signOut", refreshToken=other, everywhere=False)
    ends_sessions(p)
    changes_address(p)
    has_a_second_factor(p)
    p.do("updateProfile", practiceStatus="TRAINEE", **{camel(field.name): something_for(p, field) for field in PLAIN}, name=p.name, profession="2212",
         institutions=[{"name": f"House {p.word}", "role": p.word, "current": True}], regions=["DE"],
         specialties=["cardiology"], primarySpecialty="cardiology",
         contacts=[{"system": "EMAIL", "value": f"{p.word}@vanish.example"}])  # fmt: skip
    p.do("updateProfile", handle=f"q-{p.word}")
    p.do("setVisibility", field="HEADLINE", audience="CONNECTIONS")


def something_for(p: Leaver, field: ProfileField) -> str | list[str]:
    """What the person writes into a plain field."""
    if field.kind is Kind.LANGUAGES:
        return ["de"]
    text = p.text if field.max_length >= 100 else p.word
    return [text] if field.kind in LISTS else text


def ends_sessions(p: Leaver) -> None:
    """One of the others, and all of them."""
    other = p.stack.change("signIn", "session { accessToken }", None, email=p.email, password=PASSWORD)["session"]
    listed = "{ viewer { sessions(first: 50) { nodes { id current } } } }"
    found = p.stack.data(listed, other["accessToken"])["viewer"]["sessions"]["nodes"]
    p.do("endSession", session=next(one["id"] for one in found if one["current"]))
    p.do("endOtherSessions")
    made = p.do(
        "createPersonalAccessToken",
        "personalAccessToken { id }",
        name=p.word,
        scopes=["READ"],
        expiresInDays=9,
        password=PASSWORD,
    )
    p.do("revokePersonalAccessToken", personalAccessToken=made["personalAccessToken"]["id"])


def changes_address(p: Leaver) -> None:
    """Refused at the old address, done, and once more so that it waits."""
    p.do("changeEmail", newEmail=f"a{p.word}@vanish.example", password=PASSWORD)
    refusal = p.mailed("email-change-old")
    p.do("refuseEmailChange", token=refusal)
    p.token = p.sign_in()
    p.do("changeEmail", newEmail=f"b{p.word}@vanish.example", password=PASSWORD)
    new = f"b{p.mark('changeEmail.newEmail')}@vanish.example"
    p.do("confirmEmailChange", token=p.mailed("email-change-new", to=new))
    p.do("confirmEmailChange", token=p.mailed("email-change-old", after=refusal))
    p.email = new
    p.do("changeEmail", newEmail=f"c{p.word}@vanish.example", password=PASSWORD)


def has_a_second_factor(p: Leaver) -> None:
    """Set up, with new codes, turned off, set up again, reported as lost and found again."""

    def set_up() -> list[str]:
        secret = p.do("startTotp", "secret", password=PASSWORD)["secret"]
        p.secret = base64.b32decode(secret + "=" * (-len(secret) % 8))
        return list(p.do("confirmTotp", "recoveryCodes", otp=p.otp())["recoveryCodes"])

    set_up()
    p.do("newRecoveryCodes", password=PASSWORD)
    p.do("disableTotp", password=PASSWORD)
    p.token = p.sign_in()
    p.recovery_codes = set_up()
    me = p.stack.data("{ viewer { professional { id } } }", p.token)["viewer"]["professional"]["id"]
    p.do("requestSecondFactorReset", email=p.email, password=PASSWORD)
    p.do("approveSecondFactorReset", "done", the_only_admin(p.stack), account=me)
    p.do("refuseSecondFactorReset", token=p.mailed("second-factor-reset-approved"))
    p.token = p.sign_in(otp=p.recovery_codes.pop())


def gets_roles(p: Leaver, me: str) -> None:
    """Proposed by one admin, declined and confirmed by another, and a wider one that waits."""
    first, second = the_only_admin(p.stack), made_by_operator(p.stack, "Zweite Hand", "admin").sign_in()
    wanted = {"account": me, "roles": ["MODERATOR", "VERIFIER"], "jurisdictions": ["DE"]}
    for answer in ("declineRoles", "confirmRoles"):
        proposal = p.do("setRoles", "proposal { id }", first, **wanted)["proposal"]["id"]
        p.do(answer, "__typename", second, id=proposal)
    p.token = p.sign_in(otp=p.recovery_codes.pop())
    p.do("setRoles", "proposal { id }", first, **wanted | {"jurisdictions": ["DE", "AT"]})


def is_suspended(p: Leaver, me: str) -> None:
    """By one admin, confirmed by another; appealed against, and lifted."""
    first, second = the_only_admin(p.stack), made_by_operator(p.stack, "Zweites Wort", "admin")
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    p.do("suspendAccount", "__typename", first, account=me, reason=f"{p.name} insulted a colleague", until=until)
    other = second.sign_in()
    p.do("confirmSuspension", "__typename", other, account=me)
    p.token = p.sign_in(otp=p.recovery_codes.pop())
    p.do("appealSuspension", statement=p.text)
    p.do("decideSuspensionAppeal", "__typename", other, account=me, uphold=False, note=f"{p.name} is right")
    second.resign()
    p.token = p.sign_in(otp=p.recovery_codes.pop())


def decides(p: Leaver, verifier: str, case: str, **given: Any) -> None:
    """A verifier takes a case and decides about what they saw."""
    seen = p.do("takeCase", "credential { version }", verifier, credential=case)["credential"]["version"]
    p.do("decideCredential", "__typename", verifier, id=case, expectedVersion=seen, **given)


def is_verified(p: Leaver) -> str:
    """A licence with document, question, suspension and appeal; returns the person's id as others see it."""
    vera, vito = p.stack.sign_in("vera"), p.stack.sign_in("vito")
    shape = "credential { id version }"
    licence = p.do("submitCredential", shape, credentialKind="LICENCE", jurisdiction="DE", authority=authority(p.stack, "DE"),
                   number=next(NUMBERS), specialty="cardiology", issuedOn="2020-01-01", expiresOn="2035-01-01")["credential"]["id"]  # fmt: skip
    upload = p.do(
        "requestEvidenceUpload",
        "uploadUrl",
        credential=licence,
        mediaType="application/pdf",
        bytes=len(PDF),
        fileName=f"{p.word}.pdf",
    )["uploadUrl"]
    document = upload.replace("http://127.0.0.1:8000", p.stack.url)
    assert http(document, "PUT", PDF, Content_Type="application/pdf")[0] == 201
    p.do("takeCase", shape, vera, credential=licence)
    p.do("releaseCase", shape, vera, credential=licence)
    p.do("addCaseNote", "__typename", vera, credential=licence, text=p.text)
    p.do("assignCase", "__typename", vera, credential=licence, assignee=own_id(p.stack, vito))
    p.do("takeCase", shape, vito, credential=licence)
    p.do("releaseCases", "__typename", vito)
    p.do("updateCredential", shape, id=licence, message=p.text, number=next(NUMBERS), specialty="cardiology", issuedOn="2021-01-01",
         expiresOn="2034-01-01")  # fmt: skip
    identity = p.do("submitCredential", shape, credentialKind="IDENTITY", jurisdiction="DE")["credential"]["id"]
    other = p.do("submitCredential", shape, credentialKind="DEGREE", jurisdiction="DE")["credential"]["id"]
    p.do("withdrawCredential", shape, id=other)
    given = {"credentialKind": "NAME", "jurisdiction": "DE"}
    names = [{"text": text, "use": "FORMER"} for text in (f"Quirina {p.word}", "Quirina Vorher")]
    name, changed = (p.do("submitCredential", shape, otherName=one, **given)["credential"]["id"] for one in names)
    p.do("updateCredential", shape, id=changed, otherName={"text": f"Q {p.word}", "use": "PREFERRED"})
    for case in (licence, identity, name, changed):
        decides(p, vera, case, decision="VALIDATE", reason="CONFIRMED_AT_SOURCE", sourceUrl=f"{SOURCE}/{p.word}", note=p.text,
                standing="GOOD", method="PRIMARY_SOURCE")  # fmt: skip
    p.do("suspendCredential", shape, vera, id=licence, reason="SANCTIONED", note=p.text)
    read(p.stack, vito, licence)
    p.do("confirmDecision", shape, vito, credential=licence, agree=False)
    p.do(
        "revokeCredential",
        shape,
        vito,
        id=licence,
        reason="SANCTIONED",
        note=p.text,
        effectiveOn=str(datetime.now(UTC).date()),
    )
    read(p.stack, vera, licence)
    p.do("confirmDecision", shape, vera, credential=licence, agree=False)
    degree = p.do("submitCredential", shape, credentialKind="DEGREE", jurisdiction="DE")["credential"]["id"]
    decides(p, vera, degree, decision="REJECT", reason="NUMBER_NOT_FOUND", note=p.text)
    p.do("appealCredential", shape, id=degree, statement=p.text)
    p.do("submitCredential", shape, credentialKind="LICENCE", jurisdiction="DE", authority=encode("Authority", "other"),
         otherAuthority={"name": f"Council {p.word}", "url": f"https://council.example/{p.word}"})  # fmt: skip
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
    every: Any = {
        "purpose": p.text, "rules": p.text, "specialties": ["cardiology"], "regions": ["DE"], "languages": ["de"], "memberLimit": 50,
        "visibility": "LISTED", "joinPolicy": "REQUEST",
        "credentialPolicy": {"level": "RIGHT_TO_PRACTISE", "licensedIn": ["DE"], "specialties": ["cardiology"], "checkedWithinDays": 900},
    }  # fmt: skip
    alone = p.do("createGroup", shape, name=f"Alone {p.word}", **every)["group"]["id"]
    p.do("updateGroup", id=alone, name=f"Still alone {p.word}", **every)
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
    source = [{"url": f"https://example.org/{p.word}", "title": p.text, "doi": f"10.1000/{p.word}", "pmid": "12345678"}]
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    create = schema().mutation_type.fields["createDiscussion"]  # type: ignore[union-attr]
    inputs = graphql.get_named_type(create.args["input"].type).fields  # type: ignore[attr-defined]

    def opened(kind: str, token: str | None = None, **given: Any) -> Any:
        texts = {"kind": kind, "title": f"On {p.word}", "body": p.text, "topics": [p.word], "sources": source}
        return p.do("createDiscussion", shape, token, **there | texts | given)["discussion"]

    text = opened("DISCUSSION")["id"]
    p.do("editDiscussion", id=text, title=f"Again on {p.word}", body=p.text, topics=[p.word], sources=source)
    p.do("addTranslation", subject=text, language="de", title=p.word, body=p.word)
    ends = (datetime.now(UTC) + timedelta(days=4)).isoformat()
    join = f"https://meet.example/{p.word}"
    live = opened("LIVE_QA", liveDetails={"startsAt": later, "endsAt": ends, "joinUrl": join, "hosts": [me]})["id"]
    gone = opened("LIVE_QA", liveDetails={"startsAt": later, "joinUrl": f"https://meet.example/{p.word}"})["id"]
    p.do("deleteDiscussion", id=gone)
    read = "query($id: ID!) { node(id: $id) { ... on Discussion { state liveDetails { joinUrl } } } }"
    assert p.stack.data(read, maria, id=gone)["node"] == {"state": "DELETED", "liveDetails": None}
    assert p.stack.data(read, maria, id=live)["node"]["liveDetails"]["joinUrl"].startswith(join)
    opened("POLL", pollOptions=[p.word, "Another"])
    question = opened("QUESTION")["id"]
    answered = p.do("addPost", "post { id }", maria, discussion=question, body="So.", language="en")["post"]["id"]
    p.do("resolveDiscussion", discussion=question, post=answered)
    case = opened(
        "CASE", caseDetails={"question": p.text, "ageBand": "60-69", "setting": p.word, "consentScope": "THIS_GROUP", "urgency": "SOON"}
    )["id"]  # fmt: skip
    p.do("withdrawCaseConsent", discussion=case)
    opened("DISCUSSION", group=groups["alone"])
    opened("ALERT", group=groups["shared"], alertDetails={"regions": ["DE"], "specialties": ["cardiology"], "issuer": p.word,
                                                          "expiresAt": later})  # fmt: skip
    for kind in KINDS:  # those that nothing above opens, each with all the fields of its details
        if kind.details and not any(
            path.startswith(f"createDiscussion.{camel(kind.details.name)}") for path in p.given
        ):
            opened(kind.name, **{camel(kind.details.name): sample(inputs[camel(kind.details.name)].type, p.text)})
    opened("DISCUSSION", body=f"{p.text} Our form shows 9434765919 below.")  # held
    post = p.do("addPost", "post { id }", discussion=question, body=p.text, language="en", sources=source)["post"]["id"]
    p.do("editPost", id=post, body=f"{p.text} Again.", sources=source)
    p.do("addPost", discussion=question, body=p.text, language="en", inReplyTo=post, sources=source)
    p.do("deletePost", id=p.do("addPost", "post { id }", discussion=question, body=p.text, language="en")["post"]["id"])
    handle = p.stack.data("{ viewer { professional { handle } } }", p.token)["viewer"]["professional"]["handle"]
    other = opened("DISCUSSION", maria, title=f"For @{handle}", body=f"What does @{handle} say?", topics=None,
                   sources=None, language="en")["id"]  # fmt: skip
    p.do(
        "updateProfile", handle=f"r-{p.word}"
    )  # what others wrote and write with the one before leads to the person still
    p.do("editDiscussion", "__typename", maria, id=other, body=f"What do you say, @{handle}?")
    p.do("addTranslation", "__typename", maria, subject=other, language="de", title=f"An @{handle}", body=f"@{handle}?")
    hosted = opened("LIVE_QA", maria, title="Live", body="Live", topics=None, sources=None,
                    liveDetails={"startsAt": later, "hosts": [me]})["id"]  # fmt: skip
    held = opened("DISCUSSION", maria, title=f"Held, @{handle}", body=f"@{handle}: our form shows 9434765919 below.", topics=None,
                  sources=None, language="en")["id"]  # fmt: skip
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
    return {
        "text": text,
        "post": post,
        "other": other,
        "hosted": hosted,
        "held": held,
        "handle": handle,
        "group": groups["theirs"],
    }


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
    source = {"url": f"https://example.org/{p.word}", "title": p.text, "doi": f"10.1000/{p.word}", "pmid": "12345678"}
    p.do("proposeNote", subject=texts["other"], body=p.text, sources=[source])
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
    is_suspended(p, me)
    gets_roles(p, me)
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
    p.do("requestSecondFactorReset", email=p.email, password=PASSWORD)
    # The last thing, because it takes the person out of the group.
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    for action in ({"action": "LABEL", "label": "DISPUTED"}, {"action": "SUSPEND_MEMBER", "until": later}):
        about = p.do("flag", "flag { id }", maria, subject=texts["text"], reason="OTHER", detail=f"Too much {p.word}.")[
            "flag"
        ]["id"]
        p.do("decideFlag", "decision { id }", admin, id=about, **action, **why)


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
    for file, places in exported([*PROFILES, *GRAPH]).items():
        there = keys(documents.get(file, {})) | NEVER_SET.get(file, set())
        lacking += [f"{file}: {name}" for names in places.values() for name in names if name not in there]
    assert lacking == [], "declared for the archive and not in it"
    text = json.dumps(documents, ensure_ascii=False)
    lost = [path for path, mark in p.marks.items() if mark not in text and not excused(path, NOT_ARCHIVED)]
    assert lost == [], (
        f"the person gave these texts, and the archive has none of them; or {HERE} says why in NOT_ARCHIVED"
    )
    assert "9434765919" in text  # the held text
    assert any(
        name.startswith("evidence/") and name.endswith(f"{p.mark('requestEvidenceUpload.fileName')}.pdf")
        for name in found.namelist()
    )


# Properties that nothing here sets; Neo4j stores none that is null.
NEVER_SET: dict[str, set[str]] = {
    # Of people who asked before they had an account; tests/profiles/integration/test_hiding.py has one.
    "hiding_requests.json": {
        "contact",
        "note",
        "language",
        "number_matches",
        "requested_at",
        "outcome",
        "decided_at",
        "decision_note",
    },
    "sources.json": {"source", "as_of", "file_as_of", "deactivated_on"},  # of a directory profile that became one's own
    "graph/posts.json": {"labels"},  # nobody labels a post here
}


def test_every_mutation_and_field_is_done_or_declared_irrelevant(leaver: tuple[Leaver, str, dict[str, str]]) -> None:
    """Whoever adds one adds it here: to what the person does, or, with the reason, to what leaves nothing of them."""
    p, _, _ = leaver
    every = schema().mutation_type.fields  # type: ignore[union-attr]
    new = sorted(every.keys() - p.done - {"eraseMe"} - NOT_DONE.keys())
    assert not new, (
        f"{new}: let the person do it in {HERE} (`p.do`), or say in NOT_DONE there why it leaves nothing of anybody"
    )
    assert NOT_DONE.keys() <= every.keys(), f"NOT_DONE in {HERE} names mutations that there are no more"
    inputs = {
        path: kind
        for name, mutation in every.items()
        if name not in {*NOT_DONE, "eraseMe"}
        for path, kind in fields(graphql.get_named_type(mutation.args["input"].type), name)
    }
    new = sorted(path for path in inputs if path not in p.given and not excused(path, NOT_GIVEN))
    assert not new, f"{new}: give it in {HERE} (`p.do`), or say in NOT_GIVEN there why it leaves nothing of anybody"
    texts = [path for path, kind in inputs.items() if kind == "String" and not excused(path, NO_TEXT)]
    new = [path for path in texts if not any(n in value for n in p.needles for value in p.given.get(path, ()))]
    assert not new, f"{new}: give it a text with `p.word` in {HERE} (`p.do`), or say in NO_TEXT there what else it is"


def in_postgresql(engine: sa.Engine, needles: list[str]) -> list[str]:
    """The tables in whose rows one of the texts stands, whatever its case, also as bytes."""
    patterns = {
        spelled
        for needle in needles
        for text in (needle, needle.lower())
        for spelled in (text.lower(), text.encode().hex())
    }
    found = []
    with engine.connect() as connection:
        tables = connection.execute(
            sa.text(
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
                "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'"
            )
        ).scalars()
        for table in sorted(tables):
            holds = (
                f"SELECT p FROM unnest(CAST(:patterns AS text[])) p WHERE EXISTS "
                f"(SELECT 1 FROM {table} t WHERE position(p IN lower(CAST(to_jsonb(t) AS text))) > 0)"
            )
            rows = connection.execute(sa.text(holds), {"patterns": sorted(patterns)}).scalars()
            found += [f"{table.removeprefix('public.')}: {row}" for row in rows]
    return found


def in_neo4j(driver: neo4j.Driver, needles: list[str]) -> list[str]:
    """The nodes and relationships in whose properties one of the texts stands."""
    holds = (
        "any(key IN keys(x) WHERE any(text IN CASE WHEN valueType(x[key]) STARTS WITH 'LIST' THEN x[key] ELSE [x[key]] END "
        "WHERE any(needle IN $needles WHERE toLower(toStringOrNull(text)) CONTAINS needle)))"
    )
    needles = [needle.lower() for needle in needles]
    with driver.session() as session:
        nodes = session.run(
            f"MATCH (x) WHERE {holds} RETURN labels(x)[0] AS place, properties(x) AS found", needles=needles
        ).data()
        between = session.run(
            f"MATCH ()-[x]->() WHERE {holds} RETURN type(x) AS place, properties(x) AS found", needles=needles
        ).data()
    return [f"{row['place']}: {row['found']}" for row in (*nodes, *between)]


def in_files(stack: Stack, needles: list[str]) -> list[str]:
    """Our own files in whose bytes one of the texts stands; every one is of a declared kind."""
    assert stack.output is not None
    found = []
    for file in sorted(path for path in [*stack.home.rglob("*"), stack.output] if path.is_file()):
        own = file.relative_to(stack.home.parent)
        if own.parts[1:2] in {("postgres",), ("neo4j",)}:
            continue  # the engines' own
        kinds = [holding.place for holding in FILES if own.match(holding.place)]
        assert kinds or file == stack.output, (
            f"{own} is of no declared kind (services/profiles/profiles/rights/holdings.py)"
        )
        data = file.read_bytes().lower()
        found += [f"{own}: {needle}" for needle in needles if needle.lower().encode() in data]
    return found


def test_nothing_is_left_of_an_erased_person(
    stack: Stack, leaver: tuple[Leaver, str, dict[str, str]], engine: sa.Engine, driver: neo4j.Driver
) -> None:
    """No name, address, handle or text in any table, node, relationship or file; the id only where it is declared."""
    p, me, texts = leaver
    own = decode(me)
    assert own is not None
    assert in_postgresql(engine, p.needles)  # the scans find what is there
    assert in_neo4j(driver, p.needles)
    assert in_files(stack, p.needles)
    assert undeclared(driver) == []
    receipt = p.do("eraseMe", "receipt", confirm="ERASE")["receipt"]
    # Both engines at once; files when the receipt says so.
    assert in_postgresql(engine, p.needles) == []
    assert in_neo4j(driver, p.needles) == []
    # For two days the answers that others' requests are repeated with name whom they were about: by the id, and nothing else.
    assert {one.partition(":")[0] for one in in_postgresql(engine, [own[1]])} <= {"idempotency"}
    with engine.connect() as connection:
        theirs = sa.text("SELECT count(*) FROM idempotency WHERE actor = :me")
        assert connection.execute(theirs, {"me": own[1]}).scalar_one() == 0
    named = in_neo4j(driver, [own[1]])
    assert {one.partition(":")[0] for one in named} <= {"ErasedProfessional", "FeedEntry", "IdempotencyKey"}, named
    with driver.session() as session:
        keys_left = session.run("MATCH (k:IdempotencyKey) WHERE k.id STARTS WITH $me RETURN k", me=own[1]).data()
    assert keys_left == []
    assert undeclared(driver) == []
    for_others(stack, me, texts)
    status = jwt.decode(receipt, options={"verify_signature": False})["status"].replace(
        "http://127.0.0.1:8000", stack.url
    )
    parts = json.loads(http(status)[2])
    assert [name for name, at in parts.items() if at is None] in ([], ["mail"])
    eventually(lambda: None not in json.loads(http(status)[2]).values(), 30)
    assert in_files(stack, p.needles) == []


def for_others(stack: Stack, me: str, texts: dict[str, str]) -> None:
    """What others wrote still reads, and names nobody; the handle is not given again."""
    maria, mod = stack.sign_in("maria"), stack.sign_in("mod")
    assert stack.data("query($id: ID!) { node(id: $id) { id } }", maria, id=me)["node"] is None
    read = (
        "query($id: ID!) { node(id: $id) { ... on Discussion { title body mentions { id } translations { title body } "
        "reactions { count } liveDetails { hosts { id } } } } }"
    )
    other = stack.data(read, maria, id=texts["other"])["node"]
    assert (other["title"], other["body"]) == ("For @[erased]", "What do you say, @[erased]?")
    assert other["translations"] == [{"title": "An @[erased]", "body": "@[erased]?"}]
    assert other["mentions"] == []
    queue = (
        "query($group: ID!) { moderationQueue(first: 100, filter: {group: $group}) { nodes { id subject { id } } } }"
    )
    waiting = stack.data(queue, mod, group=texts["group"])["moderationQueue"]["nodes"]
    flag = next(one["id"] for one in waiting if one["subject"] == {"id": texts["held"]})
    done = stack.change(
        "decideFlag",
        "decision { id }",
        mod,
        id=flag,
        action="RESTORE",
        facts="It is no patient.",
        clause="Guidelines, 3",
    )
    assert codes(done) == []
    published = stack.data(read, maria, id=texts["held"])["node"]
    assert (published["title"], published["body"]) == ("Held, @[erased]", "@[erased]: our form shows 9434765919 below.")
    assert stack.data(read, maria, id=texts["hosted"])["node"]["liveDetails"] == {"hosts": []}
    again = texts["handle"].replace("-", " ").title()
    token = stack.sign_up(again, f"{new_id()}@again.example", ["DE"])
    handle = stack.data("{ viewer { professional { handle } } }", token)["viewer"]["professional"]["handle"]
    assert handle == f"{texts['handle']}-2"
