"""Secrets for containers: each container gets a folder with its own, which nobody but its user can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from consilium.home import SECRETS, Home, service_digests
from kit.services import SIGNING_IN
from profiles.db import service_url

# The folder below which each container has its own, where it is known; see docker-compose.yml.
DELIVERY = "CONSILIUM_SECRETS_DELIVERY"
SERVICES_USER = 10001  # of deploy/Dockerfile


@dataclass(frozen=True)
class Container:
    """What a container may know.

    Args:
        user: the user id that reads the files. Both engines read them as root and then go on as another user.
        secrets: the names of the files.
    """

    user: int
    secrets: tuple[str, ...]


CONTAINERS = {
    "postgres": Container(0, ("postgres_password",)),
    "neo4j": Container(0, ("neo4j_password",)),
    "valkey": Container(999, ("valkey_conf",)),
    "migrate": Container(SERVICES_USER, ("database_url", "service_database_password", "neo4j_password", "index_key")),
    "profiles": Container(
        SERVICES_USER, ("service_database_url", "signing_key", "service_digests", "field_key", "index_key")
    ),
    "worker": Container(
        SERVICES_USER, ("service_database_url", "checkpoint_key", "worker_secret", "field_key", "index_key")
    ),
    "graph": Container(SERVICES_USER, ("neo4j_password", "field_key")),
    "gateway": Container(SERVICES_USER, ("gateway_secret", "valkey_url")),
    "seed": Container(SERVICES_USER, ("operator_secret",)),
}


def write_all(folder: Path) -> None:
    """Write random secrets that are not there yet into a folder, one file each, and what is made from them."""
    home = Home(folder.resolve().parent)
    found = {name: home.secret(name, folder=folder) for name in (*SECRETS, "valkey_password")}
    # The containers' network is theirs alone, and the database has no certificate there.
    owner = f"postgresql+psycopg://consilium:{found['postgres_password']}@postgres:5432/consilium?sslmode=disable"
    made = {
        "database_url": owner,
        "service_database_url": service_url(owner, found["service_database_password"]),
        "valkey_url": f"redis://:{found['valkey_password']}@valkey:6379",
        "valkey_conf": f"requirepass {found['valkey_password']}\ndir /data\nmaxmemory 200mb\nmaxmemory-policy allkeys-lru\n",
    }
    write_digests(folder)
    for name, text in made.items():
        _write(folder / name, text, user=os.geteuid())
    for file in folder.iterdir():
        if file.lstat().st_mode & 0o077:  # earlier versions let everybody read them
            file.chmod(0o600)
    folder.chmod(0o700)


def write_digests(folder: Path) -> None:
    """Write what the profiles service knows of the services' secrets."""
    digests = service_digests({one: (folder / f"{one}_secret").read_text(encoding="utf-8") for one in SIGNING_IN})
    _write(folder / "service_digests", digests, user=os.geteuid())


def deliver(folder: Path, delivery: Path) -> None:
    """Give each container the secrets that it needs and no other.

    Args:
        folder: with all secrets.
        delivery: with a folder for each container, which it alone mounts.
    """
    for name, container in CONTAINERS.items():
        own = delivery / name
        own.mkdir(parents=True, exist_ok=True)
        own.chmod(0o711)  # its user opens files by their names
        for file in _strange(own, container):
            file.unlink()
        for secret in container.secrets:
            _write(own / secret, (folder / secret).read_text(encoding="utf-8"), user=container.user)


def deliver_again(folder: Path) -> bool:
    """Deliver what has changed, where there are containers; whether there are."""
    delivery = os.environ.get(DELIVERY)
    if delivery:
        deliver(folder, Path(delivery))
    return bool(delivery)


def give(folder: Path, *, user: int = SERVICES_USER) -> None:
    """Give a folder, and what earlier versions left in it, to a container's user and to nobody else."""
    for path in (*sorted(folder.rglob("*"), reverse=True), folder):
        if path.is_symlink():
            continue
        if path.lstat().st_uid != user:
            path.chmod(0o700 if path.is_dir() else 0o600)
            os.chown(path, user, user)


def _strange(folder: Path, container: Container) -> Iterator[Path]:
    return (file for file in list(folder.iterdir()) if file.name not in container.secrets)


def _write(file: Path, text: str, *, user: int) -> None:
    """Write a file that its user alone can read, at once."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        if os.fstat(stream.fileno()).st_uid != user:
            os.fchown(stream.fileno(), user, user)
    part.replace(file)
