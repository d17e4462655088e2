"""Settings: from variables and files, the same for services and tools, and everything that is wrong at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from consilium import cli, client
from consilium.checks import check_settings
from consilium.cli.root import console
from consilium.home import Home
from consilium.keyfiles import KeyFile, KeyUnreachable
from gateway import settings as gateway_settings
from graph import settings as graph_settings
from kit.settings import Environment, SettingsErrors, Source
from profiles import settings as profiles_settings
from profiles import worker_settings
from tests.kit.unit.test_kit import a_pem

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PRODUCTION = {"CONSILIUM_ENV": "production"}
DATA_NEEDS = {"CONSILIUM_PUBLIC_URL", "CONSILIUM_DATABASE_URL", "CONSILIUM_FIELD_KEY", "CONSILIUM_INDEX_KEY"}
PROFILES_NEED = DATA_NEEDS | {"CONSILIUM_SIGNING_KEY", "CONSILIUM_SERVICE_DIGESTS"}
WORKER_NEEDS = DATA_NEEDS | {"CONSILIUM_CHECKPOINT_KEY", "CONSILIUM_WORKER_SECRET", "CONSILIUM_SMTP_URL"}
GRAPH_NEEDS = {"CONSILIUM_PUBLIC_URL", "CONSILIUM_NEO4J_URI", "CONSILIUM_NEO4J_PASSWORD", "CONSILIUM_FIELD_KEY"}
GATEWAY_NEEDS = {"CONSILIUM_PUBLIC_URL", "CONSILIUM_GATEWAY_SECRET"}
SERVICES = [
    ("profiles.app:create_app()", profiles_settings.load, PROFILES_NEED),
    ("graph.app:create_app()", graph_settings.load, GRAPH_NEEDS),
    ("gateway.app:create_app()", gateway_settings.load, GATEWAY_NEEDS),
]


def named(problems: tuple[str, ...]) -> set[str]:
    """The settings that problems begin with."""
    return {problem.split(" ")[0].rstrip(":") for problem in problems}


@pytest.mark.parametrize(("_app", "load", "needs"), SERVICES)
def test_all_that_production_lacks_is_named_at_once(
    _app: str, load: Callable[[Environment], Any], needs: set[str]
) -> None:
    """A sentence for each setting, of this service."""
    with pytest.raises(SettingsErrors) as error:
        load(Environment(PRODUCTION))
    assert named(error.value.problems) == needs
    assert len(error.value.problems) == len(needs)


def test_all_that_is_malformed_is_named_at_once() -> None:
    """Beside what is missing."""
    with pytest.raises(SettingsErrors) as error:
        profiles_settings.load(
            Environment(
                {
                    "CONSILIUM_ENV": "production", "CONSILIUM_PUBLIC_URL": "http://x", "CONSILIUM_DATABASE_URL": "x",
                    "CONSILIUM_SIGNING_KEY": "x", "CONSILIUM_FIELD_KEY": "1:x", "CONSILIUM_INDEX_KEY": "eA==",
                    "CONSILIUM_SERVICE_DIGESTS": "gateway:x", "CONSILIUM_SIGN_UPS_PER_ADDRESS": "0", "CONSILIUM_WORKERS": "two",
                }
            )
        )  # fmt: skip
    assert named(error.value.problems) == PROFILES_NEED | {"CONSILIUM_SIGN_UPS_PER_ADDRESS", "CONSILIUM_WORKERS"}
    with pytest.raises(SettingsErrors) as error:
        gateway_settings.load(
            Environment({"CONSILIUM_INTROSPECTION": "some", "CONSILIUM_PROXIES": "-1", "CONSILIUM_GATEWAY_SECRET": "x"})
        )
    assert named(error.value.problems) == {"CONSILIUM_INTROSPECTION", "CONSILIUM_PROXIES", "CONSILIUM_GATEWAY_SECRET"}
    with pytest.raises(SettingsErrors) as error:
        worker_settings.load(Environment({"CONSILIUM_SMTP_URL": "mail.example", "CONSILIUM_FIELD_KEY": "1:x"}))
    assert named(error.value.problems) >= {"CONSILIUM_SMTP_URL", "CONSILIUM_FIELD_KEY", "CONSILIUM_WORKER_SECRET"}
    with pytest.raises(SettingsErrors, match="CONSILIUM_ENV must be development or production, not 'prod'"):
        graph_settings.load(Environment({"CONSILIUM_ENV": "prod", "CONSILIUM_NEO4J_URI": "bolt://x"}))


def test_the_settings_of_all_services_are_checked_together() -> None:
    """What two of them need is named once."""
    with pytest.raises(SettingsErrors) as error:
        check_settings(Environment(PRODUCTION))
    everything = PROFILES_NEED | WORKER_NEEDS | GRAPH_NEEDS | GATEWAY_NEEDS | {"CONSILIUM_OPERATOR_SECRET"}
    assert named(error.value.problems) == everything
    assert len(error.value.problems) == len(everything)


def test_a_file_wins_and_says_where_it_lies(tmp_path: Path) -> None:
    """Set, in a file, made here, or nowhere; an empty file holds nothing."""
    set_, made, empty = tmp_path / "set", tmp_path / "made", tmp_path / "empty"
    for file, text in ((set_, " a\n"), (made, "b"), (empty, "")):
        file.write_text(text, encoding="utf-8")
    files = {"X": made}
    assert Environment({"X": "c", "X_FILE": str(set_)}, files=files).source("X") == Source("X", "a", set_)
    assert Environment({"X": "c"}, files=files).source("X") == Source("X", "c", None)
    assert Environment({}, files=files).source("X") == Source("X", "b", made)
    assert Environment({}).source("X") is None
    assert Environment({"X_FILE": str(empty)}).text("X", "default") == "default"
    with pytest.raises(SettingsErrors, match="X is not set"):
        Environment({"X_FILE": str(empty)}).all_of(lambda env: env.text("X"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An installation in which nothing runs, and no command waits for it."""
    monkeypatch.setattr(client, "BUSY_SECONDS", 0)
    for name in [name for name in os.environ if name.startswith("CONSILIUM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CONSILIUM_HOME", str(tmp_path / "home"))
    return Home.here()


def test_tools_and_services_read_the_same_key(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a file set, `up` makes no key of its own, and a rotation changes that file and says so."""
    from consilium.supervisor import Supervisor

    real = tmp_path / "real"
    real.write_text(KEY, encoding="utf-8")
    monkeypatch.setenv("CONSILIUM_FIELD_KEY_FILE", str(real))
    supervisor = Supervisor(home, console)
    services = Environment(dict(os.environ) | supervisor.service_environment())
    assert services.text("CONSILIUM_FIELD_KEY") == KEY
    assert not (home.root / "secrets" / "field_key").exists()
    assert home.unused_secrets() == []

    done = CliRunner().invoke(cli.main, ["keys", "rotate", "field"])
    assert done.exit_code == 0, done.output
    (new, old) = KeyFile.locate("field", home.environment()).key_names()
    assert (new.id, old.id) == (2, 1)
    assert f"The new field key is {new}, in {real}." in done.output
    assert real.read_text().split()[1] == f"1:{KEY}"
    assert services.text("CONSILIUM_FIELD_KEY") == real.read_text()

    left_over = home.root / "secrets" / "field_key"
    left_over.write_text(KEY, encoding="utf-8")
    assert home.unused_secrets() == [left_over]


@pytest.mark.parametrize("kind", ["field", "signing"])
def test_a_key_that_cannot_be_changed_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """One that is a variable, and none at all; nothing is made instead."""
    done = CliRunner().invoke(cli.main, ["keys", "rotate", kind])
    assert done.exit_code == 1
    variable = f"CONSILIUM_{kind.upper()}_KEY"
    assert f"No {kind} key is here: neither {variable} nor {variable}_FILE is set" in done.output
    monkeypatch.setenv(variable, KEY if kind == "field" else a_pem())
    for command in ("rotate", "retire"):
        if command == "retire":
            monkeypatch.setenv(variable, f"2:{KEY} 1:{KEY}" if kind == "field" else a_pem() + a_pem())
        monkeypatch.setenv("CONSILIUM_OPERATOR_SECRET", "x" * 24)
        done = CliRunner().invoke(cli.main, ["keys", command, kind])
        assert done.exit_code == 1
        assert f"The {kind} key comes from the variable {variable}, which no command can change" in done.output
    assert not list(home.root.glob("**/*"))


def test_a_read_only_folder_is_refused(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a mounted secret is; the file stays as it was, and no part of a new one is left."""
    file = tmp_path / "mounted" / "field_key"
    file.parent.mkdir()
    file.write_text(KEY, encoding="utf-8")
    key = KeyFile.locate("field", Environment({"CONSILIUM_FIELD_KEY_FILE": str(file)}))

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("consilium.keyfiles.Path.replace", refuse)
    with pytest.raises(
        KeyUnreachable, match=r"lies in .*field_key, which cannot be changed here: Read-only file system"
    ):
        key.put_first()
    assert [one.name for one in file.parent.iterdir()] == ["field_key"]
    assert file.read_text() == KEY


def test_in_production_no_secret_is_made(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the operator's; what `up` would start without them is refused, with all that is missing."""
    from consilium.supervisor import Supervisor

    monkeypatch.setenv("CONSILIUM_ENV", "production")
    with pytest.raises(SettingsErrors) as error:
        check_settings(Supervisor(home, console).settings())
    assert named(error.value.problems) == {
        "CONSILIUM_PUBLIC_URL", "CONSILIUM_SIGNING_KEY", "CONSILIUM_GATEWAY_SECRET", "CONSILIUM_WORKER_SECRET",
        "CONSILIUM_OPERATOR_SECRET", "CONSILIUM_CHECKPOINT_KEY", "CONSILIUM_FIELD_KEY", "CONSILIUM_INDEX_KEY",
        "CONSILIUM_SMTP_URL",
    }  # fmt: skip
    made = {file.name for file in (home.root / "secrets").iterdir()}
    assert made == {"postgres_password", "neo4j_password", "service_database_password"}
