"""One-time passwords (RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else


def new_secret() -> bytes:
    """A secret of 160 bits, as RFC 4226 recommends."""
    return secrets.token_bytes(20)


def base32(secret: bytes) -> str:
    """The secret as authenticator apps take it."""
    return base64.b32encode(secret).decode().rstrip("=")


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), STEP_SECONDS)  # noqa: S303  (what authenticator apps know)


def uri(secret: bytes, *, account: str, issuer: str) -> str:
    """The `otpauth:` address that an app reads from a picture."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def matching_step(secret: bytes, otp: str, now: datetime) -> int | None:
    """The time step that a one-time password belongs to: this one, the one before, or the next; else None."""
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        try:
            _totp(secret).verify(otp.encode(), step * STEP_SECONDS)
        except InvalidToken:
            continue
        return step
    return None


def new_recovery_codes() -> list[str]:
    """Codes to write down; each works once, instead of a one-time password. 75 bits each."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]


def code_hash(code: str) -> bytes:
    """What is stored of a recovery code."""
    return hashlib.sha256(code.strip().casefold().encode()).digest()
