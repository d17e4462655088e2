"""Archive, erasure, retention and proofs, on the real PostgreSQL."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import zipfile
import zlib
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import jwt
import pytest
import sqlalchemy as sa

from kit import clock
from kit.clock import new_id
from kit.errors import Forbidden, Invalid, NotFound, NotVerified, Unavailable
from profiles.accounts.signing import Signer
from profiles.accounts.usecases import handles_for
from profiles.mail.delivery import deliver_one
from profiles.mail.files import KEPT_DAYS, delete_older
from profiles.people.usecases import read_profile
from profiles.proofs import usecases as proofs
from profiles.rights import usecases as rights
from profiles.rights.retention import RULES, UNCONFIRMED, retain
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import working
from tests.kit.unit.test_kit import a_pem
from tests.support.desk import CIPHER, NOW, a_person, change_profile, confirm, decide, revoke, submit, unit, validated
from tests.support.races import at_once
from tests.support.settings import worker_settings

SIGNER = Signer(a_pem(), "http://x")
PRIVACY = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")


def verified(database: sa.Engine, vera: str, **fields: object) -> tuple[str, str]:
    """Somebody with the right to practise, and their licence."""
    person = a_person(database)
    decide(database, submit(database, person, kind="IDENTITY", authority=None, number=None).id, vera)
    return person, validated(database, person, vera, **fields).id


def prove(database: sa.Engine, person: str, audience: str = "https://tele.example") -> str:
    """A proof for an audience."""
    return made(database, person, audience).token


def made(
    database: sa.Engine, person: str, audience: str = "https://tele.example", *, now: datetime | None = None
) -> proofs.Made:
    """A proof as the view makes it."""
    with unit(database) as work:
        work.people.lock(person)
        return proofs.make_proof(
            work.proofs, SIGNER, snapshot=read_profile(work.people, person), audience=audience, public_url="http://x",
            now=now or clock.now(),
        )  # fmt: skip


def proof_rows(database: sa.Engine, person: str) -> int:
    """How many proofs of somebody are stored."""
    with unit(database) as work:
        return int(
            work.connection.execute(
                sa.text("SELECT count(*) FROM proof WHERE person_id = CAST(:p AS uuid)"), {"p": person}
            ).scalar_one()
        )


def test_a_proof_is_given_out_again_for_an_hour_while_it_is_true(database: sa.Engine) -> None:
    """The same token, also to many who ask at once; another audience, another statement or another hour gets a new one."""
    vera = a_person(database, "Vera", roles=("VERIFIER",))
    person, licence = verified(database, vera)
    now = clock.now()
    found: list[proofs.Made] = []
    threads = [threading.Thread(target=lambda: found.append(made(database, person, now=now))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.token for one in found}) == 1
    assert [one.is_new for one in found].count(True) == 1
    assert proof_rows(database, person) == 1
    assert made(database, person, "https://other.example", now=now).is_new
    assert not made(database, person, now=now + timedelta(minutes=59)).is_new
    assert made(database, person, now=now + timedelta(minutes=61)).is_new
    assert proof_rows(database, person) == 3
    vito = a_person(database, "Vito", roles=("VERIFIER",))
    revoke(database, licence, vera)
    confirm(database, licence, vito, True)
    after = made(database, person, now=now)
    assert after.is_new
    assert check(database, after.token)["level"] != "RIGHT_TO_PRACTISE"
    assert check(database, found[0].token)["status"] == "REVOKED"


def check(database: sa.Engine, token: str, audience: str | None = None) -> dict[str, object]:
    """What a proof is worth."""
    with unit(database) as work:
        return proofs.check_proof(work.proofs, SIGNER, token=token, audience=audience, now=clock.now())


def listed(database: sa.Engine, token: str) -> int:
    """The proof's bit in the published list, read as a third party reads it."""
    status = jwt.decode(token, options={"verify_signature": False})["status"]["status_list"]
    number = int(status["uri"].rsplit("/", 1)[1])
    with unit(database) as work:
        published = proofs.status_list(work.proofs, SIGNER, number=number, public_url="http://x", now=clock.now())
    claims = SIGNER.check(published, token_type="statuslist+jwt")
    packed = claims["status_list"]["lst"]
    bits = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    return bits[status["idx"] // 8] >> (status["idx"] % 8) & 1


def test_a_proof_is_checked_offline_and_revoked_with_the_licence(database: sa.Engine) -> None:
    """It says what was verified, and no number; the list tells others when it ends."""
    vera, vito = (a_person(database, name, roles=("VERIFIER",)) for name in ("Vera", "Vito"))
    person, licence = verified(database, vera, number="987654401")
    token = prove(database, person)
    key = jwt.PyJWK(SIGNER.key_set()["keys"][0])
    claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="https://tele.example", issuer="http://x")
    assert (claims["level"], claims["jurisdictions"]) == ("RIGHT_TO_PRACTISE", ["DE"])
    assert claims["checked_on"] == NOW.date().isoformat()
    assert (claims["name"], claims["profession"], claims["specialties"]) == ("Ada Lovelace", None, ["cardiology"])
    assert not {"987654401", person} & set(re.findall(r"[\w-]+", json.dumps(claims)))
    assert check(database, token)["status"] == "VALID"
    assert check(database, token, "https://tele.example")["jurisdictions"] == ["DE"]
    assert check(database, token, "https://other.example") | {"checked_at": 0} == {
        "status": "WRONG_AUDIENCE", "checked_at": 0, "level": None, "name": None, "profession": None, "specialties": None,
        "jurisdictions": None, "expires_at": None,
    }  # fmt: skip
    for forged in ("", "x", token[:-4] + "AAAA", Signer(a_pem(), "http://x").sign(claims, token_type=proofs.TYPE)):
        assert check(database, forged)["status"] == "FORGED"
    assert check(database, SIGNER.sign(claims | {"exp": 1}, token_type=proofs.TYPE))["status"] == "EXPIRED"
    assert listed(database, token) == 0
    revoke(database, licence, vera)
    assert check(database, token)["status"] == "REVOKED"
    assert listed(database, token) == 1
    confirm(database, licence, vito, agree=False)
    assert check(database, token)["status"] == "REVOKED"  # once revoked, for ever; a new one is easily made
    assert check(database, prove(database, person))["status"] == "VALID"


