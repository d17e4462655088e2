"""Signs in with gql, walks through pages of peers, reads an expected failure, and makes a group once.

Run: pip install "gql[requests]" && python examples/python/main.py http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import random
import string
import sys
import uuid
from typing import Any

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport

SIGN_IN = gql("""
mutation SignIn($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { session { accessToken } userErrors { code message } }
}
""")
PEERS = gql("""
query Peers($filter: PeerFilter!, $after: String) {
  peers(filter: $filter, first: 5, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { name verification }
  }
}
""")
CREATE_GROUP = gql("""
mutation CreateGroup($input: CreateGroupInput!) {
  createGroup(input: $input) { group { id name } userErrors { code field message } }
}
""")


def client(address: str, token: str | None = None, key: str | None = None) -> Client:
    """A client, signed in where a token is given; one Idempotency-Key goes with one change and its retries."""
    headers = {"Accept": "application/graphql-response+json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Idempotency-Key": key} if key else {}
    return Client(transport=RequestsHTTPTransport(f"{address}/graphql", headers=headers, timeout=10))


def all_peers(mine: Client, wanted: dict[str, Any], most: int) -> list[str]:
    """Names of those who match, page by page."""
    names: list[str] = []
    after = None
    while len(names) < most:
        page = mine.execute(PEERS, variable_values={"filter": wanted, "after": after})["peers"]
        names += [person["name"] for person in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    return names


def main(address: str) -> None:
    """Tell what happened, as JSON."""
    signed = client(address).execute(
        SIGN_IN, variable_values={"email": "maria@demo.example", "password": "consilium-demo"}
    )["signIn"]
    token = signed["session"]["accessToken"]
    names = all_peers(client(address, token), {"specialties": ["cardiology"], "regions": ["M49:150"]}, 15)
    key = str(uuid.uuid4())
    word = "".join(random.choices(string.ascii_lowercase, k=10))
    given = {"input": {"name": f"Example {word}", "purpose": "An example", "languages": ["en"]}}
    first, again = (
        client(address, token, key).execute(CREATE_GROUP, variable_values=given)["createGroup"] for _ in range(2)
    )
    refused = client(address, token).execute(
        CREATE_GROUP, variable_values={"input": {"name": "", "purpose": "An example"}}
    )["createGroup"]
    try:
        client(address).execute(PEERS, variable_values={"filter": {}})
        code = None
    except TransportQueryError as error:
        code = (error.errors or [{}])[0]["extensions"]["code"]
    told = {
        "peers": len(names),
        "once": first["group"]["id"] == again["group"]["id"],
        "refused": refused["userErrors"][0]["field"],
        "signed_out": code,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
