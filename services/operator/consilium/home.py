"""Where a local installation keeps its data, secrets, logs and ports."""

from __future__ import annotations

import json
import os
import secrets
import socket
import stat
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from consilium.keyfiles import make_field_key, make_signing_key
from kit.services import SIGNING_IN, Service, digest_of
from kit.settings import Environment

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

    def make_private(self) -> None:
        """Make the folder, and let nobody but its owner read what is in it, whatever earlier versions let.

        What comes later is private by the umask that `consilium.cli.root` sets.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        for folder, folders, files in os.walk(self.root):
            for name in (*folders, *files):
                path = Path(folder) / name
                with suppress(FileNotFoundError):
                    mode = path.lstat().st_mode
                    if not stat.S_ISLNK(mode) and mode & 0o077:
                        path.chmod(stat.S_IMODE(mode) & 0o700)

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

    def environment(self) -> Environment:
        """The settings of this installation: those that are set, and else the secrets that were made here."""
        return Environment(files={variable: self.root / "secrets" / name for name, variable in VARIABLES.items()})

    def unused_secrets(self) -> list[Path]:
        """Secrets that were made here and that nobody reads, because others are set."""
        return [
            file
            for name, variable in VARIABLES.items()
            if is_set(variable) and (file := self.root / "secrets" / name).exists()
        ]

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
        return make_signing_key()
    if name in {"field_key", "index_key"}:
        return make_field_key()
    return secrets.token_urlsafe(24)


def is_set(variable: str) -> bool:
    """Whether the operator has set a setting, or a file that holds it."""
    return bool(os.environ.get(variable) or os.environ.get(f"{variable}_FILE"))


SECRETS = (
    "postgres_password", "service_database_password", "neo4j_password", "signing_key", "checkpoint_key", "field_key", "index_key",
    *(f"{service}_secret" for service in SIGNING_IN),
)  # fmt: skip


# The secrets that services read, with their settings.
VARIABLES = {
    "service_database_password": "CONSILIUM_SERVICE_DATABASE_PASSWORD",
    "neo4j_password": "CONSILIUM_NEO4J_PASSWORD",
    "signing_key": "CONSILIUM_SIGNING_KEY",
    "checkpoint_key": "CONSILIUM_CHECKPOINT_KEY",
    "field_key": "CONSILIUM_FIELD_KEY",
    "index_key": "CONSILIUM_INDEX_KEY",
    **{f"{service}_secret": f"CONSILIUM_{service.upper()}_SECRET" for service in SIGNING_IN},
}
# In production the operator makes them, because an installation without them cannot be restored.
OPERATORS_OWN = (
    "signing_key", "checkpoint_key", "field_key", "index_key", *(f"{service}_secret" for service in SIGNING_IN),
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