def test_nothing_is_proved_for_who_is_not_verified(database: sa.Engine) -> None:
    """And no audience means no proof."""
    with pytest.raises(NotVerified):
        prove(database, a_person(database))
    person, _ = verified(database, a_person(database, "Vera", roles=("VERIFIER",)))
    for audience in ("", " ", "x" * 300):
        with pytest.raises(Invalid):
            prove(database, person, audience)


def test_the_archive_holds_everything(database: sa.Engine) -> None:
    """Here and in the graph; with the graph away nothing is made. Stored encrypted, fetched by whom it is about."""
    person, _ = verified(database, a_person(database, "Vera", roles=("VERIFIER",)), number="555555501")

    def made(graph, age: float = 299):  # type: ignore[no-untyped-def]
        with unit(database) as work:
            return rights.export(
                work, SIGNER, person_id=person, authenticated_at=clock.now().timestamp() - age, graph=graph,
                public_url="http://x", now=clock.now(),
            )  # fmt: skip

    def away() -> dict[str, object]:
        raise Unavailable("away")

    with pytest.raises(Unavailable):
        made(away)
    with pytest.raises(Forbidden, match="Sign in again"):
        made(dict, age=301)
    url, _ = made(lambda: {"connections": [{"handle": "jonas"}], "posts": []})
    with unit(database) as work:
        stored = bytes(work.connection.execute(sa.text("SELECT content FROM archive")).scalar_one())
        given = {"token": url.rsplit("/", 1)[1], "now": clock.now()}
        with pytest.raises(NotFound):
            rights.fetch_archive(work.rights, work.audit, SIGNER, person_id=a_person(database), **given)
        content = rights.fetch_archive(work.rights, work.audit, SIGNER, person_id=person, **given)
    assert b"profile.json" not in stored
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {"profile.json", "account.json", "roles.json", "jurisdictions.json", "credentials.json", "sessions.json", "personal_access_tokens.json", "role_grants.json", "role_proposals.json",
            "policies.json", "proofs.json", "audit.json", "sources.json", "evidence.json", "graph/connections.json",
            "graph/posts.json", "email_change.json", "second_factor_reset.json", "former_handles.json", "suspensions.json",
            "hiding_requests.json"} == set(archive.namelist())  # fmt: skip
    numbers = [c["number"] for c in json.loads(archive.read("credentials.json"))]
    assert "555555501" in numbers
    assert [e["action"] for e in json.loads(archive.read("audit.json"))] == ["credential.submit"] * 2


