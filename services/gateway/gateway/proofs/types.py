"""Proofs of verification."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.catalogue.types import Profession, Specialty, specialty
from gateway.context import of
from gateway.fields import enum, texts
from gateway.people.types import VerificationLevel
from gateway.scalars import DateTime, RegionCode

ProofStatus = enum(
    "ProofStatus",
    "What a proof is worth.",
    {
        "VALID": "The proof holds now.",
        "EXPIRED": "The proof has expired.",
        "REVOKED": "What it says holds no longer.",
        "WRONG_AUDIENCE": "It was made for somebody else.",
        "FORGED": "It was not made here, or was changed.",
    },
)


class VerificationProof(graphene.ObjectType):
    """A signed statement for one audience about what verifiers have verified.

    It holds level, name, profession, specialties, jurisdictions and the day of the last check, each as it was verified, and
    no register number.
    """

    token = graphene.String(
        required=True, description="A JSON Web Token; others check it offline with `/.well-known/jwks.json`."
    )
    expires_at = DateTime(required=True, description="Until when it holds.")


class ProofCheck(graphene.ObjectType):
    """What a proof is worth now; what it says is told only where it is VALID."""

    status = ProofStatus(required=True, description="What it is worth.")
    checked_at = DateTime(required=True, description="When this was found out.")
    level = VerificationLevel(description="The level that it proves.")
    name = graphene.String(description="The name that was verified; null in proofs that were made before 2026-12.")
    profession = graphene.Field(
        Profession,
        description="The profession that was verified with the licence that was checked last; null without one.",
    )
    specialties = texts(
        Specialty, required=False, max_items=40, description="Specialties that a licence or certificate proves."
    )
    jurisdictions = texts(RegionCode, required=False, max_items=60, description="Where the person is licensed.")
    expires_at = DateTime(description="Until when it holds.")

    @staticmethod
    def resolve_specialties(root: Any, _info: Any) -> Any:
        return [specialty(code) for code in root["specialties"]] if root["specialties"] is not None else None


class ProofQueries(graphene.ObjectType):
    """Root fields about proofs."""

    check_proof = graphene.Field(
        ProofCheck,
        token=graphene.String(required=True, description="The token of a `VerificationProof`."),
        audience=graphene.String(
            description="The party for whom the proof should have been made, for example `https://example.org`; any when absent."
        ),
        description="What a proof of verification is worth now; open to everybody.",
    )

    @staticmethod
    def resolve_check_proof(_root: Any, info: Any, token: str, audience: str | None = None) -> Any:
        return of(info).profiles("POST", "/v1/proofs/check", {"token": token[:5000], "audience": audience})
