"""Several gateway workers on one host: what one learns, all know."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from gateway import persisted
from gateway.persisted import KEPT_SECONDS, FileTexts, digest_of
from tests.support.stack import free_port

WORKERS = 2


@dataclass
class Gateway:
    """A gateway that has several workers, and no service behind it."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    def shared(self) -> list[Path]:
        """The folder that its workers share: in memory where the machine has a file system there."""
        return [
            path
            for folder in (Path("/dev/shm"), self.folder)
            for path in folder.glob(f"consilium-shared-{self.process.pid}-*")
        ]

    def connect(self) -> http.client.HTTPConnection:
        """A connection, which stays with the worker that takes it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.connect()
        return connection

    def workers(self) -> list[psutil.Process]:
        """The processes that take connections."""
        return psutil.Process(self.process.pid).children()

    def connections_to(self, worker: psutil.Process, count: int) -> list[http.client.HTTPConnection]:
        """Connections that one worker has taken, because all others were stopped meanwhile; each has answered."""
        others = [one for one in self.workers() if one.pid != worker.pid]
        for other in others:
            other.suspend()
        try:
            found = [self.connect() for _ in range(count)]
            for connection in found:
                connection.request("GET", "/healthz")
                assert connection.getresponse().read()
        finally:
            for other in others:
                other.resume()
        return found


def ask(connection: http.client.HTTPConnection, text: str, *, with_text: bool) -> dict[str, Any]:
    """Send an operation by its hash, with its text or without."""
    body: dict[str, Any] = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}}
    if with_text:
        body["query"] = text
    connection.request("POST", "/graphql", json.dumps(body), {"Content-Type": "application/json"})
    return dict(json.loads(connection.getresponse().read()))


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    """Two real workers under gunicorn, started as an operator starts them."""
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="consilium-test-workers-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")} | {
        "CONSILIUM_WORKERS": str(WORKERS), "CONSILIUM_BIND": f"127.0.0.1:{port}", "TMPDIR": str(folder),
        "CONSILIUM_PROFILES_URL": "http://127.0.0.1:1", "CONSILIUM_GRAPH_URL": "http://127.0.0.1:1",
        "CONSILIUM_GATEWAY_SECRET": "s" * 24,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:kit.listen", "gateway.app:create_app()"], env=environment
    )
    found = Gateway(port, process, folder)
    try:
        for _ in range(600):
            assert process.poll() is None
            try:
                connection = found.connect()
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                connection.close()
                break
            except OSError:
                time.sleep(0.1)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        left = found.shared()
        shutil.rmtree(folder, ignore_errors=True)
    assert left == []


def test_an_operation_that_one_worker_learns_all_know_at_once(gateway: Gateway) -> None:
    """Registered on one connection, used on all others, of which each worker has some; no try is repeated."""
    one, other = gateway.workers()
    connections = [*gateway.connections_to(one, 8), *gateway.connections_to(other, 8)]
    for number in range(20):
        text = f"query Q{number} {{ __typename }}"
        place = number % len(connections)
        first, *others = connections[place:] + connections[:place]
        assert ask(first, text, with_text=True) == {"data": {"__typename": "Query"}, "extensions": {"cost": 1}}
        answers = [ask(other, text, with_text=False) for other in others]
        assert [answer for answer in answers if answer.get("data") != {"__typename": "Query"}] == []
    for connection in connections:
        connection.close()


def test_a_text_with_another_hash_is_not_run(gateway: Gateway) -> None:
    """Whoever can write into the folder cannot choose what a hash means."""
    (folder,) = gateway.shared()
    assert folder.stat().st_mode & 0o077 == 0
    digest = digest_of("query Right { __typename }")
    (folder / "operations" / digest).write_text("query Wrong { __typename }")
    answer = ask(gateway.connect(), "query Right { __typename }", with_text=False)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PERSISTED_QUERY_NOT_FOUND"]


def test_a_text_of_an_operation_is_deleted_a_week_after_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the folder is looked through; a younger one stays."""
    monkeypatch.setattr(persisted, "ROOM_EVERY", 1)
    texts = FileTexts(tmp_path)
    for name in ("old", "young"):
        texts.put(digest_of(name), name)
    long_ago = time.time() - KEPT_SECONDS - 1
    os.utime(tmp_path / digest_of("old"), (long_ago, long_ago))
    texts.put(digest_of("next"), "next")
    assert {path.name for path in tmp_path.iterdir()} == {digest_of("young"), digest_of("next")}


def test_the_folder_is_bounded_in_number_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first; what is in memory stays known."""
    monkeypatch.setattr(persisted, "MAX_TEXTS", 5)
    monkeypatch.setattr(persisted, "MAX_FILE_BYTES", 400)
    monkeypatch.setattr(persisted, "ROOM_EVERY", 1)
    one = FileTexts(tmp_path)
    texts, began = [f"query Q{n} {{ __typename }}" for n in range(20)], time.time_ns() - 10**9
    for n, text in enumerate(texts):
        one.put(digest_of(text), text)
        os.utime(
            tmp_path / digest_of(text), ns=(began + n, began + n)
        )  # files made within a tick of the clock have one time
        files = list(tmp_path.iterdir())
        assert len(files) <= 5
        assert sum(path.stat().st_size for path in files) <= 400
    other = FileTexts(tmp_path)
    known = [text for text in texts if other.get(digest_of(text)) == text]
    assert known == texts[-5:]
    long = "query L { " + "a: __typename " * 20 + "}"
    one.put(digest_of(long), long)
    assert FileTexts(tmp_path).get(digest_of(long)) == long
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 400


def test_the_folder_is_not_looked_through_for_each_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers register texts as fast as they like: it is bounded all the same, and looked through now and then."""
    monkeypatch.setattr(persisted, "MAX_TEXTS", 100)
    one, looked = FileTexts(tmp_path), []
    files = one._files
    monkeypatch.setattr(one, "_files", lambda: looked.append(1) or files())
    for n in range(1_000):
        one.put(digest_of(str(n)), str(n))
    assert len(list(tmp_path.iterdir())) <= 100 + persisted.ROOM_EVERY
    assert len(looked) == 1_000 / persisted.ROOM_EVERY


@pytest.mark.parametrize("digest", ["../secret", "secret", "..", "", "a" * 63, "A" * 64, "/etc/passwd"])
def test_a_document_id_is_no_path(tmp_path: Path, digest: str) -> None:
    """Only 64 hexadecimal digits name a file."""
    (tmp_path / "secret").write_text("{ secret }")
    (tmp_path / "operations").mkdir()
    (tmp_path / "operations" / "secret").write_text("{ secret }")
    assert FileTexts(tmp_path / "operations").get(digest) is None


def test_a_folder_that_cannot_be_written_leaves_each_worker_its_own(tmp_path: Path) -> None:
    """Nothing fails; the others ask for the text."""
    folder = tmp_path / "operations"
    one, other = FileTexts(folder), FileTexts(folder)
    shutil.rmtree(folder)
    text = "{ __typename }"
    one.put(digest_of(text), text)
    assert one.get(digest_of(text)) == text
    assert other.get(digest_of(text)) is None
