"""Decisions while the profiles service and PostgreSQL are killed in mid-write: what was acknowledged is there."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

from consilium.home import Home
from gateway.ids import decode
from tests.e2e.test_verification import NUMBERS, address, authority
from tests.support.stack import Stack, eventually, launch, processes, wait_ready

pytestmark = pytest.mark.chaos
KILLS = 20
WRITERS = 4


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A system of its own, with local engines, because it is not treated well."""
    stack = launch(tmp_path_factory.mktemp("chaos") / "home")
    try:
        wait_ready(stack)
        yield stack
    finally:
        stack.stop()


class Writer(threading.Thread):
    """Submits and decides as fast as it can, and remembers what was acknowledged."""

    def __init__(self, stack: Stack, applicant: str, verifier: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.stack, self.applicant, self.verifier, self.stop = stack, applicant, verifier, stop
        self.acknowledged: dict[str, str] = {}
        self.asked: set[str] = set()  # to withdraw; without an answer both is possible
        self.refused = 0

    def run(self) -> None:
        """Until told to stop."""
        licensor = authority(self.stack, "DE")
        chance = random.Random(id(self))
        while not self.stop.is_set():
            try:
                submitted = self.change(
                    "submitCredential", self.applicant, credentialKind="LICENCE", authority=licensor, number=next(NUMBERS),
                    jurisdiction="DE",
                )  # fmt: skip
                decision = chance.choice(["VALIDATE", "REJECT"])
                self.change("takeCase", self.verifier, credential=submitted["id"])
                decided = self.change(
                    "decideCredential", self.verifier, id=submitted["id"], decision=decision, reason="OTHER",
                    note="A test decides.",
                )  # fmt: skip
                self.acknowledged[submitted["id"]] = decided["verificationStatus"]
                if decision == "VALIDATE":  # so that the applicant never has too many
                    self.asked.add(submitted["id"])
                    withdrawn = self.change("withdrawCredential", self.applicant, id=submitted["id"])
                    self.acknowledged[submitted["id"]] = withdrawn["verificationStatus"]
            except (ChangeRejected, OSError, urllib.error.URLError, json.JSONDecodeError):
                self.refused += 1
                time.sleep(0.05)

    def change(self, name: str, token: str, **given: Any) -> dict[str, Any]:
        """The credential that a mutation answers."""
        answer = self.stack.run(
            f"mutation($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) "
            "{ credential { id verificationStatus } userErrors { code } } }",
            token, {"i": given},
        )  # fmt: skip
        payload = (answer.get("data") or {}).get(name)
        if not payload or payload["userErrors"]:
            raise ChangeRejected(str(answer)[:200])
        return dict(payload["credential"])


class ChangeRejected(Exception):
    """The system said no, which is fine: nothing was acknowledged."""


def kill(stack: Stack, number: int) -> str:
    """One kill without warning: a worker of the service, or a process of PostgreSQL, which then recovers from its log."""
    if number % 2:
        masters = processes(stack, "profiles.app")
        workers = [p for p in masters if p.ppid() in {m.pid for m in masters}]
        victim, name = random.choice(workers or masters), "profiles"
    else:
        victims = [
            p
            for p in psutil.process_iter(["cmdline"])
            if "consilium_service consilium" in " ".join(p.info["cmdline"] or [])
        ]
        home = str(stack.home)
        data = {
            p.pid
            for p in psutil.process_iter(["cmdline"])
            if home in " ".join(p.info["cmdline"] or []) and "postgres" in p.name()
        }
        victims = [p for p in victims if p.ppid() in data]
        victim, name = random.choice(victims), "postgresql"
    victim.send_signal(signal.SIGKILL)
    return name


def test_twenty_kills_lose_no_acknowledged_decision(own: Stack) -> None:
    """And leave a chain that verifies, with one entry for each decision."""
    vera = own.sign_in("vera")
    stop = threading.Event()
    writers = [Writer(own, own.sign_up(f"Chaos {n}", address(), ["DE"]), vera, stop) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    killed: list[str] = []
    for number in range(KILLS):
        time.sleep(random.uniform(0.5, 1.5))
        before = sum(len(writer.acknowledged) for writer in writers)
        killed.append(kill(own, number))
        eventually(lambda before=before: sum(len(writer.acknowledged) for writer in writers) > before + 4, 30)
    stop.set()
    for writer in writers:
        writer.join(20)
    assert killed.count("profiles") == killed.count("postgresql") == KILLS // 2
    acknowledged = {own_id: status for writer in writers for own_id, status in writer.acknowledged.items()}
    asked = set().union(*(writer.asked for writer in writers))
    refused = sum(writer.refused for writer in writers)
    print(f"{len(acknowledged)} decisions acknowledged, {refused} refused, {len(killed)} kills")

    home = Home(own.home)
    engine = sa.create_engine(
        f"postgresql+psycopg://consilium:{home.secret('postgres_password')}@127.0.0.1:{home.recorded_port('postgres')}/consilium"
    )
    with engine.connect() as connection:
        stored = dict(connection.execute(sa.text("SELECT id::text, status FROM credential")).tuples().all())
        entries = connection.execute(
            sa.text("SELECT object, count(*) FROM audit_entry WHERE action IN ('credential.validate', 'credential.reject') GROUP BY object")
        ).tuples().all()  # fmt: skip
    noted = dict(entries)
    for global_id, status in acknowledged.items():
        found = decode(global_id)
        assert found is not None
        assert stored[found[1]] == status or (global_id in asked and stored[found[1]] == "ENTERED_IN_ERROR")
        assert noted[f"credential:{found[1]}"] == 1
    verify = subprocess.run(
        [sys.executable, "-m", "consilium", "audit", "verify"], env=own.environment | {"PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert verify.returncode == 0, verify.stdout + verify.stderr
    print(verify.stdout)
