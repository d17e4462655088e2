"""The example clients against the live system, and the compilers that frontend teams use."""

from __future__ import annotations

import functools
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.trusted import read_manifest
from kit.clock import new_id
from tests.support import node
from tests.support.faults import Line
from tests.support.network import answer, discuss, group, join
from tests.support.stack import PASSWORD, SIGN_IN, Stack
from tests.support.tokens import shortened

TYPESCRIPT = node.ROOT / "examples" / "typescript"


@functools.cache
def compiled() -> Path:
    """The TypeScript example, generated and compiled."""
    node.installed(TYPESCRIPT)
    for command in ("@graphql-codegen/cli/cjs/bin.js", "typescript/bin/tsc"):
        done = node.run("node", f"node_modules/{command}", cwd=TYPESCRIPT)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return TYPESCRIPT


@pytest.fixture(scope="module")
def built() -> Path:
    """The compiled TypeScript example."""
    return compiled()


def test_the_typescript_example_signs_in_pages_changes_and_listens(stack: Stack, built: Path) -> None:
    """With types from the schema, documents by hash, one change for two sends, and a subscription."""
    done = node.run("node", "dist/main.js", stack.url, cwd=built, seconds=60)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told == {"peers": told["peers"], "distinct": told["peers"], "once": True, "heard": "Hello"}
    assert told["peers"] > 5


def test_it_follows_over_cut_lines_and_renewed_tokens(stack: Stack, built: Path) -> None:
    """Each event once and in order: additions and changes in the gaps, twice over a cut line, and over an access token that ends."""
    if not (stack.home / "secrets").exists():
        pytest.skip("its keys are not ours")
    maria, email = stack.sign_in("maria"), f"{new_id()}@people.example"
    jonas = stack.sign_up("Neu Gierig", email, ["DE"])
    place = group(stack, maria)
    join(stack, jonas, place)
    own = discuss(stack, maria, place, title="Live")["id"]
    post = answer(stack, maria, own, "Before.")["id"]
    session = stack.data(SIGN_IN.replace("refreshToken }", "refreshToken expiresAt }"), email=email, password=PASSWORD)[
        "signIn"
    ]["session"]
    session["accessToken"] = shortened(stack, session["accessToken"], 12)
    line = Line(urlsplit(stack.url).port or 80)
    heard: queue.Queue[str] = queue.Queue()
    client = subprocess.Popen(
        [node.binary(), "dist/follow.js", line.url, own, json.dumps(session)],
        cwd=built,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdout is not None
    threading.Thread(target=lambda: [heard.put(one) for one in client.stdout or ()], daemon=True).start()

    def told() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(heard.get(timeout=60))
        return found

    def added(body: str) -> list[dict[str, Any]]:
        new = answer(stack, maria, own, body)["id"]
        changed = {"__typename": "DiscussionChanged", "discussion": {"id": own, "title": "Live"}}
        return [changed, {"__typename": "PostAdded", "post": {"id": new, "body": body}}]

    def edited(body: str) -> list[dict[str, Any]]:
        stack.change("editPost", "post { id }", maria, id=post, body=body)
        return [{"__typename": "PostChanged", "post": {"id": post, "body": body}}]

    try:
        time.sleep(3)  # until the stream is open; what comes before it begins is not its own
        first = added("Live.")
        assert [told() for _ in first] == first
        for number in range(2):
            line.cut()
            missed = edited(f"Edited in gap {number}.") + added(f"Added in gap {number}.")
            assert [told() for _ in missed] == missed
        time.sleep(14)  # longer than the token holds
        after = added("After the token.") + edited("Edited after the token.")
        assert [told() for _ in after] == after
        with pytest.raises(queue.Empty):
            heard.get(timeout=2)
        assert client.poll() is None
    finally:
        line.close()
        client.kill()
        client.wait()


def test_its_manifest_is_one_of_trusted_documents(built: Path) -> None:
    """What graphql-codegen writes is what the gateway reads."""
    manifest = built / "src" / "generated" / "persisted-documents.json"
    documents = read_manifest(manifest)
    assert len(documents) == 15
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", own) and text for own, text in documents.items())


def test_the_python_example(stack: Stack) -> None:
    """gql: pages, an expected failure, an error of a query, and one change for two sends."""
    done = subprocess.run(
        [sys.executable, str(node.ROOT / "examples" / "python" / "main.py"), stack.url],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["peers"] > 5
    assert (told["once"], told["refused"], told["signed_out"]) == (True, ["name"], "UNAUTHENTICATED")


def test_relays_compiler_accepts_the_schema(tmp_path: Path) -> None:
    """With a paginated fragment, a refetchable node and a connection, as Relay asks of a schema."""
    folder = node.installed(node.ROOT / "tests" / "node")
    source = tmp_path / "src"
    source.mkdir()
    shutil.copy(node.ROOT / "schema.graphql", tmp_path / "schema.graphql")
    (source / "Peers.js").write_text(
        """import { graphql } from "react-relay";
graphql`query PeersQuery($f: PeerFilter!) { ...Peers_query @arguments(f: $f) }`;
graphql`fragment Peers_query on Query @argumentDefinitions(
  f: { type: "PeerFilter!" } first: { type: "Int", defaultValue: 20 } after: { type: "String" }
) @refetchable(queryName: "PeersPage") {
  peers(filter: $f, first: $first, after: $after) @connection(key: "Peers_peers") {
    edges { mutualCount node { id ...Person_person } }
  }
}`;
graphql`fragment Person_person on Professional @refetchable(queryName: "PersonAgain") { name headline }`;
""",
        encoding="utf-8",
    )
    config = {"src": "src", "schema": "schema.graphql", "language": "javascript", "eagerEsModules": True}
    (tmp_path / "relay.config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "package.json").write_text("{}", encoding="utf-8")
    done = node.run(
        "node", str(folder / "node_modules" / "relay-compiler" / "cli.js"), "relay.config.json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert os.listdir(source / "__generated__")
