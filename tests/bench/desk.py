"""Times of the desk: a revocation until the graph shows it, the queue over many cases, and verifying the trail."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Any

import sqlalchemy as sa

from consilium.home import Home
from kit.clock import new_id
from tests.e2e.test_verification import level, verified
from tests.support.stack import Stack

REVOCATIONS = 15


def _percentiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p99_ms": round(ordered[max(0, int(len(ordered) * 0.99) - 1)] * 1000, 1),
        "most_ms": round(ordered[-1] * 1000, 1),
    }


def revocation_to_graph(stack: Stack) -> dict[str, float]:
    """From the moment that a revocation is sent until others see a lower level."""
    vera, times = stack.sign_in("vera"), []
    maria = stack.sign_in("maria")
    for number in range(REVOCATIONS):
        _, me, licence = verified(stack, f"Bench {number}")
        began = time.perf_counter()
        stack.change("revokeCredential", "credential { id }", vera, id=licence["id"], reason="SANCTIONED")
        query = "query($id: ID!) { professional(by: {id: $id}) { verification } }"
        while stack.data(query, maria, id=me)["professional"]["verification"] != "IDENTITY":
            time.sleep(0.005)
        times.append(time.perf_counter() - began)
    assert level(stack, me) == "IDENTITY"
    return _percentiles(times)


def queue(stack: Stack, home: Home, cases: int) -> dict[str, Any]:
    """A page of 20 of the desk over so many open cases: the newest, the oldest, and filtered."""
    engine = sa.create_engine(
        f"postgresql+psycopg://consilium:{home.secret('postgres_password')}@127.0.0.1:{home.recorded_port('postgres')}/consilium"
    )
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO credential (id, person_id, kind, authority, jurisdiction, status, submitted_at, desk_since) "
                "SELECT gen_random_uuid(), (SELECT id FROM person LIMIT 1), 'LICENCE', "
                "(ARRAY['de-baek','es-cgcom','gb-gmc','us-ny-nysed','ke-kmpdc'])[1 + n % 5], (ARRAY['DE','ES','GB','US','KE'])[1 + n % 5], "
                "'ATTESTED', t, t FROM (SELECT n, now() - n * interval '1 minute' AS t FROM generate_series(1, :cases) n) s"
            ),
            {"cases": cases},
        )
        connection.execute(sa.text("ANALYZE credential"))
    vera = stack.sign_in("vera")
    text = "query($f: VerificationQueueFilter, $a: String) { verificationQueue(filter: $f, first: 20, after: $a) { pageInfo { endCursor } nodes { id checks { name } } } }"
    found = {}
    for name, wanted in (
        ("all", None), ("one jurisdiction", {"jurisdictions": ["KE"]}), ("untaken, older than a day", {"untakenOnly": True, "olderThanHours": 24}),
    ):  # fmt: skip
        times, after = [], None
        for _ in range(200):
            began = time.perf_counter()
            page = stack.data(text, vera, f=wanted, a=after)["verificationQueue"]
            times.append(time.perf_counter() - began)
            after = page["pageInfo"]["endCursor"]
        found[name] = _percentiles(times)
    return found


def audit_rate(stack: Stack, home: Home, entries: int) -> dict[str, Any]:
    """How fast `consilium audit verify` follows a trail of so many entries."""
    from kit.cipher import FieldCipher
    from profiles.wiring import working

    engine = sa.create_engine(
        f"postgresql+psycopg://consilium:{home.secret('postgres_password')}@127.0.0.1:{home.recorded_port('postgres')}/consilium"
    )
    cipher = FieldCipher(((1, b"k" * 32),), b"i" * 32)
    for _ in range(entries // 1000):
        with working(engine, cipher) as unit:
            for _ in range(1000):
                unit.audit.note("bench.act", actor="service:bench", object=f"thing:{new_id()}", reason="OTHER")
    done = subprocess.run(
        [sys.executable, "-m", "consilium", "audit", "verify"], env=stack.environment | {"PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    words = done.stdout.replace(",", "").split()
    return {
        "entries": int(words[0]),
        "seconds": float(words[words.index("s") - 1]),
        "per_second": int(words[words.index("s") + 1][1:]),
    }
