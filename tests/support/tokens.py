"""Access tokens that are over sooner than those of the running system."""

from __future__ import annotations

import jwt

from consilium.home import Home
from profiles.accounts.signing import Signer
from tests.support.stack import Stack


def shortened(stack: Stack, token: str, seconds: int) -> str:
    """The same access token, over so many seconds from now, signed with the system's own key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    signer = Signer(Home(stack.home).secret("signing_key"), claims.pop("iss"))
    for name in ("iat", "exp", "jti"):
        del claims[name]
    return signer.access_token(claims.pop("sub"), claims.pop("roles"), seconds=seconds, **claims)
