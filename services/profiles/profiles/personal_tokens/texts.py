"""What messages about personal access tokens say: subject and text of each."""

from __future__ import annotations

from catalogues.messages import Message

PERSONAL_TOKENS = (
    (
        Message("personal-token-made", "You have a new personal access token"),
        Message(
            "personal-token-made",
            "A personal access token was made for your account at {instance}: a program that has it reads or changes what you may. "
            "If it was not you, change your password at once, which revokes it, and write to {contact}.",
        ),
    ),
)
