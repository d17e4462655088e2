"""What containers may know and do, from the files that start them: docker-compose.yml and deploy/."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from consilium import client
from consilium.cli import main
from consilium.containers import CONTAINERS, SERVICES_USER, deliver, write_all
from consilium.keyfiles import KeyFile
from gateway import settings as gateway_settings
from graph import settings as graph_settings
from kit.cipher import field_keys
from kit.settings import Environment
from profiles import settings as profiles_settings
from profiles import worker_settings

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PRODUCTION: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "production.yml").read_text(encoding="utf-8"))
MAKES_SECRETS = {"secrets", "operator"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to other users")


def variables(name: str, **set_: str) -> dict[str, str]:
    """The environment of a container, with what is set outside put in."""

    def put_in(found: re.Match[str]) -> str:
        return set_.get(found[1]) or found[2] or ""

    given = COMPOSE["services"][name].get("environment", {})
    return {key: re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", put_in, str(value)) for key, value in given.items()}


def mounts(name: str) -> dict[str, str]:
    """Where volumes are, by their names."""
    return {one.split(":")[0]: one.split(":", 1)[1] for one in COMPOSE["services"][name].get("volumes", [])}


def test_each_container_mounts_its_own_secrets_and_no_others() -> None:
    """The volume with all of them is where they are made, and nowhere else."""
    assert CONTAINERS.keys() == COMPOSE["services"].keys() - MAKES_SECRETS
    for name in CONTAINERS:
        secret = {volume: path for volume, path in mounts(name).items() if "secrets" in volume}
        assert secret == {f"{name}-secrets": "/run/consilium:ro"}, name
    for name in MAKES_SECRETS:
        delivered = {
            path.removeprefix("/run/delivery/") for path in mounts(name).values() if path.startswith("/run/delivery/")
        }
        assert delivered == set(CONTAINERS)
        assert all(mounts(name)[f"{one}-secrets"] == f"/run/delivery/{one}" for one in CONTAINERS)


def test_each_container_reads_all_the_secrets_that_it_gets() -> None:
    """In its settings, or in its command; one that it does not read it need not have."""
    for name, container in CONTAINERS.items():
        service = COMPOSE["services"][name]
        text = yaml.dump([service.get(part) for part in ("environment", "entrypoint", "command")])
        assert set(re.findall(r"/run/consilium/(\w+)", text)) == set(container.secrets), name


def test_nobody_has_a_key_that_only_others_use() -> None:
    """The gateway and the engines can decrypt and sign nothing, and the schema's owner is known where schemas are changed."""
    knows = {name: set(container.secrets) for name, container in CONTAINERS.items()}
    holders = {
        secret: {name for name, found in knows.items() if secret in found} for secret in set().union(*knows.values())
    }
    assert holders["signing_key"] == {"profiles"}
    assert holders["checkpoint_key"] == holders["worker_secret"] == {"worker"}
    assert holders["gateway_secret"] == {"gateway"}
    assert holders["field_key"] == {"profiles", "worker", "graph"}
    assert holders["index_key"] == {"profiles", "worker", "migrate"}
    assert holders["database_url"] == holders["service_database_password"] == {"migrate"}
    assert holders["postgres_password"] == {"postgres"}
    assert knows["neo4j"] == {"neo4j_password"}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_container_can_do_as_little_as_it_needs(name: str) -> None:
    """No right of root's but those that an image's start needs, nothing gained later, and an end to memory and processes."""
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    most = {
        "postgres": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
        "neo4j": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
        "secrets": {"CHOWN"},
        "operator": {"CHOWN"},
    }
    assert set(service.get("cap_add", [])) == most.get(name, set())
    assert ("ports" in service) == (name == "gateway")


def test_the_worker_can_write_its_volume() -> None:
    """The image makes the folder for its user, and what an earlier version made as root is given to it."""
    worker = COMPOSE["services"]["worker"]
    folder = mounts("worker")["worker"]
    assert all(
        worker["environment"][name].startswith(f"{folder}/") for name in ("CONSILIUM_AUDIT_DIR", "CONSILIUM_MAIL_DIR")
    )
    image = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert f"--uid {SERVICES_USER} " in image
    assert re.search(rf"install -d -o consilium -m 0700 {folder} {folder}/mail {folder}/audit", image)
    assert COMPOSE["services"]["secrets"]["command"][-2:] == ["--give", folder]
    assert mounts("secrets")["worker"] == folder
    assert "failing" in worker["healthcheck"]["test"][-1]


