"""Trying again what the worker has given up."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import Context
from gateway.ids import decode, encode
from gateway.mutation import mutation
from kit.paths import internal_path


def retry_dead_letter(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Let a dead letter be tried again."""
    found = decode(given["id"])
    # What is no dead letter's id is none for those who may look; everybody else learns only that they may not.
    own = found[1] if found is not None and found[0] == "DeadLetter" else "none"
    answer = context.profiles("POST", internal_path("dead-letters", own, "retry"), {})
    return {"dead_letter_id": encode("DeadLetter", answer["id"])}


MUTATIONS = {
    "retry_dead_letter": mutation(
        "RetryDeadLetter",
        "Have a dead letter tried again, from the first attempt, within seconds. For admins; the audit trail notes it.",
        inputs={"id": graphene.ID(required=True, description="The id of the dead letter, from `deadLetters`.")},
        answers={"dead_letter_id": graphene.ID(description="The one that is tried again; null on failure.")},
        act=retry_dead_letter,
    ),
}