def test_documents_of_an_archive_are_read_one_at_a_time() -> None:
    """Three hundred of 10 MB fit into one; what was deleted meanwhile is left out."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        files.writestr("profile.json", "{}")
        files.writestr("evidence.json", json.dumps([{"id": str(n), "file_name": "a.pdf"} for n in range(4)]))
    asked: list[str] = []

    def read_document(own: str) -> bytes | None:
        asked.append(own)
        return None if own == "2" else own.encode() * 100_000

    stream = rights.pieces(made.getvalue(), read_document)
    head = [next(stream), next(stream)]
    assert asked == []
    first = next(stream)
    assert asked == ["0"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join([*head, first, *stream])))
    assert archive.testzip() is None
    assert archive.namelist() == ["profile.json", "evidence.json", *(f"evidence/{n}-a.pdf" for n in (0, 1, 3))]
    assert archive.read("evidence/3-a.pdf") == b"3" * 100_000


def test_erasure_leaves_no_trace_but_entries_that_name_nobody(database: sa.Engine) -> None:
    """Needs a fresh sign-in and a word that shows that it is meant; the receipt says what was done."""
    vera = a_person(database, "Vera", roles=("VERIFIER",))
    email = f"{new_id()}@gone.example"
    person = a_person(database, "Zebulon Quackenbush", email=email)
    case = submit(database, person)
    decide(database, case.id, vera)
    with unit(database) as work:
        work.mail.send("password-changed", person_id=person)
        work.mail.send("address-known", address=email.upper())
        work.publish(person)

    def erase(confirm_: str, age: float) -> str:
        with unit(database) as work:
            return rights.erase_me(
                work, SIGNER, person_id=person, confirm=confirm_, authenticated_at=NOW.timestamp() - age,
                public_url="http://x", now=NOW,
            )  # fmt: skip

    with pytest.raises(Forbidden, match="Sign in again"):
        erase(email, 301)
    with pytest.raises(Invalid):
        erase("yes", 1)
    receipt = SIGNER.check(erase(email.upper(), 299), token_type=rights.RECEIPT)
    with unit(database) as work:
        done = work.rights.erasure(receipt["erasure"])
        tables = work.connection.execute(
            sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars().all()  # fmt: skip
        for table in tables:
            rows = str(work.connection.execute(sa.text(f'SELECT * FROM "{table}"')).all())
            assert "Quackenbush" not in rows, table
            assert email not in rows, table
            assert person not in rows or table == "outbox", table
        waiting = work.connection.execute(
            sa.text("SELECT type FROM outbox WHERE aggregateid = :p"), {"p": person}
        ).scalars().all()  # fmt: skip
    assert waiting == ["ProfessionalErased"]
    assert done["erased_at"] == NOW
    assert done["graph_erased_at"] is None
    assert done["mail_erased_at"] is None


def test_messages_in_files_go_with_the_person_and_after_a_week(database: sa.Engine, tmp_path: Path) -> None:
    """In every spelling of the mailbox; others' stay. The receipt says when."""
    from dataclasses import replace

    email = f"Zoë.{new_id()}@gone.example"
    person, other = a_person(database, email=email), a_person(database)
    config = replace(worker_settings(), mail_dir=tmp_path, field_keys=((1, b"f" * 32),), index_key=b"i" * 32)
    while deliver_one(database, replace(config, mail_dir=tmp_path.with_name("of-other-tests"))):
        pass
    with unit(database) as work:
        for one in (person, other):
            work.mail.send("password-changed", person_id=one)
        work.mail.send("address-known", address=email.casefold())
    while deliver_one(database, config):
        pass
    written = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert [email.casefold() in text.casefold() for text in written.values()].count(True) == 2
    (kept,) = [name for name, text in written.items() if email.casefold() not in text.casefold()]
    with unit(database) as work:
        erasure = rights.erase(work, person, actor=person, now=NOW)
    while deliver_one(database, config):
        pass
    assert [file.name for file in tmp_path.iterdir()] == [kept]
    with unit(database) as work:
        assert work.rights.erasure(erasure)["mail_erased_at"] is not None
        assert work.connection.execute(sa.text("SELECT count(*) FROM mail")).scalar_one() == 0
    assert delete_older(tmp_path, clock.now() - timedelta(days=KEPT_DAYS)) == 0
    assert delete_older(tmp_path, clock.now() + timedelta(seconds=5)) == 1


