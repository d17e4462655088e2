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


def confirm(stack: Stack, verifier: str, credential: str, agree: bool, shape: str = CREDENTIAL) -> dict[str, Any]:
    """Read a case and answer as the second verifier; returns the payload.

    Args:
        verifier: a token.
    """
    read(stack, verifier, credential)
    return dict(stack.change("confirmDecision", shape, verifier, credential=credential, agree=agree))


def read(stack: Stack, verifier: str, credential: str) -> dict[str, Any]:
    """A case as a verifier sees it: its version, and the decision that waits."""
    case = "query($id: ID!) { node(id: $id) { ... on Credential { version pendingDecision { decision } } } }"
    return dict(stack.data(case, verifier, id=credential)["node"])
