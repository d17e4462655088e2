"""Signs in with gql, searches, connects, reads, writes and listens in a discussion, and sends a licence to the desk.

It prints a line of JSON when it follows the discussion, one for each post that it hears, and at the end what it saw.
tests/e2e/test_pages_of_clients.py runs it, and has its input.

Run: pip install "gql[requests]" && python examples/python/page.py http://127.0.0.1:8000 '{"email": …}'
"""

from __future__ import annotations

import base64
import json
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import requests
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport

SIGN_IN = """mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { session { accessToken } userErrors { code field message } }
}"""
SEARCH = """query Search($filter: PeerFilter!) {
  peers(filter: $filter, first: 5) { totalCount nodes { id name connection } }
}"""
REQUEST_CONNECTION = """mutation RequestConnection($input: RequestConnectionInput!) {
  requestConnection(input: $input) { professional { id connection } userErrors { code field message } }
}"""
DISCUSSION = """query Discussion($id: ID!) {
  node(id: $id) { ... on Discussion { posts(last: 20) { nodes { id body author { name } } } } }
}"""
ADD_POST = """mutation AddPost($input: AddPostInput!) {
  addPost(input: $input) { post { id body } userErrors { code field message } }
}"""
POST_ADDED = """subscription PostAdded($discussion: ID!, $after: ID) {
  postAdded(discussion: $discussion, after: $after) { id body }
}"""
SUBMIT_CREDENTIAL = """mutation SubmitCredential($input: SubmitCredentialInput!) {
  submitCredential(input: $input) { credential { id } userErrors { code field message } }
}"""
REQUEST_EVIDENCE_UPLOAD = """mutation RequestEvidenceUpload($input: RequestEvidenceUploadInput!) {
  requestEvidenceUpload(input: $input) {
    upload { method url headers { name value } }
    evidenceId
    userErrors { code field message }
  }
}"""
DESK = """query Desk($filter: VerificationQueueFilter) {
  verificationQueue(filter: $filter, first: 5) { nodes { id evidence { id previewUrl } } }
}"""
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
MAX_PAUSE = 10.0  # seconds between two tries to open a stream


class Api:
    """The API as one person uses it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._headers = {"Accept": "application/graphql-response+json"}

    def sign_in(self, email: str, password: str) -> None:
        """Send the person's token from now on; it is good for ten minutes."""
        session = self.change("signIn", SIGN_IN, email=email, password=password)["session"]
        self._headers["Authorization"] = f"Bearer {session['accessToken']}"

    def ask(self, text: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """Give the data of an operation."""
        transport = RequestsHTTPTransport(
            f"{self._address}/graphql", headers=self._headers | (headers or {}), timeout=10
        )
        return Client(transport=transport).execute(gql(text), variable_values=variables)

    def change(self, name: str, text: str, **given: Any) -> dict[str, Any]:
        """Give the payload of a mutation that must not fail; with its key it can be sent again."""
        payload = self.ask(text, {"Idempotency-Key": str(uuid.uuid4())}, input=given)[name]
        if payload["userErrors"]:
            raise ValueError(payload["userErrors"])
        return dict(payload)

    def follow(self, text: str, after: str, **variables: Any) -> Iterator[dict[str, Any]]:
        """Give the data of each event, once; after a broken line it asks for what came since the last one."""
        pause = 0.25
        while True:
            try:
                for result in self._events(text, variables | {"after": after}):
                    if "errors" in result:  # a service is away, or the token has ended
                        break
                    (event,) = result["data"].values()
                    after, pause = event["id"], 0.25
                    yield event
            except requests.RequestException:
                pass  # the line broke
            time.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)

    def _events(self, text: str, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Read one stream; the server writes a comment every 12 seconds, so that silence means a broken line."""
        answer = requests.post(
            f"{self._address}/graphql/stream", json={"query": text, "variables": variables},
            headers=self._headers | {"Accept": "text/event-stream"}, stream=True, timeout=30,
        )  # fmt: skip
        with answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))


def told(line: dict[str, Any]) -> None:
    """Print a line of JSON."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(address: str, given: dict[str, Any]) -> None:
    """Do what people do with a page."""
    api = Api(address)
    api.sign_in(given["email"], given["password"])

    peers = api.ask(SEARCH, filter={"text": given["text"]})["peers"]
    asked = api.change("requestConnection", REQUEST_CONNECTION, to=peers["nodes"][0]["id"], message="We met in Ulm.")

    read = [post["body"] for post in api.ask(DISCUSSION, id=given["discussion"])["node"]["posts"]["nodes"]]
    post = api.change("addPost", ADD_POST, discussion=given["discussion"], body="From a page.", language="en")["post"]
    told({"follows": given["discussion"]})
    for event in api.follow(POST_ADDED, after=post["id"], discussion=given["discussion"]):
        told({"heard": event["body"]})
        if event["body"] == given["until"]:
            break

    credential = api.change(
        "submitCredential", SUBMIT_CREDENTIAL, credentialKind="LICENCE", jurisdiction="DE",
        authority=given["authority"], number=given["number"],
    )["credential"]  # fmt: skip
    answer = api.change(
        "requestEvidenceUpload", REQUEST_EVIDENCE_UPLOAD, credential=credential["id"], mediaType="image/png",
        fileName="licence.png", bytes=len(PNG),
    )  # fmt: skip
    upload = answer["upload"]
    headers = {header["name"]: header["value"] for header in upload["headers"]}
    sent = requests.request(upload["method"], upload["url"], headers=headers, data=PNG, timeout=10)

    api.sign_in(**given["verifier"])
    (item,) = api.ask(DESK, filter={"number": given["number"]})["verificationQueue"]["nodes"]
    preview = requests.get(item["evidence"][0]["previewUrl"], timeout=30)
    told({
        "peers": peers["totalCount"], "connection": asked["professional"]["connection"], "read": read, "sent": sent.status_code,
        "desk": [item["id"] == credential["id"], [one["id"] == answer["evidenceId"] for one in item["evidence"]]],
        "preview": [preview.status_code, preview.headers["Content-Type"]],
    })  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