def test_a_handle_is_never_given_again(database: sa.Engine) -> None:
    """Neither to who signs up later nor to who signs up in the same moment, nor by an import; for people from before too."""

    def named(name: str) -> str:
        with unit(database) as work:
            return work.people.add(
                person_id=new_id(), handles=handles_for(name), name=name, claimed=True, created_at=NOW, regions=["DE"]
            )

    def erased(handle: str) -> None:
        with unit(database) as work:
            rights.erase(work, work.people.by_handle(handle).id, actor="service:clock", now=NOW)

    assert [named("Thea Twice"), named("Thea Twice")] == ["thea-twice", "thea-twice-2"]
    erased("thea-twice")
    assert named("Thea Twice") == "thea-twice-3"
    with database.begin() as connection:  # somebody from before handles were written down
        connection.execute(sa.text("DELETE FROM used_handle"))
    outcome = at_once(9, lambda n: named("Thea Twice") if n else erased("thea-twice-2"))
    assert outcome[0] is None
    assert len(set(outcome)) == 9
    assert "thea-twice-2" not in outcome
    assert "thea-twice-2" not in [named("Thea Twice") for _ in range(3)]
    with unit(database) as work:
        assert work.imports.use_handles(["thea-twice-2", "thea-new"]) == {"thea-new"}


def test_a_directory_profile_that_became_somebodys_goes_with_them(database: sa.Engine) -> None:
    """The archive says where it came from; of the register's number a keyed hash stays, so that it does not come back."""
    person, profile, reference = a_person(database), new_id(), b"r" * 32
    with unit(database) as work:
        work.people.add(
            person_id=profile, handles=["from-a-register"], name="Registra Quackenbush", claimed=False, created_at=NOW
        )
        work.connection.execute(
            sa.text("INSERT INTO import_source (source, ref_index, person_id, content) VALUES ('nppes', :r, :p, :r)"),
            {"r": reference, "p": profile},
        )
        assert work.directory.merge(profile, person)
        assert work.rights.rows_of(person)["sources.json"] == [
            {"source": "nppes", "as_of": None, "file_as_of": None, "deactivated_on": None}
        ]
    with unit(database) as work:
        rights.erase(work, person, actor=person, now=NOW)
    with unit(database) as work:
        assert (work.people.get(person), work.people.get(profile)) == (None, None)
        kept = work.connection.execute(sa.text("SELECT source, ref_index FROM import_suppressed")).all()
        names = str(work.connection.execute(sa.text("SELECT to_jsonb(p) FROM person p")).all())
        assert work.imports.use_handles(["from-a-register"]) == set()
    assert ("nppes", reference) in [(row.source, bytes(row.ref_index)) for row in kept]
    assert "Registra" not in names


