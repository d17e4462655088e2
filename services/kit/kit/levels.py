"""What each verification level may do: one table, enforced by the service that owns the data.

The level is computed from credentials and never set by hand (`kit.verification`). Whatever is not here, every signed-in
person may do, as far as their role and their relation to the thing allow.
"""

from __future__ import annotations

from kit.errors import NotVerified
from kit.verification import IDENTITY, RIGHT_TO_PRACTISE, UNVERIFIED, at_least

# Operation → the least level.
NEEDS = {
    "createGroup": IDENTITY,
    "verificationProof": IDENTITY,
    "requestIntroduction": IDENTITY,
    "postCase": RIGHT_TO_PRACTISE,
    "proposeNote": RIGHT_TO_PRACTISE,
    "rateNote": RIGHT_TO_PRACTISE,
}
# Requests for a connection that may wait for an answer at once.
OPEN_REQUESTS = {UNVERIFIED: 5, IDENTITY: 50, RIGHT_TO_PRACTISE: 200}
_WHY = {
    "createGroup": "Making a group needs a verified identity; submit an IDENTITY credential first.",
    "requestIntroduction": "Asking for introductions needs a verified identity; submit an IDENTITY credential first.",
    "postCase": "Cases are discussed by who may practise: a validated identity and licence are needed.",
    "proposeNote": "Context notes are written by who may practise: a validated identity and licence are needed.",
    "rateNote": "Context notes are rated by who may practise: a validated identity and licence are needed.",
    "verificationProof": "There is nothing to prove yet: your identity is not verified.",
}


def require_level(level: str, operation: str) -> None:
    """Refuse an operation that needs a higher level.

    Raises:
        NotVerified: says what is needed.
    """
    if not at_least(level, NEEDS[operation]):
        raise NotVerified(_WHY[operation])
