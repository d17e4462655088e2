"""What a client sends to upload a file: the request as data, and the answer in the API's style."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import graphene
import msgspec
import orjson

from contracts.credentials import UploadedEvidence
from gateway.fields import texts
from gateway.ids import encode
from gateway.scalars import DateTime


class HttpHeader(graphene.ObjectType):
    """A header of an HTTP request."""

    name = graphene.String(required=True, description="The header's name, for example `Content-Type`.")
    value = graphene.String(required=True, description="The header's value, for example `application/pdf`.")


class UploadRequest(graphene.ObjectType):
    """The HTTP request that uploads a file, whose body is the file itself."""

    method = graphene.String(required=True, description="The HTTP method, `PUT`.")
    url = graphene.String(
        required=True, description="The address, which is the permission: it needs no token, and is good once."
    )
    headers = texts(
        HttpHeader,
        max_items=5,
        description="The headers to send; a client adds `Content-Length` by itself, as browsers do.",
    )
    expires_at = DateTime(required=True, description="The time until which the request is accepted.")


@dataclass(frozen=True)
class Header:
    """See HttpHeader."""

    name: str
    value: str


@dataclass(frozen=True)
class Upload:
    """See UploadRequest."""

    url: str
    expires_at: datetime
    headers: list[Header]
    method: str = "PUT"


UPLOAD = graphene.Field(UploadRequest, description="The HTTP request that uploads the file; null on failure.")


def upload_request(url: str, until: datetime, media_type: str) -> Upload:
    """What to send to upload a file of a type."""
    return Upload(url, until, [Header("Content-Type", media_type)])


def uploaded_answer(body: bytes) -> bytes:
    """What an upload of evidence is answered: id and names as in the schema, and beside them the names of earlier versions."""
    try:
        found = msgspec.json.decode(body, type=UploadedEvidence)
    except msgspec.ValidationError:  # of a release before this one, while the services are replaced
        return body
    return orjson.dumps(
        {
            "id": encode("Evidence", found.id), "fileName": found.file_name, "mediaType": found.media_type,
            "bytes": found.bytes, "file_name": found.file_name, "media_type": found.media_type,
        }
    )  # fmt: skip