def test_the_name_of_a_practice_goes_with_the_last_who_names_it(database: sa.Engine) -> None:
    """Also when its owner takes it out of the profile; one that somebody else names stays."""
    ada, bob = a_person(database), a_person(database)

    def works_at(person: str, *names: str) -> None:
        change_profile(database, person, institutions=[{"name": name} for name in names])

    def known() -> set[str]:
        with unit(database) as work:
            return set(
                work.connection.execute(sa.text("SELECT name FROM institution WHERE name LIKE 'Zq %'")).scalars()
            )

    works_at(ada, "Zq Praxis Ada", "Zq Clinic", "Zq Left")
    works_at(bob, "Zq Clinic")
    works_at(ada, "Zq Praxis Ada", "Zq Clinic")
    assert known() == {"Zq Praxis Ada", "Zq Clinic"}
    with unit(database) as work:
        rights.erase(work, ada, actor=ada, now=NOW)
    assert known() == {"Zq Clinic"}
    outcome = at_once(8, lambda n: works_at(bob) if n == 0 else works_at(a_person(database), "Zq Clinic"))
    assert outcome == [None] * 8
    with unit(database) as work:
        named = work.connection.execute(
            sa.text("SELECT DISTINCT i ->> 'id' FROM person, jsonb_array_elements(institutions) i WHERE i ->> 'name' = 'Zq Clinic'")
        ).scalars().all()  # fmt: skip
        assert [place.id for place in work.institutions.get_many(list(named))] == list(named)


def test_what_an_admin_has_read_and_tried_stays_in_the_trail_after_their_erasure(database: sa.Engine) -> None:
    """Under their pseudonym, with the sums of the hour that has not ended; so does what was read of whoever is erased."""
    admin, person = a_person(database, roles=("ADMIN",)), a_person(database)
    with unit(database) as work:
        for _ in range(3):
            work.audit.note_read("account.list", actor=admin, object="accounts", count=100, now=NOW)
            work.audit.note_read("account.read", actor=admin, object=f"person:{person}", count=1, now=NOW)
        for _ in range(102):
            work.audit.note_refusal(
                "account.suspend", actor=admin, object=f"person:{person}", reason="FORBIDDEN", now=NOW, with_role=True
            )
    with unit(database) as work:
        of_admin, of_person = work.audit.pseudonym_of(admin), work.audit.pseudonym_of(person)
        rights.erase(work, person, actor=person, now=NOW)
    with unit(database) as work:
        assert said(work, of_admin, "account.read") == [(of_person, None)] * 2  # reasons about them have gone
        rights.erase(work, admin, actor=admin, now=NOW)
    with unit(database) as work:
        assert said(work, of_admin, "account.list") == [("accounts", "100"), ("accounts", "REPEATED 200")]
        refused = said(work, of_admin, "account.suspend.refused")
        assert (len(refused), refused[-1]) == (101, ("many", "REPEATED 2"))
        for table in ("refusal", "privileged_read"):
            left = work.connection.execute(sa.text(f"SELECT count(*) FROM {table} WHERE actor = :a"), {"a": admin})
            assert left.scalar_one() == 0


def said(work: UnitOfWork, actor: str | None, action: str) -> list[tuple[str, str | None]]:
    """What the trail says that somebody did: to what, and the reason; oldest first."""
    entries = work.audit.page(object=None, actor=actor, before=None, first=500)
    return [(one.object, one.reason) for one in reversed(entries) if one.action == action]


def test_a_verifier_who_is_erased_stands_in_no_case_of_others(database: sa.Engine) -> None:
    """Neither as who holds it, nor who decided, nor who waits for a second one."""
    vera = a_person(database, "Vera", roles=("VERIFIER",))
    _, licence = verified(database, vera)
    revoke(database, licence, vera)
    with unit(database) as work:
        rights.erase(work, vera, actor=vera, now=NOW)
    with unit(database) as work:
        case = work.credentials.get(licence)
        rows = str(work.connection.execute(sa.text("SELECT to_jsonb(c) FROM credential c")).all())
        events = str(work.connection.execute(sa.text("SELECT to_jsonb(c) FROM credential_event c")).all())
    assert (case.pending_by, case.decided_by) == (None, ())
    assert case.pending_decision == "REVOKE"
    assert vera not in rows + events


def test_the_retention_table_is_the_documented_one() -> None:
    """Row by row."""
    for rule in RULES:
        assert f"| {rule.what} | {rule.kept} |" in PRIVACY, rule.what


