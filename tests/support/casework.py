"""What verifiers do at the desk of the running system, in one line each."""

from __future__ import annotations

from typing import Any

from tests.support.stack import Stack

CREDENTIAL = "credential { id verificationStatus standing version }"
REASONS = {"VALIDATE": "CONFIRMED_AT_SOURCE", "REJECT": "NUMBER_NOT_FOUND", "REQUEST_INFO": "INSUFFICIENT_EVIDENCE"}
SOURCE = "https://register.example/entry"  # what a verifier has looked at


def decide(
    stack: Stack, verifier: str, credential: str, decision: str = "VALIDATE", shape: str = CREDENTIAL, **given: Any
) -> dict[str, Any]:
    """Take a case and decide it; returns the payload of the decision.

    Args:
        verifier: a token.
    """
    taken = stack.change("takeCase", "credential { version }", verifier, credential=credential)
    assert taken["userErrors"] == [], taken
    source = {"sourceUrl": SOURCE} if decision == "VALIDATE" else {}
    fields = {"reason": REASONS[decision], "expectedVersion": taken["credential"]["version"]} | source | given
    return dict(stack.change("decideCredential", shape, verifier, id=credential, decision=decision, **fields))
