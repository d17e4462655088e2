"""Where a local installation keeps its data, secrets, logs and ports."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kit.services import SIGNING_IN, Service, digest_of

ENGINES = ("postgres", "neo4j")
GATEWAY_PORT, PROFILES_PORT, GRAPH_PORT = 8000, 8001, 8002


def _port(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


@dataclass(frozen=True)
class Home:
    """The folder `.consilium` of an installation, or the one that CONSILIUM_HOME names."""

    root: Path

    @classmethod
    def here(cls) -> Home:
        """The installation in the present folder."""
        return cls(Path(os.environ.get("CONSILIUM_HOME", ".consilium")).resolve())

    @property
    def gateway_port(self) -> int:
        """8000 unless CONSILIUM_GATEWAY_PORT says otherwise."""
        return _port("CONSILIUM_GATEWAY_PORT", GATEWAY_PORT)

    @property
    def profiles_port(self) -> int:
        """8001 unless CONSILIUM_PROFILES_PORT says otherwise."""
        return _port("CONSILIUM_PROFILES_PORT", PROFILES_PORT)

    @property
    def graph_port(self) -> int:
        """8002 unless CONSILIUM_GRAPH_PORT says otherwise."""
        return _port("CONSILIUM_GRAPH_PORT", GRAPH_PORT)

    @property
    def run(self) -> Path:
        """Lock and process ids."""
        return self.root / "run"

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.root / "log" / f"{name}.log"

    def secret(self, name: str, *, folder: Path | None = None) -> str:
        """A secret of this installation, made at random when first asked for."""
        file = (folder or self.root / "secrets") / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.parent.chmod(0o700)
            value = _make(name)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(value)
        return file.read_text(encoding="utf-8")

    def rotate(self, name: str, *, folder: Path | None = None) -> str:
        """Put a new key before those that are there: it signs or encrypts from the next start on, the old ones stay.

        Args:
            name: `signing_key` or `field_key`.

        Returns:
            what the secret holds now.
        """
        file = (folder or self.root / "secrets") / name
        old = self.secret(name, folder=folder)
        if name == "field_key":
            numbered = [part if ":" in part else f"1:{part}" for part in old.split()]
            taken = {int(part.split(":")[0]) for part in numbered}
            new = next(n for n in range(1, 256) if n not in taken)
            value = " ".join([f"{new}:{_make(name)}", *numbered])
        else:
            value = _make(name) + old
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(value, encoding="utf-8")
        part.replace(file)
        return value

    def retire(self, name: str, *, folder: Path | None = None) -> int:
        """Drop all keys but the first; returns how many were dropped."""
        file = (folder or self.root / "secrets") / name
        old = self.secret(name, folder=folder)
        parts = old.split() if name == "field_key" else [p + "-----END PRIVATE KEY-----\n" for p in
                                                         old.split("-----END PRIVATE KEY-----\n") if p.strip()]  # fmt: skip
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(parts[0], encoding="utf-8")
        part.replace(file)
        return len(parts) - 1

    def engine_ports(self) -> dict[str, int]:
        """The ports of both engines: any free ones, the same at each start while they stay free.

        They are chosen and written down together, because each engine starts in a thread of its own.
        """
        file = self.run / "ports.json"
        ports = {name: self.recorded_port(name) for name in ENGINES}
        with ExitStack() as probes:  # held until all are chosen, so that no two are the same
            for name, port in ports.items():
                if port is None or not port_free(port):
                    probe = probes.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", 0))
                    ports[name] = probe.getsockname()[1]
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(ports), encoding="utf-8")
        part.replace(file)
        return {name: port for name, port in ports.items() if port is not None}

    def recorded_port(self, name: str) -> int | None:
        """The port that an engine was last given."""
        try:
            return int(json.loads((self.run / "ports.json").read_text(encoding="utf-8"))[name])
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _make(name: str) -> str:
    if name in {"signing_key", "checkpoint_key"}:
        key = Ed25519PrivateKey.generate()
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    if name in {"field_key", "index_key"}:
        return base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(24)


SECRETS = (
    "postgres_password", "service_database_password", "neo4j_password", "signing_key", "checkpoint_key", "field_key", "index_key",
    *(f"{service}_secret" for service in SIGNING_IN),
)  # fmt: skip


def service_digests(secrets_of: Mapping[Service, str]) -> str:
    """What the profiles service is given instead of the services' secrets."""
    return " ".join(f"{service}:{digest_of(secret)}" for service, secret in secrets_of.items())


def demo_wanted() -> bool:
    """Whether this installation has the demo network."""
    return os.environ.get("CONSILIUM_ENV") != "production" and os.environ.get("CONSILIUM_DEMO", "1") == "1"


def port_free(port: int) -> bool:
    """Whether a program could listen on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
