"""Submitting one's own credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from contracts import credentials as messages
from gateway.catalogue.types import CredentialKind
from gateway.context import Context, Repetition, of
from gateway.credentials.types import Credential, link_credentials, read_credential
from gateway.ids import encode, expect
from gateway.mutation import mutation
from gateway.people.types import NameUse
from gateway.scalars import Date, DateTime, RegionCode
from gateway.uploads import UPLOAD, Upload, upload_request
from kit.paths import internal_path

ANSWER = {"credential": graphene.Field(Credential, description="The credential as it is now.")}


class OtherNameInput(graphene.InputObjectType):
    """A name beside the verified one, for example `{text: "Ada Byron", use: FORMER}`."""

    text = graphene.String(
        required=True, description="The name as the document shows it, 2 to 120 characters, for example `Ada Byron`."
    )
    use = NameUse(required=True, description="The kind of name, for example `FORMER`.")


class OtherAuthorityInput(graphene.InputObjectType):
    """An authority that the catalogue does not have, for example `{name: "Dental Council of Tuvalu"}`."""

    name = graphene.String(
        required=True,
        description="The name of the authority, 2 to 200 characters, for example `Dental Council of Tuvalu`.",
    )
    url = graphene.String(
        description="The web page of the authority, at most 500 characters, for example `https://council.example`."
    )


def ask(context: Context, path: str, body: Any = None, *, method: str = "POST") -> dict[str, Any]:
    """Send an act on a credential; the answer is the credential as it is now."""
    credential = context.read_profiles(messages.Credential, method, path, {} if body is None else body)
    link_credentials(context, [credential])
    return {"credential": credential}


def submit_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Submit a credential."""
    given["kind"] = given.pop("credential_kind")
    for name, kind in (("authority", "Authority"), ("institution", "Institution")):
        if given.get(name) is not None:
            given[name] = expect(given[name], kind, name)
    return ask(context, "/v1/me/credentials", given)


def withdraw_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Take one's own back."""
    return ask(
        context, internal_path("me", "credentials", expect(given["id"], "Credential", "id", missing=True), "withdraw")
    )


def update_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Change one's own."""
    own = expect(given.pop("id"), "Credential", "id", missing=True)
    return ask(context, internal_path("me", "credentials", own), given, method="PATCH")


