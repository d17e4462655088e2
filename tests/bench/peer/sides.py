"""The sides: Consilium with its own engines, and the peers with theirs.

A is Apollo Server with @neo4j/graphql over Neo4j, P is PostGraphile over PostgreSQL.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import neo4j
import numpy as np

from consilium.client import OperatorClient
from consilium.engines import neo4j as neo4j_engine
from consilium.engines import postgres as postgres_engine
from consilium.home import Home
from gateway.ids import encode
from profiles.accounts.signing import Signer
from tests.bench.peer.generate import Network
from tests.bench.peer.load import PEER_PASSWORD, group_id, person_id
from tests.support import node
from tests.support.stack import Stack, free_port

# Both Neo4js have the same memory.
MEMORY = {"CONSILIUM_NEO4J_HEAP": "2g", "CONSILIUM_NEO4J_PAGECACHE": "1g"}
# Only the buckets are larger than a user's.
BUCKETS = {f"CONSILIUM_{who}_{what}": "1000000000" for who in ("PERSON", "ADDRESS") for what in ("POINTS", "CHANGES")}
HERE = Path(__file__).parent
TOKEN_SECONDS = 540
_CARD = "id name practisedSpecialties { specialty { code } } regions { code } languages verification"
OURS = {
    "Q1": "query Q1($s: [String!], $r: [RegionCode!]) { peers(filter: {specialties: $s, regions: $r, includeRelated: false}, orderBy: NAME, first: 20) "
    f"{{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {_CARD} }} }} }} }}",
    "Q2": "query Q2($s: [String!], $r: [RegionCode!]) { peers(filter: {specialties: $s, regions: $r, includeRelated: false}, orderBy: MUTUAL_CONNECTIONS, first: 20) "
    f"{{ edges {{ mutualCount node {{ {_CARD} }} }} }} }}",
    "Q3": "query Q3($g: ID!) { group(by: {id: $g}) { id name memberCount discussions(first: 20) { nodes { id body createdAt author { name practisedSpecialties { specialty { code } } regions { code } } } } } }",
    "Q4": "{ __typename }",
    "Q5": "query Q5 { viewer { connections(first: 20) { nodes { id name groups(first: 5) { nodes { id name discussions(first: 1) { nodes { id body createdAt } } } } } } } }",
}
_PEER = "id name specialty region country languages verified"
THEIRS = {
    "Q1": f"query Q1($s: String!, $r: String!) {{ professionalsConnection(where: {{specialty: {{eq: $s}}, region: {{eq: $r}}}}, first: 20, sort: [{{name: ASC}}]) {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {_PEER} }} }} }} }}",
    "Q2": f"query Q2($v: ID!, $s: String!, $r: String!) {{ rankedPeers(viewer: $v, specialty: $s, region: $r, first: 20) {{ {_PEER} mutual }} }}",
    "Q3": "query Q3($g: ID!) { groups(where: {id: {eq: $g}}) { id name memberCount posts(limit: 20, sort: [{createdAt: DESC}]) { id text createdAt author { name specialty region } } } }",
    "Q4": "{ __typename }",
    "Q5": "query Q5($v: ID!) { professionals(where: {id: {eq: $v}}) { id connections(limit: 20) { id name groups(limit: 5) { id name posts(limit: 1, sort: [{createdAt: DESC}]) { id text createdAt } } } } }",
}


_P = "id name specialty region country languages verified"
P = {
    "Q1": f"query Q1($s: String!, $r: String!) {{ allProfessionals(condition: {{specialty: $s, region: $r}}, first: 20, orderBy: NAME_ASC) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {_P} }} }} }}",
    "Q3": "query Q3($g: String!) { grpById(id: $g) { id name membershipsByGroupId { totalCount } postsByGroupId(first: 20, orderBy: CREATED_AT_DESC) { nodes { id text createdAt professionalByAuthorId { name specialty region } } } } }",
    "Q4": "{ __typename }",
    "Q5": "query Q5($v: String!) { professionalById(id: $v) { id connectionsByA(first: 20) { nodes { professionalByB { id name membershipsByProfessionalId(first: 5) { nodes { grpByGroupId { id name postsByGroupId(first: 1, orderBy: CREATED_AT_DESC) { nodes { id text createdAt } } } } } } } } } }",
}


class Requests:
    """The bodies of all sides for the same parameters, with a token for each viewer."""

    def __init__(self, stack: Stack, network: Network, count: int) -> None:
        chance = np.random.default_rng(5)
        self.cells = [network.cell(int(n)) for n in chance.integers(0, network.size, count)]
        self.viewers = [int(n) for n in chance.integers(0, network.size, count)]
        self.groups = [int(n) for n in network.members[chance.integers(0, len(network.members), count), 0]]
        home = Home(stack.home)
        self._signer = Signer(home.secret("signing_key"), stack.url)

    def token(self, viewer: int) -> str:
        """A viewer's token, as `signIn` would make it."""
        return self._signer.access_token(person_id(viewer), [], email_verified=True)

    def ours(self, name: str, number: int) -> tuple[dict[str, Any], str]:
        """A request to Consilium: body and token."""
        specialty, region = self.cells[number]
        variables: dict[str, Any] = {
            "Q1": {"s": [specialty], "r": [region]}, "Q2": {"s": [specialty], "r": [region]},
            "Q3": {"g": encode("Group", group_id(self.groups[number]))}, "Q4": {}, "Q5": {},
        }[name]  # fmt: skip
        return {"query": OURS[name], "variables": variables}, self.token(self.viewers[number])

    def theirs(self, name: str, number: int, texts: dict[str, str] = THEIRS) -> dict[str, Any]:
        """The same request to a peer."""
        specialty, region = self.cells[number]
        viewer = person_id(self.viewers[number])
        variables: dict[str, Any] = {
            "Q1": {"s": specialty, "r": region}, "Q2": {"v": viewer, "s": specialty, "r": region},
            "Q3": {"g": group_id(self.groups[number])}, "Q4": {}, "Q5": {"v": viewer},
        }[name]  # fmt: skip
        return {"query": texts[name], "variables": variables}


