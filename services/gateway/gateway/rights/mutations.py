"""A person's rights over their own data."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import Context, Repetition
from gateway.mutation import mutation
from gateway.scalars import DateTime


def export_my_data(context: Context, _given: dict[str, Any]) -> dict[str, Any]:
    """Make an archive."""
    return context.profiles("POST", "/v1/me/archive", {})  # type: ignore[no-any-return]


def erase_me(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Erase oneself."""
    return context.profiles("POST", "/v1/me/erasure", given)  # type: ignore[no-any-return]


MUTATIONS = {
    "export_my_data": mutation(
        "ExportMyData",
        "Make one archive (ZIP) of all that is stored about oneself; needs a sign-in within the last 5 minutes.",
        inputs={},
        answers={
            "url": graphene.String(
                description="Address of the archive. GET it with `Authorization: Bearer` and an access token of the same "
                "account; without one the answer is 401, and for anybody else 404."
            ),
            "expires_at": DateTime(description="Until when it can be fetched, as often as needed."),
        },
        act=export_my_data,
        repetition=Repetition.NEVER,
    ),
    "erase_me": mutation(
        "EraseMe",
        "Erase oneself everywhere; needs a sign-in within the last 5 minutes. It cannot be undone.",
        inputs={
            "confirm": graphene.String(
                required=True, description="Your handle, your e-mail address, or the word `ERASE`."
            ),
        },
        answers={
            "receipt": graphene.String(
                description="A signed token (JWS); its claim `status` is an address that says which parts are done."
            )
        },
        act=erase_me,
        repetition=Repetition.NEVER,
    ),
}