def appeal_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Appeal against a decision."""
    own = expect(given.pop("id"), "Credential", "id", missing=True)
    return ask(context, internal_path("me", "credentials", own, "appeal"), given)


def request_evidence_upload(context: Context, given: dict[str, Any]) -> dict[str, str | datetime | Upload | None]:
    """Ask for an address to upload to."""
    own = expect(given.pop("credential"), "Credential", "credential", missing=True)
    path = internal_path("me", "credentials", own, "evidence")
    answer = context.read_profiles(messages.EvidenceUpload, "POST", path, given)
    return {
        "upload_url": answer.upload_url,
        "expires_at": answer.expires_at,
        "upload": upload_request(answer.upload_url, answer.expires_at, given["media_type"]),
        "evidence_id": encode("Evidence", answer.evidence_id) if answer.evidence_id else None,
        "credential_id": own,
    }


def credential_after(root: dict[str, str], info: graphene.ResolveInfo) -> messages.Credential | None:
    """Resolve `credential` in the payload: as it is now, before the document is there; null where nothing was made."""
    return read_credential(of(info), root["credential_id"]) if "credential_id" in root else None


MUTATIONS = {
    "submit_credential": mutation(
        "SubmitCredential",
        "Put a credential before the verifiers.",
        inputs={
            "credential_kind": CredentialKind(
                required=True, description="The kind of credential, for example `LICENCE`."
            ),
            "authority": graphene.ID(
                description="The authority that gave it, by its code, for example `ie-imc`, or its id; a licence "
                "needs one. It must register the profession in your "
                "profile. Where the catalogue has none that does, take the one whose name is Another authority."
            ),
            "other_authority": OtherAuthorityInput(
                description="The name and page of the authority, where `authority` is Another authority; of no other."
            ),
            "institution": graphene.ID(
                description="The id of the institution that gave the degree, or where the person is employed; of other kinds none."
            ),
            "number": graphene.String(
                description="The person's number in the authority's register, as the document shows it, at most 64 characters; "
                "`Authority.example` shows how one looks. Needed where the authority's numbers have a known format."
            ),
            "jurisdiction": RegionCode(
                required=True,
                description="The country, or part of one, in which the credential holds, for example `DE-BY`.",
            ),
            "specialty": graphene.String(description="The code of a specialty, for example `cardiology`."),
            "issued_on": Date(description="The day on which it was given, for example `2020-03-01`."),
            "expires_on": Date(description="The last day on which it holds, for example `2027-03-01`."),
            "other_name": OtherNameInput(
                description="The name that a NAME says, which needs one; of no other kind. A person may have 10."
            ),
        },
        answers=ANSWER,
        act=submit_credential,
    ),
    "withdraw_credential": mutation(
        "WithdrawCredential",
        "Take one's own credential back, as entered in error.",
        inputs={"id": graphene.ID(required=True, description="The id of your credential, from `viewer.credentials`.")},
        answers=ANSWER,
        act=withdraw_credential,
    ),
    "update_credential": mutation(
        "UpdateCredential",
        "Answer what a verifier asked, or renew; absent fields stay. What is validated goes on counting as it is until "
        "the change is validated too.",
        inputs={
            "id": graphene.ID(required=True, description="The id of your credential, from `viewer.credentials`."),
            "number": graphene.String(
                description="The person's number in the authority's register; `Authority.example` shows how one looks."
            ),
            "specialty": graphene.String(description="The code of a specialty, for example `cardiology`."),
            "issued_on": Date(description="The day on which it was given, for example `2020-03-01`."),
            "expires_on": Date(description="The last day on which it holds, for example `2027-03-01`."),
            "other_name": OtherNameInput(description="What a NAME is to say; of no other kind."),
            "message": graphene.String(
                description="A message to the verifier, at most 2,000 characters, for example `The renewed licence is attached`."
            ),
            "expected_version": graphene.Int(
                description="The version that you have read, for example `3`; VERSION_CONFLICT if the credential is in another one."
            ),
        },
        answers=ANSWER,
        act=update_credential,
    ),
    "appeal_credential": mutation(
        "AppealCredential",
        "Ask that another verifier looks at a rejection, a suspension or a revocation; once a decision, until appealUntil.",
        inputs={
            "id": graphene.ID(required=True, description="The id of your credential, from `viewer.credentials`."),
            "statement": graphene.String(
                required=True,
                description="Your reasons why the decision is wrong, 10 to 2,000 characters, for example `The "
                "register shows my former name`.",
            ),
        },
        answers=ANSWER,
        act=appeal_credential,
    ),
    "request_evidence_upload": mutation(
        "RequestEvidenceUpload",
        "Get an address for one document, to be sent there within 15 minutes as `upload` says. The answer is JSON with the "
        "document's `id`, `fileName`, `mediaType` and `bytes`.",
        inputs={
            "credential": graphene.ID(
                required=True, description="The id of the credential, from `viewer.credentials`."
            ),
            "media_type": graphene.String(
                required=True,
                description="The media type of the document: `application/pdf`, `image/png` or `image/jpeg`.",
            ),
            "file_name": graphene.String(
                description="How the document is called, in any script, for example `licence.pdf`; paths and control signs go. "
                "Left out, it comes from `Content-Disposition` of the upload."
            ),
            "bytes": graphene.Int(
                required=True,
                description="The exact length of the document in bytes, for example `48213`; at most 10,000,000.",
            ),
        },
        answers={
            "upload_url": graphene.String(description="The address to PUT the document to; null on failure."),
            "expires_at": DateTime(description="The time until which the document can be uploaded; null on failure."),
            "upload": UPLOAD,
            "evidence_id": graphene.ID(
                description="The id that the document has in `Credential.evidence` once it is uploaded; null on failure."
            ),
            "credential": graphene.Field(
                Credential, resolver=credential_after, description="The credential as it is now; null on failure."
            ),
        },
        act=request_evidence_upload,
        repetition=Repetition.HARMLESS,
    ),
}