def test_production_is_refused_before_any_container_is_touched() -> None:
    """Compose itself refuses what is not set, for every service; each is in production then."""
    for name in COMPOSE["services"].keys() - {"postgres", "neo4j", "valkey"}:
        environment = PRODUCTION["services"][name]["environment"]
        assert environment["CONSILIUM_ENV"] == "production", name
        needed = {"CONSILIUM_PUBLIC_URL"} | (
            {"CONSILIUM_SMTP_URL"} if "CONSILIUM_SMTP_URL" in variables(name) else set()
        )
        assert all(environment[one].startswith(f"${{{one}:?") for one in needed), name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all secrets."""
    made = tmp_path / "all"
    write_all(made)
    return made


LOADS: dict[str, Callable[[Environment], Any]] = {
    "profiles": profiles_settings.load, "worker": worker_settings.load, "graph": graph_settings.load,
    "gateway": gateway_settings.load,
}  # fmt: skip


@as_root
def test_each_service_starts_with_what_it_gets(folder: Path, tmp_path: Path) -> None:
    """In production too: what it reads is what was delivered to it."""
    deliver(folder, tmp_path)
    outside = {
        "CONSILIUM_ENV": "production",
        "CONSILIUM_PUBLIC_URL": "https://x.example",
        "CONSILIUM_SMTP_URL": "smtp://x",
    }
    for name, load in LOADS.items():
        here = {
            key: value.replace("/run/consilium", str(tmp_path / name))
            for key, value in variables(name, **outside).items()
        }
        assert load(Environment(here)), name
    gateway = {key: v.replace("/run/consilium", str(tmp_path / "gateway")) for key, v in variables("gateway").items()}
    url = gateway_settings.load(Environment(gateway)).valkey_url
    password = (folder / "valkey_password").read_text()
    assert url == f"redis://:{password}@valkey:6379"
    assert (tmp_path / "valkey" / "valkey_conf").read_text().startswith(f"requirepass {password}\n")


@as_root
def test_nobody_but_a_container_s_user_reads_its_secrets(folder: Path, tmp_path: Path) -> None:
    """Mode 0400; the folder lists nothing; what a container needs no more is taken away."""
    deliver(folder, tmp_path)
    (tmp_path / "gateway" / "signing_key").write_text("from an earlier version", encoding="utf-8")
    deliver(folder, tmp_path)
    for name, container in CONTAINERS.items():
        own = tmp_path / name
        assert own.stat().st_mode & 0o777 == 0o711
        found = {file.name: (file.stat().st_mode & 0o777, file.stat().st_uid) for file in own.iterdir()}
        assert found == dict.fromkeys(container.secrets, (256, container.user))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not [file.name for file in folder.iterdir() if file.stat().st_mode & 0o077]
    with tempfile.TemporaryDirectory(dir="/tmp") as reachable:
        Path(reachable).chmod(0o711)  # pytest's own folders let nobody through
        deliver(folder, Path(reachable))
        assert_readable_by_its_user(Path(reachable) / "profiles" / "signing_key")


def assert_readable_by_its_user(file: Path) -> None:
    """And by no other one."""
    for user, expected in ((SERVICES_USER, 0), (SERVICES_USER + 1, 1)):
        done = subprocess.run(
            ["/bin/cat", str(file)], user=user, group=user, extra_groups=[], check=False, capture_output=True
        )
        assert done.returncode == expected, done.stderr


@as_root
def test_a_rotated_key_reaches_the_containers_that_use_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same owner and mode as before, and nobody else gets it."""
    monkeypatch.setattr(client, "BUSY_SECONDS", 0)
    deliver(folder, tmp_path)
    before = (folder / "field_key").stat()
    settings = {
        "CONSILIUM_FIELD_KEY_FILE": str(folder / "field_key"), "CONSILIUM_SECRETS_DELIVERY": str(tmp_path),
        "CONSILIUM_OPERATOR_SECRET": "x" * 24, "CONSILIUM_PROFILES_URL": "http://127.0.0.1:1", "CONSILIUM_GRAPH_URL": "http://127.0.0.1:1",
    }  # fmt: skip
    done = CliRunner().invoke(main, ["keys", "rotate", "field"], env=settings)
    assert done.exit_code == 0, done.output
    assert "The services do not say whether they use" in done.output
    after = (folder / "field_key").stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    text = (folder / "field_key").read_text()
    assert [key_id for key_id, _ in field_keys(text)] == [2, 1]
    for name, container in CONTAINERS.items():
        file = tmp_path / name / "field_key"
        assert file.exists() == ("field_key" in container.secrets)
        if file.exists():
            assert file.read_text() == text
            assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0o400, container.user)


@as_root
def test_the_owner_and_mode_of_a_key_s_file_stay(tmp_path: Path) -> None:
    """A file that a service's user reads can be read by it after a rotation."""
    file = tmp_path / "field_key"
    file.write_text("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", encoding="utf-8")
    os.chown(file, 10001, 10002)
    file.chmod(0o440)
    environment = Environment({"CONSILIUM_FIELD_KEY_FILE": str(file)})
    KeyFile.locate("field", environment).put_first()
    left, kept = KeyFile.locate("field", environment).keep_first()
    assert kept is not None
    for one in (file, kept):
        found = one.stat()
        assert (found.st_mode & 0o777, found.st_uid, found.st_gid) == (0o440, 10001, 10002)
    assert [name.id for name in left.key_names()] == [2]
    assert kept.read_text() == "1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n"
