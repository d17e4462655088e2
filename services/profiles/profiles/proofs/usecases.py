"""Proofs of verification: signed statements for one audience, that others check offline, and their revocation."""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson

from kit import cards, verification
from kit.errors import Invalid
from kit.levels import require_level
from kit.snapshots import Snapshot, read_snapshot
from profiles.accounts.signing import Signer
from profiles.proofs.store import ProofStore

TYPE, LIST_TYPE = "verification-proof+jwt", "statuslist+jwt"
HOLDS = timedelta(days=30)
FRESH = timedelta(hours=1)
LIST_SIZE = 131_072  # places in one list, so that no list says much by itself (IETF Token Status List)
LIST_TTL_SECONDS = 30
MAX_AUDIENCE_LENGTH = 255


def _counting(snapshot: Snapshot, today: str) -> list[dict[str, Any]]:
    return [
        item
        for item in snapshot["licences"]
        if item["standing"] in verification.COUNTING_STANDINGS
        and (item["expires_on"] is None or str(item["expires_on"]) >= today)
    ]


@dataclass(frozen=True)
class _Said:
    """What a proof says about who somebody is, and where they may practise as that."""

    name: str
    profession: str | None = None
    specialties: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    checked_on: str | None = None


def _said(snapshot: Snapshot, level: str, today: str) -> _Said:
    """What verifiers have validated; all but the name only of licences that hold.

    Profession and jurisdictions are those of the licence that was checked last and of others of the same profession: whoever
    is a nurse in one country and a physician in another is no physician in both.
    """
    if level != verification.RIGHT_TO_PRACTISE:
        return _Said(snapshot["name"])
    held = _counting(snapshot, today)
    profession = max(held, key=lambda item: (item["checked_on"] or "", item["id"]))["profession"]
    same = [item for item in held if item["profession"] == profession]
    verified = {
        item["code"]
        for item in snapshot["specialties"]
        if any(proof["until"] is None or proof["until"] >= today for proof in item["verified"])
    }
    return _Said(
        snapshot["name"], profession, tuple(sorted(verified)), tuple(sorted({item["jurisdiction"] for item in same})),
        max((item["checked_on"] for item in same if item["checked_on"]), default=None),
    )  # fmt: skip


def _name_digest(person_id: str, name: str) -> bytes:
    """A digest that tells whether a proof says another name, and is of no use without the person's id."""
    return hashlib.sha256(f"{person_id} {name}".encode()).digest()


def _plain(snapshot: Snapshot) -> Snapshot:
    return read_snapshot(orjson.loads(orjson.dumps(snapshot)))


@dataclass(frozen=True)
class Made:
    """A proof for its holder.

    Args:
        until: when it ends.
        is_new: whether it was made now, and not within the last hour.
    """

    token: str
    until: datetime
    is_new: bool


def make_proof(
    proofs: ProofStore, signer: Signer, *, snapshot: Snapshot, audience: str, public_url: str, now: datetime
) -> Made:
    """A statement about a person's verification today, signed for one audience; the same for an hour while it stays true.

    It says what verifiers have seen, and nothing else: the level, the name, and of licences that hold the profession
    (ISCO-08), verified specialties, jurisdictions and the day of the last check. It holds no number. The caller holds a lock
    on the person, so that asking several times at once makes one proof.

    Raises:
        Invalid: the audience is empty or too long.
        NotVerified: there is nothing to prove.
    """
    if not 1 <= len(audience.strip()) <= MAX_AUDIENCE_LENGTH:
        raise Invalid(f"audience must have 1 to {MAX_AUDIENCE_LENGTH} characters.", field=["audience"])
    person, today = _plain(snapshot), now.date()
    level = cards.level_on(person, today)
    require_level(verification.UNVERIFIED if person["suspended"] else level, "verificationProof")
    said = _said(person, level, today.isoformat())
    places = list(said.jurisdictions)
    statement = {
        "aud": audience.strip(),
        "level": level,
        "name": said.name,
        "profession": said.profession,
        "specialties": list(said.specialties),
        "jurisdictions": places,
        "checked_on": said.checked_on,
    }
    content = hashlib.sha256(orjson.dumps(statement, option=orjson.OPT_SORT_KEYS)).digest()
    found = proofs.fresh(person["id"], content, since=now - FRESH)
    if found is None:
        made_at, until = now.replace(microsecond=0), (now + HOLDS).replace(microsecond=0)
        index = proofs.add(
            person_id=person["id"],
            level=level,
            jurisdictions=places,
            expires_at=until,
            made_at=made_at,
            content=content,
            name_digest=_name_digest(person["id"], said.name),
            profession=said.profession,
            specialties=said.specialties,
        )
    else:
        index, made_at, until = found
    claims = {
        **statement,
        "iat": int(made_at.timestamp()),
        "exp": int(until.timestamp()),
        "status": {"status_list": {"idx": index % LIST_SIZE, "uri": f"{public_url}/status-list/{index // LIST_SIZE}"}},
        "index": index,
    }
    return Made(signer.sign(claims, token_type=TYPE), until, found is None)