def test_retention_deletes_what_is_old_and_nothing_else(database: sa.Engine) -> None:
    """Each rule of the table, a day too young and old enough."""
    begin = partial(working, database, CIPHER)
    retain(begin, now=NOW + timedelta(days=10_000))
    young, old = a_person(database), a_person(database)
    with unit(database) as work:
        db = work.connection
        for person, shift in ((young, timedelta(hours=1)), (old, timedelta(hours=-1))):
            for rule in RULES:
                at = NOW - timedelta(days=rule.days) + shift
                given = {
                    "p": person,
                    "at": at,
                    "i": new_id(),
                    "t": new_id(),
                    "k": new_id().encode(),
                    "c": CIPHER.encrypt("x", owner="x"),
                }
                for statement in _rows(rule.what):
                    db.execute(sa.text(statement), given)
    assert retain(begin, now=NOW) == {rule.what: 1 for rule in RULES}


def _rows(what: str) -> list[str]:
    """Statements that make one row of a kind, as old as `:at`."""
    session = "INSERT INTO session (id, person_id, created_at, ended_at) VALUES (:i, :p, :at, {})"
    return {
        UNCONFIRMED: ["INSERT INTO person (id, handle, name, claimed, created_at) VALUES (:i, :t, 'n', true, :at)",
                      "INSERT INTO account (person_id, email, email_key, created_at, reminded_at) VALUES (:i, :t, :t, :at, :at)"],
        "roles that wait for a second admin": [
            "INSERT INTO person (id, handle, name, claimed, created_at) VALUES (:i, :t, 'n', true, :at)",
            "INSERT INTO account (person_id, email, email_key, created_at, confirmed_at) VALUES (:i, :t, :t, :at, :at)",
            "INSERT INTO role_proposal VALUES (:i, :i, :i, '{ADMIN}', NULL, :at, :at)",
        ],
        "sessions": [session.format(":at")],
        "refresh tokens": [session.format("NULL"), "INSERT INTO refresh_token VALUES (:k, :i, :at)"],
        "personal access tokens": ["INSERT INTO personal_access_token VALUES (:i, :p, 'n', false, :k, :at, :at)"],
        "tokens sent by mail": ["INSERT INTO mail_token VALUES (:k, :p, 'RESET', :at)"],
        "failed tries to sign in": ["INSERT INTO attempt VALUES (:k, 1, :at)"],
        "ids of acts that the graph service relayed": ["INSERT INTO relayed_event VALUES (:i, :at)"],
        "unsent messages": ["INSERT INTO mail (kind, person_id, created_at) VALUES ('password-changed', :p, :at)"],
        "answers kept for Idempotency-Key": ["INSERT INTO idempotency (actor, key, fingerprint, created_at) VALUES (:t, :t, :k, :at)"],
        "evidence": ["INSERT INTO credential (id, person_id, kind, jurisdiction, status, submitted_at) VALUES (:i, :p, 'DEGREE', 'DE', 'ATTESTED', :at)",
                     "INSERT INTO evidence VALUES (gen_random_uuid(), :i, 'f', 'image/png', 1, :at, :at)"],
        "archives of one's own data": ["INSERT INTO archive VALUES (:i, :p, 1, :c, :at)"],
        "proofs of verification": ["INSERT INTO proof (person_id, level, jurisdictions, expires_at) VALUES (:p, 'IDENTITY', '{}', :at)"],
        "rejected and withdrawn credentials": ["INSERT INTO credential (id, person_id, kind, jurisdiction, status, submitted_at, decided_at) "
                                               "VALUES (:i, :p, 'DEGREE', 'DE', 'VAL_FAIL', :at, :at)"],
        "decisions about numbers and documents, without names": ["INSERT INTO past_decision (id, decided_at, outcome, by_two, kind, "
                                                                 "jurisdiction) VALUES (:i, :at, 'REJECTED', false, 'DEGREE', 'DE')"],
        "keyed hashes of former mailboxes": ["INSERT INTO former_mailbox VALUES (:p, :t, :at)"],
        "sessions of erased people": ["INSERT INTO erased_session VALUES (:i, :at)"],
        "suspensions": ["INSERT INTO suspension (id, person_id, started_at, ended_at) VALUES (:i, :p, :at, :at)"],
        "receipts of erasures": ["INSERT INTO erasure (id, erased_at) VALUES (:i, :at)"],
    }[what]  # fmt: skip
