"""The whole system as its users start it, and a small GraphQL client for it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

DEMO_PASSWORD = "consilium-demo"
TRIES = 3  # of what a busy machine had no time for
PASSWORD = "a long pass phrase"  # of whoever signs up in a test
SIGN_IN = (
    "mutation($email: String!, $password: String!) { signIn(input: {email: $email, password: $password}) "
    "{ session { accessToken refreshToken } userErrors { code message } } }"
)


def free_port() -> int:
    """A port that no program listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """A running system at `url`."""

    url: str
    home: Path
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    output: Path | None = None

    def raw(
        self, data: bytes | None, *, method: str = "POST", path: str = "/graphql", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one HTTP request."""
        given = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        request = urllib.request.Request(self.url + path, data, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def run(self, query: str, token: str | None = None, variables: Any = None, **headers: str) -> dict[str, Any]:
        """The answer to an operation."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        _, _, body = self.raw(json.dumps({"query": query, "variables": variables}).encode(), **headers)
        return json.loads(body)  # type: ignore[no-any-return]

    def data(self, query: str, token: str | None = None, **variables: Any) -> Any:
        """The data of an operation that must have no errors; sent again, as clients do, where a part had no time for it."""
        for tries in range(TRIES):
            time.sleep(tries)
            answer = self.run(query, token, variables)
            errors = answer.get("errors") or []
            if {(error.get("extensions") or {}).get("code") for error in errors} != {"UPSTREAM_UNAVAILABLE"}:
                break
        assert errors == []
        return answer["data"]

    def change(self, name: str, shape: str, token: str | None, /, **given: Any) -> Any:
        """The payload of a mutation, by its name and the payload's selection.

        It is sent again under its key, as the docs say, where a part had no time for it; `tries=1` asks once.
        """
        kind = name[0].upper() + name[1:]
        key, most = given.pop("idempotency_key", None) or str(uuid.uuid4()), given.pop("tries", TRIES)
        query = (
            f"mutation($input: {kind}Input!) {{ {name}(input: $input) "
            f"{{ {shape} userErrors {{ code field message currentVersion }} }} }}"
        )
        for tries in range(most):
            time.sleep(tries)
            answer = self.run(query, token, {"input": given}, Idempotency_Key=key)
            assert "errors" not in answer, answer["errors"]
            payload = answer["data"][name]
            if not {error["code"] for error in payload["userErrors"]} & {"UNAVAILABLE", "OUTCOME_UNKNOWN"}:
                break
        return payload

    def sign_in(self, who: str) -> str:
        """The access token of a demo person."""
        data = self.data(SIGN_IN, email=f"{who}@demo.example", password=DEMO_PASSWORD)
        return str(data["signIn"]["session"]["accessToken"])

    def sign_up(self, name: str, email: str, regions: list[str], *, password: str = PASSWORD, **more: Any) -> str:
        """The access token of a new person, who has confirmed the address."""
        self.sign_up_only(name, email, regions, password=password, **more)
        token = self.mailed(email, "confirm-address")
        payload = self.change("confirmEmail", "session { accessToken }", None, token=token, password=password)
        assert payload["userErrors"] == [], payload
        return str(payload["session"]["accessToken"])

    def mailed(self, email: str, kind: str, *, seconds: float = 30) -> str:
        """The token in the newest message of a kind to an address, which the worker writes into a file."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for file in sorted((self.home / "mail").glob(f"*-{kind}-*.eml"), reverse=True):
                text = file.read_text(encoding="utf-8")
                if f"To: {email}" in text:
                    return re.findall(r"^[\w-]{43}$", text, flags=re.M)[0]
            time.sleep(0.05)
        raise AssertionError(f"no message {kind} came in {seconds} s")

    def mailed_link(self, email: str, kind: str) -> str:
        """The address of a page in the newest message of a kind to an address."""
        token = self.mailed(email, kind)
        (link,) = (
            line
            for file in (self.home / "mail").glob(f"*-{kind}-*.eml")
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.endswith(f"#token={token}")
        )
        return link

    def sign_up_only(self, name: str, email: str, regions: list[str], *, password: str = PASSWORD, **more: Any) -> str:
        """The access token of a new person, who has not confirmed the address."""
        policies = self.data("{ instance { policies { id mustAccept } } }")["instance"]["policies"]
        payload = self.change(
            "signUp", "session { accessToken }", None, email=email, password=password, name=name,
            regions=regions, acceptedPolicies=[p["id"] for p in policies if p["mustAccept"]], **more,
        )  # fmt: skip
        assert payload["userErrors"] == [], payload
        return str(payload["session"]["accessToken"])

    def stop(self, seconds: float = 15) -> float:
        """End it as Ctrl-C does; returns how long that took, in seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(seconds + 10)
        return time.monotonic() - began


def launch(home: Path, *, ports: tuple[int, int, int] | None = None, **environment: str) -> Stack:
    """Start `consilium up` in the background; `wait_ready` waits for it."""
    gateway, profiles, graph = ports or (free_port(), free_port(), free_port())
    given = {
        "CONSILIUM_HOME": str(home),
        "CONSILIUM_GATEWAY_PORT": str(gateway),
        "CONSILIUM_PROFILES_PORT": str(profiles),
        "CONSILIUM_GRAPH_PORT": str(graph),
        # All tests sign up from one network address; tests/profiles/integration/test_limits.py has the limit.
        "CONSILIUM_SIGN_UPS_PER_ADDRESS": "100000",
        # And change things as fast as they can.
        "CONSILIUM_PERSON_CHANGES": "1000000",
        "CONSILIUM_ADDRESS_CHANGES": "1000000",
        **environment,
    }
    output = home.with_suffix(".out")
    with output.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "consilium", "up"],
            env=dict(os.environ) | given, stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    return Stack(f"http://127.0.0.1:{gateway}", home, process, given, output)


def operate(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command of the operator, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "consilium", *arguments], env=dict(os.environ) | {"CONSILIUM_HOME": str(home)} | environment,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def is_ready(url: str, seconds: float = 5) -> bool:
    """Whether a service's /readyz answers 200 in time."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=seconds) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_ready(stack: Stack, seconds: float = 900) -> None:
    """Wait until /readyz answers 200."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert stack.process is None or stack.process.poll() is None, stack.output and stack.output.read_text()
        if is_ready(stack.url):
            return
        time.sleep(0.2)
    raise AssertionError(f"not ready after {seconds} s: {stack.output and stack.output.read_text()}")


def processes(stack: Stack, text: str) -> list[psutil.Process]:
    """The stack's own children whose command line holds a text."""
    assert stack.process is not None
    found = []
    for child in psutil.Process(stack.process.pid).children(recursive=True):
        try:
            if text in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def until_available(change: Callable[[], Any], seconds: float = 60) -> Any:
    """The payload of a change beside an outage: sent again under its key, as the docs say, while a part does not answer."""
    deadline = time.monotonic() + seconds
    while True:
        payload = change()
        codes = {error["code"] for error in payload["userErrors"]}
        if not codes & {"UNAVAILABLE", "OUTCOME_UNKNOWN"} or time.monotonic() > deadline:
            return payload
        time.sleep(1)


def eventually(check: Any, seconds: float = 15) -> Any:
    """The first truthy value of `check`, tried until then."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found or time.monotonic() > deadline:
            assert found, "did not come true in time"
            return found
        time.sleep(0.1)