def operator(stack: Stack) -> OperatorClient:
    """The operator's client of a running stack."""
    return OperatorClient(
        {
            "CONSILIUM_PROFILES_URL": f"http://127.0.0.1:{stack.environment['CONSILIUM_PROFILES_PORT']}",
            "CONSILIUM_GRAPH_URL": f"http://127.0.0.1:{stack.environment['CONSILIUM_GRAPH_PORT']}",
            "CONSILIUM_OPERATOR_SECRET": Home(stack.home).secret("operator_secret"),
        }
    )


@contextmanager
def peer_engine(folder: Path) -> Iterator[tuple[str, neo4j.Driver]]:
    """A Neo4j for A."""
    port = free_port()
    child = neo4j_engine.start(
        folder / "peer-neo4j",
        port=port,
        password=PEER_PASSWORD,
        log=folder / "peer-neo4j.log",
        progress=lambda *_: None,
    )
    try:
        address = f"bolt://127.0.0.1:{port}"
        with neo4j.GraphDatabase.driver(address, auth=("neo4j", PEER_PASSWORD)) as driver:
            yield address, driver
    finally:
        child.stop()


@contextmanager
def peer_database(folder: Path) -> Iterator[str]:
    """A PostgreSQL for P; its address."""
    port = free_port()
    child = postgres_engine.start(
        folder / "peer-postgres", port=port, password=PEER_PASSWORD, log=folder / "peer-postgres.log"
    )
    try:
        yield f"postgresql://consilium:{PEER_PASSWORD}@127.0.0.1:{port}/consilium"
    finally:
        child.stop()


@contextmanager
def apollo(folder: Path, bolt: str, workers: int = 1) -> Iterator[str]:
    """A's server; its address."""
    with _server(folder, "apollo", "server.mjs", BOLT=bolt, PEER_PASSWORD=PEER_PASSWORD, WORKERS=str(workers)) as found:
        yield found


@contextmanager
def postgraphile(folder: Path, database: str, workers: int = 1) -> Iterator[str]:
    """P's server; its address."""
    with _server(folder, "postgraphile", "server.cjs", DATABASE=database, WORKERS=str(workers)) as found:
        yield found


@contextmanager
def _server(folder: Path, name: str, program: str, **variables: str) -> Iterator[str]:
    home = folder / name
    if not home.exists():
        shutil.copytree(HERE / name, home)
        done = node.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=home)
        assert done.returncode == 0, done.stderr[-2000:]
    port = free_port()
    process = subprocess.Popen(
        [node.binary(), program], cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=node.environment() | {"PORT": str(port), "NODE_ENV": "production"} | variables,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait(lambda: ask(address, {"query": "{ __typename }"})["data"])
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait(act: Callable[[], Any], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            act()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def ask(address: str, body: dict[str, Any], token: str | None = None) -> Any:
    """The answer to one request."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)
