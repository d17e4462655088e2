"""Attackers: processes of their own, each with many connections, that count what is answered by its codes."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_ANSWER = 10_000_000  # bytes of an answer that are taken in
SPAWN = multiprocessing.get_context("spawn")  # the process that starts them has threads


@dataclass(frozen=True)
class Target:
    """What an attacker knows.

    Args:
        port: of the gateway, on this machine.
        token: of an account that was made a moment ago.
        ids: global ids, by what they name.
        tokens: of more such accounts.
    """

    port: int
    token: str
    ids: dict[str, str] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()


# Yields requests, as the bytes that are sent; the number tells one process from the others.
Requests = Callable[[Target, int], Iterator[bytes]]


@dataclass(frozen=True)
class Force:
    """How many attack.

    Args:
        processes: beside each other.
        connections: of each process; a connection sends its next request when it has the answer to the one before.
        reads: whether answers are read at all.
        sources: network addresses that connections come from in turn; all of 127.0.0.0/8 are this machine's.
    """

    processes: int = 2
    connections: int = 20
    sources: tuple[str, ...] = ("127.0.0.2",)
    reads: bool = True


@dataclass
class Report:
    """What attackers did since `began`: answers by status and code, and the processor time that they took."""

    began: float
    answers: Counter[str] = field(default_factory=Counter)
    processor_seconds: float = 0.0


def http(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as it is sent; an underscore in a header's name stands for a hyphen."""
    lines = {"Host": "localhost"} | {name.replace("_", "-"): value for name, value in headers.items()}
    if body:
        lines |= {"Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def graphql(
    query: str, token: str | None = None, variables: Any = None, *, path: str = "/graphql", **headers: str
) -> bytes:
    """A GraphQL request as it is sent."""
    headers = {"Content_Type": "application/json"} | headers
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return http("POST", path, json.dumps({"query": query, "variables": variables}).encode(), **headers)


def mutation(name: str, token: str | None = None, /, **given: Any) -> bytes:
    """A GraphQL request with one mutation, that selects the codes of its user errors."""
    query = f"mutation($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) {{ userErrors {{ code }} }} }}"
    return graphql(query, token, {"i": given})


def attack(requests: Requests, target: Target, force: Force, seconds: float) -> Report:
    """Attack for a while; returns when all have ended."""
    begin, queue = SPAWN.Event(), SPAWN.Queue()
    ready = SPAWN.Semaphore(0)
    running = [
        SPAWN.Process(target=_attacker, args=(requests, target, force, number, seconds, ready, begin, queue))
        for number in range(force.processes)
    ]
    for process in running:
        process.start()
    for _ in running:
        assert ready.acquire(timeout=60)
    total = Report(time.monotonic())
    begin.set()
    for _ in running:
        answers, spent = queue.get(timeout=seconds + 60)
        total.answers += answers
        total.processor_seconds += spent
    for process in running:
        process.join(30)
        assert process.exitcode == 0
    return total


def _attacker(
    requests: Requests, target: Target, force: Force, number: int, seconds: float, ready: Any, begin: Any, queue: Any
) -> None:
    os.setsid()  # as burners: Linux shares the processor between sessions first
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    ready.release()
    begin.wait()
    spent = time.process_time()
    answers = asyncio.run(_send_all(requests(target, number), target.port, force, seconds))
    queue.put((answers, time.process_time() - spent))


async def _send_all(requests: Iterator[bytes], port: int, force: Force, seconds: float) -> Counter[str]:
    answers: Counter[str] = Counter()
    until = asyncio.get_running_loop().time() + seconds
    connections = [
        _send(requests, port, force.sources[number % len(force.sources)], until, answers, reads=force.reads)
        for number in range(force.connections)
    ]
    await asyncio.gather(*connections)
    return answers


async def _send(
    requests: Iterator[bytes], port: int, source: str, until: float, answers: Counter[str], *, reads: bool
) -> None:
    """Send one request after the other until the time is over, on one connection as long as it lasts."""
    writer = None
    try:
        async with asyncio.timeout_at(until):
            for request in requests:
                try:
                    if writer is None:
                        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
                    if not reads:
                        reader._transport.pause_reading()  # type: ignore[attr-defined]
                    writer.write(request)
                    answer = asyncio.ensure_future(_answer(reader, answers))
                    try:
                        await writer.drain()
                        stays = await answer
                    finally:
                        answer.cancel()
                except (OSError, EOFError):
                    answers["closed"] += 1
                    stays = False
                if not stays and writer is not None:
                    writer.close()
                    writer = None
    except TimeoutError:
        answers["in flight"] += 1
    finally:
        if writer is not None:
            writer.close()


async def _answer(reader: asyncio.StreamReader, answers: Counter[str]) -> bool:
    """Count one answer; whether the connection can be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = head[9:12].decode()
    if b"text/event-stream" in head:
        answers[f"{status} stream"] += 1
        while await reader.read(65_536):
            pass
        return False
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    body = await reader.readexactly(min(int(length[1]), MAX_ANSWER)) if length else b""
    code = re.search(rb'"code":"([A-Z_]+)"', body)
    answers[f"{status} {code[1].decode()}" if code else status] += 1
    return b"\r\nconnection: close" not in head
