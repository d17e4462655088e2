"""Proofs of verification: signed statements for one audience, that others check offline, and their revocation."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson

from kit import cards, verification
from kit.errors import Invalid
from kit.levels import require_level
from profiles.accounts.signing import Signer
from profiles.proofs.store import ProofStore

TYPE, LIST_TYPE = "verification-proof+jwt", "statuslist+jwt"
HOLDS = timedelta(days=30)
LIST_SIZE = 131_072  # places in one list, so that no list says much by itself (IETF Token Status List)
LIST_TTL_SECONDS = 30
AUDIENCE_LONGEST = 255


def _jurisdictions(snapshot: dict[str, Any], today: str) -> list[str]:
    return sorted(
        {
            item["jurisdiction"]
            for item in snapshot["licences"]
            if item["standing"] in verification.COUNTING_STANDINGS
            and (item["expires_on"] is None or str(item["expires_on"]) >= today)
        }
    )


def _plain(snapshot: dict[str, Any]) -> dict[str, Any]:
    return orjson.loads(orjson.dumps(snapshot))  # type: ignore[no-any-return]


def make_proof(
    proofs: ProofStore, signer: Signer, *, snapshot: dict[str, Any], audience: str, public_url: str, now: datetime
) -> tuple[str, datetime]:
    """A statement about a person's verification today, signed for one audience.

    It names level, profession (ISCO-08), jurisdictions and the day of the last check; no name and no number.

    Returns:
        the token, and until when it holds.

    Raises:
        Invalid: the audience is empty or too long.
        NotVerified: there is nothing to prove.
    """
    if not 1 <= len(audience.strip()) <= AUDIENCE_LONGEST:
        raise Invalid(f"audience must have 1 to {AUDIENCE_LONGEST} characters.", field=["audience"])
    person, today = _plain(snapshot), now.date()
    level = cards.level_on(person, today)
    require_level(verification.UNVERIFIED if person["suspended"] else level, "verificationProof")
    places = _jurisdictions(person, today.isoformat()) if level == verification.RIGHT_TO_PRACTISE else []
    until = (now + HOLDS).replace(microsecond=0)
    index = proofs.add(person_id=person["id"], level=level, jurisdictions=places, expires_at=until)
    checked = [item["checked_on"] for item in person["licences"] if item["jurisdiction"] in places]
    claims = {
        "aud": audience.strip(),
        "exp": int(until.timestamp()),
        "level": level,
        "profession": person["profession"],
        "jurisdictions": places,
        "checked_on": max((day for day in checked if day), default=None),
        "status": {"status_list": {"idx": index % LIST_SIZE, "uri": f"{public_url}/status-list/{index // LIST_SIZE}"}},
        "index": index,
    }
    return signer.sign(claims, token_type=TYPE), until


def revoke_lost(proofs: ProofStore, snapshot: dict[str, Any], *, today: str | None = None) -> int:
    """Revoke the proofs that say more than holds now; returns how many."""
    held = proofs.standing(str(snapshot["id"]))
    if not held:
        return 0
    person = _plain(snapshot)
    day = datetime.now(UTC).date() if today is None else datetime.fromisoformat(today).date()
    level, places = cards.level_on(person, day), set(_jurisdictions(person, day.isoformat()))
    lost = [
        proof.index
        for proof in held
        if person["suspended"]
        or not verification.at_least(level, proof.level)
        or not set(proof.jurisdictions) <= places
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
        "status": "FORGED", "checked_at": now, "level": None, "profession": None, "jurisdictions": None,
        "expires_at": None,
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
        "profession": claims["profession"],
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
