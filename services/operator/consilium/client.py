"""The operator's tools as a client of the services: everything enters through their own interfaces."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from consilium.home import Home
from contracts.authorities import ImportedAuthorities, OwnAuthorities
from contracts.registers import AddedRows, RegisterImport, UndoneImport
from kit.cipher import KeyName
from kit.delimited import Refusal
from kit.errors import Unavailable
from kit.http import CallContext, ServiceClient
from kit.paths import internal_path
from kit.services import Service, ServiceSession
from kit.settings import Environment
from kit.urls import CA_FILE, SERVICE_SCHEMES, read_ca_file, read_url

WRITE_SECONDS = 60.0
OUTAGE_SECONDS = 300.0  # how long an import waits for a service that is being started again, or on a busy machine
BUSY_SECONDS = 5.0  # how long what is typed by hand waits for a service that is busy


def client_settings(settings: Environment, home: Home) -> dict[str, str]:
    """What `OperatorClient` needs to know.

    Args:
        home: whose services are meant where no others are set.

    Raises:
        SettingsError: one is malformed, or the secret of the operator's tools is not set.
    """
    services = (("CONSILIUM_PROFILES_URL", home.profiles_port), ("CONSILIUM_GRAPH_URL", home.graph_port))
    return {
        **{
            name: read_url(settings, name, f"http://127.0.0.1:{port}", schemes=SERVICE_SCHEMES)
            for name, port in services
        },
        CA_FILE: str(read_ca_file(settings) or ""),
        "CONSILIUM_OPERATOR_SECRET": settings.text("CONSILIUM_OPERATOR_SECRET"),
    }


class OperatorClient:
    """Calls both services as `service:operator`.

    Args:
        environment: where the services are, and the secret of the operator's tools.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        ca_file = Path(found) if (found := environment.get(CA_FILE)) else None
        self._profiles, self._graph = (
            ServiceClient(name, environment[setting], read_seconds=WRITE_SECONDS, ca_file=ca_file)
            for name, setting in (("profiles", "CONSILIUM_PROFILES_URL"), ("graph", "CONSILIUM_GRAPH_URL"))
        )
        secret = environment["CONSILIUM_OPERATOR_SECRET"]
        self._session = ServiceSession(self._profiles, Service.OPERATOR, secret)

    def _context(self) -> CallContext:
        return CallContext(token=self._session.token())

    def _patiently(
        self, client: ServiceClient, method: str, path: str, body: Any = None, *, seconds: float = OUTAGE_SECONDS
    ) -> Any:
        """Call a service; wait while it is away. Only for what can be repeated without harm."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return client.call(method, path, body, context=self._context())
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def people_count(self, source: str) -> tuple[int, int]:
        """How many people there are, and how many of them came from a source."""
        answer = self._patiently(self._profiles, "GET", internal_path("projection", "lag", query={"source": source}))
        return int(answer["people"]), int(answer["imported"])

    def import_people(
        self, source: str, people: Sequence[dict[str, Any]], *, as_of: date | None = None
    ) -> dict[str, Any]:
        """Store a batch of people: {ids, stored, unchanged, older, deactivated, skipped, opened, rejected}.

        Args:
            as_of: the day of the file.
        """
        body = {"source": source, "people": list(people), "as_of": as_of}
        return self._patiently(self._profiles, "PUT", "/v1/imports/people", body)  # type: ignore[no-any-return]

    def import_rows(self, kind: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Store a batch of rows of a kind, like connections or posts: {stored, unchanged, rejected}."""
        return self._patiently(self._graph, "PUT", internal_path("imports", kind), {"rows": list(rows)})  # type: ignore[no-any-return]

    def add_demo_credentials(self, body: dict[str, Any]) -> None:
        """Take invented credentials through the desk; those that are there already stay."""
        self._patiently(self._profiles, "POST", "/v1/imports/demo-credentials", body)

    def wait_for_graph(self, seconds: float = 600) -> None:
        """Wait until the relay has carried everything to the graph.

        Raises:
            Unavailable: it has not, in that time.
        """
        deadline = time.monotonic() + seconds
        while True:
            lag = self._patiently(self._profiles, "GET", "/v1/projection/lag")
            if not lag["waiting"] and not lag["rebuilding"]:
                return
            if time.monotonic() > deadline:
                raise Unavailable("The relay has not carried all changes to the graph in time.")
            time.sleep(0.2)

    def waiting(self) -> int:
        """How many snapshots wait to be relayed."""
        return int(self._patiently(self._profiles, "GET", "/v1/projection/lag")["waiting"])

    def begin_snapshot(self, snapshot: str, authority: str, as_of: date, *, replace_newer: bool) -> None:
        """Begin a copy of a register.

        Raises:
            RemoteProblem: it is older than the copy that counts, unless it may take its place.
        """
        body = {"id": snapshot, "authority": authority, "as_of": as_of.isoformat(), "replace_newer": replace_newer}
        self._profiles.call("PUT", "/v1/registers", body, context=self._context())

    def add_register_rows(self, snapshot: str, rows: Sequence[dict[str, Any]], refused: Sequence[Refusal]) -> AddedRows:
        """Add rows to a copy, and lines of the file that are no rows."""
        path = internal_path("registers", snapshot, "entries")
        body = {"rows": list(rows), "refused": [asdict(one) for one in refused]}
        return msgspec.convert(self._patiently(self._profiles, "PUT", path, body), AddedRows)

    def _register(self, *path: str, body: Any = None) -> RegisterImport:
        answer = self._patiently(self._profiles, "POST", internal_path("registers", *path), body or {})
        return msgspec.convert(answer, RegisterImport)

    def preview_snapshot(self, snapshot: str) -> RegisterImport:
        """Say what a copy would do if it counted."""
        return self._register(snapshot, "preview")

    def activate_snapshot(self, snapshot: str, expected: int | None) -> RegisterImport:
        """Let a copy count.

        Raises:
            RemoteProblem: it must be confirmed with the number of cases that it opens, or would open another number.
        """
        answer = self._profiles.call(
            "POST",
            internal_path("registers", snapshot, "activate"),
            {"expected_cases": expected},
            context=self._context(),
        )
        return msgspec.convert(answer, RegisterImport)

    def discard_snapshot(self, snapshot: str) -> None:
        """Give up a copy that does not count."""
        self._patiently(self._profiles, "POST", internal_path("registers", snapshot, "discard"), {})

    def recheck_with(self, snapshot: str) -> RegisterImport:
        """Check the authority's validated credentials again with a copy, or wait until the worker has."""
        while (found := self._register(snapshot, "recheck")).rechecked_at is None and found.state == "ACTIVE":
            pass
        return found

    def undo_import(self, authority: str) -> UndoneImport:
        """Let the copy of a register before count again.

        Raises:
            RemoteProblem: no copy counts, or the one before was not kept.
        """
        answer = self._profiles.call("POST", "/v1/registers/undo", {"authority": authority}, context=self._context())
        return msgspec.convert(answer, UndoneImport)

    def restore_cases(self, snapshot: str) -> int:
        """Close the cases that an undone copy had opened; how many."""
        path = internal_path("registers", snapshot, "restore")
        while (answer := self._patiently(self._profiles, "POST", path, {}))["more"]:
            pass
        return int(answer["restored"])

    def recheck(self) -> tuple[int, int]:
        """Check all validated credentials again: how many, and how many cases were opened."""
        checked = opened = 0
        after = ""
        while True:
            path = internal_path("registers", "recheck", query={"after": after or None})
            answer = self._patiently(self._profiles, "POST", path, {})
            checked, opened = checked + answer["checked"], opened + answer["opened"]
            if answer["last"] is None:
                return checked, opened
            after = answer["last"]

    def own_authorities(self) -> OwnAuthorities:
        """What operators have added and changed of authorities."""
        return msgspec.convert(self._patiently(self._profiles, "GET", "/v1/authorities/own"), OwnAuthorities)

    def import_authorities(self, rows: Sequence[dict[str, str]], *, dry_run: bool) -> ImportedAuthorities:
        """Add and change authorities."""
        body = {"rows": list(rows), "dry_run": dry_run}
        return msgspec.convert(self._patiently(self._profiles, "PUT", "/v1/authorities", body), ImportedAuthorities)

    def replace_sanctions(
        self, source: str, rows: Sequence[dict[str, Any]], *, as_of: date, replace_newer: bool
    ) -> dict[str, Any]:
        """Replace a list of sanctions: {stored, rejected}.

        Raises:
            RemoteProblem: it is older than the list that counts, unless it may take its place.
        """
        body = {"source": source, "rows": list(rows), "as_of": as_of.isoformat(), "replace_newer": replace_newer}
        return self._patiently(self._profiles, "PUT", "/v1/sanctions", body)  # type: ignore[no-any-return]

    def run_retention(self) -> dict[str, int | None]:
        """Delete what the retention table says: how much of each, None where that failed."""
        return self._patiently(self._profiles, "POST", "/v1/retention", {})  # type: ignore[no-any-return]

    def reencrypt(self, current: KeyName) -> int:
        """Encrypt the next fields again that are encrypted with an old key; how many.

        Raises:
            RemoteProblem: a service does not encrypt with this key.
        """
        body = {"current": asdict(current)}
        return sum(
            int(self._patiently(client, "POST", "/v1/keys/reencrypt", body)["done"])
            for client in (self._profiles, self._graph)
        )

    def retire(self, current: KeyName, old: Sequence[KeyName]) -> None:
        """Let no service store anything any more that is encrypted with an old key.

        Raises:
            RemoteProblem: something is encrypted with one, or a service still encrypts with one.
        """
        body = {"current": asdict(current), "old": [asdict(key) for key in old]}
        for client in (self._profiles, self._graph):
            self._patiently(client, "POST", "/v1/keys/retire", body, seconds=BUSY_SECONDS)

    def keys(self) -> dict[str, dict[str, Any]]:
        """What each service says of its keys: {keys, holders, counts} by its name.

        Raises:
            Unavailable: a service does not answer.
        """
        return {
            name: self._patiently(client, "GET", "/v1/keys", seconds=BUSY_SECONDS)
            for name, client in (("profiles", self._profiles), ("graph", self._graph))
        }

    def create_account(
        self, *, email: str, name: str, password: str, roles: Sequence[str], jurisdictions: Sequence[str] = ()
    ) -> str:
        """Make an account; returns the person's id."""
        body = {
            "email": email, "name": name, "password": password, "roles": list(roles),
            "jurisdictions": list(jurisdictions),
        }  # fmt: skip
        answer = self._profiles.call("POST", "/v1/accounts/by-operator", body, context=self._context())
        return str(answer["id"])

    def last_checkpoint(self) -> dict[str, Any] | None:
        """The last checkpoint of the audit trail that the graph service was told of: {number, digest}.

        Raises:
            DomainError: it does not answer.
        """
        answer = self._graph.call("GET", "/v1/audit-checkpoint", context=self._context())
        return answer["checkpoint"]  # type: ignore[no-any-return]

    def rebuild_projection(self, *, restored: bool) -> None:
        """Begin to project everybody again.

        Args:
            restored: whether an older backup of PostgreSQL was restored.
        """
        self._profiles.call("POST", "/v1/projection/rebuild", {"restored": restored}, context=self._context())

    def rebuild_progress(self) -> dict[str, Any]:
        """How far a rebuild is: {stage, queued, people, waiting, dead}; stage is None when everybody is queued."""
        return self._patiently(self._profiles, "GET", "/v1/projection/rebuild")  # type: ignore[no-any-return]