def revoke_lost(proofs: ProofStore, snapshot: Snapshot, *, today: str | None = None) -> int:
    """Revoke the proofs that say more than holds now; returns how many."""
    held = proofs.standing(str(snapshot["id"]))
    if not held:
        return 0
    person = _plain(snapshot)
    day = datetime.now(UTC).date() if today is None else datetime.fromisoformat(today).date()
    level = cards.level_on(person, day)
    said = _said(person, level, day.isoformat())
    name = _name_digest(person["id"], said.name)
    lost = [
        proof.index
        for proof in held
        if person["suspended"]
        or not verification.at_least(level, proof.level)
        or not set(proof.jurisdictions) <= set(said.jurisdictions)
        or (proof.name_digest is not None and proof.name_digest != name)
        or proof.profession not in {None, said.profession}
        or not set(proof.specialties) <= set(said.specialties)
    ]
    if lost:
        proofs.revoke(lost)
    return len(lost)


def check_proof(
    proofs: ProofStore, signer: Signer, *, token: str, audience: str | None, now: datetime
) -> dict[str, Any]:
    """What a proof is worth now: VALID, EXPIRED, REVOKED, WRONG_AUDIENCE or FORGED.

    What it says is told only where it is VALID.
    """
    answer: dict[str, Any] = {
        "status": "FORGED", "checked_at": now, "level": None, "name": None, "profession": None, "specialties": None,
        "jurisdictions": None, "expires_at": None,
    }  # fmt: skip
    try:
        claims = signer.check(token, token_type=TYPE)
    except jwt.ExpiredSignatureError:
        return answer | {"status": "EXPIRED"}
    except (jwt.InvalidTokenError, ValueError):
        return answer
    if audience is not None and claims.get("aud") != audience:
        return answer | {"status": "WRONG_AUDIENCE"}
    proof = proofs.get(int(claims["index"]))
    if proof is None or proof.revoked_at is not None:
        return answer | {"status": "REVOKED"}
    return answer | {
        "status": "VALID",
        "level": claims["level"],
        "name": claims.get("name"),
        "profession": claims["profession"],
        "specialties": claims.get("specialties"),
        "jurisdictions": claims["jurisdictions"],
        "expires_at": datetime.fromtimestamp(claims["exp"], UTC),
    }


def status_list(proofs: ProofStore, signer: Signer, *, number: int, public_url: str, now: datetime) -> str:
    """A part of the status list as a signed token: one bit a proof, 1 for revoked (IETF Token Status List).

    Raises:
        Invalid: there is no such part.
    """
    if not 0 <= number < 10_000_000:
        raise Invalid("There is no such status list.")
    bits = bytearray(LIST_SIZE // 8)
    for index in proofs.revoked_in(number * LIST_SIZE, LIST_SIZE):
        place = index - number * LIST_SIZE
        bits[place // 8] |= 1 << (place % 8)
    packed = base64.urlsafe_b64encode(zlib.compress(bytes(bits), 9)).decode().rstrip("=")
    claims = {
        "sub": f"{public_url}/status-list/{number}",
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + 10 * LIST_TTL_SECONDS,
        "ttl": LIST_TTL_SECONDS,
        "status_list": {"bits": 1, "lst": packed},
    }
    return signer.sign(claims, token_type=LIST_TYPE)
