"""What is given to others: one version, told everywhere, and the terms of everything that is bundled."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from click.testing import CliRunner

from consilium.cli import main
from kit.version import version
from tests.architecture.test_architecture import gateway_app, graph_app, profiles_app

ROOT = Path(__file__).parents[2]
STATED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
PAGES = [ROOT / "services" / "gateway" / "gateway" / name for name in ("page", "console_page")]


def test_the_command_tells_the_version() -> None:
    """That of the installed package, which is the one that pyproject.toml states."""
    assert CliRunner().invoke(main, ["--version"]).output == f"Consilium {STATED['version']}\n"


@pytest.mark.parametrize("make", [profiles_app, graph_app, gateway_app])
def test_each_service_tells_the_version(make) -> None:  # type: ignore[no-untyped-def]
    """Beside saying that it runs."""
    answer = make().test_client().get("/healthz")
    assert answer.get_json() == {"status": "ok", "version": STATED["version"]}


def test_the_image_tells_the_version(tmp_path: Path) -> None:
    """By a label, and to the services in it by what an installed package would say."""
    assert re.search(r"^ARG VERSION=(.*)$", DOCKERFILE, flags=re.MULTILINE)[1] == version()  # type: ignore[index]
    assert 'org.opencontainers.image.version="$VERSION"' in DOCKERFILE
    made = re.search(r'^RUN (mkdir "/app/consilium-.*\n.*)$', DOCKERFILE, flags=re.MULTILINE)
    assert made is not None
    command = made[1].replace("/app", str(tmp_path)).replace("\\\n", "")
    subprocess.run(["sh", "-c", command], env={"VERSION": "7.8.9", "PATH": "/usr/bin:/bin"}, check=True)
    assert [(one.name, one.version) for one in distributions(path=[str(tmp_path)])] == [("consilium", "7.8.9")]


def test_the_notice_names_every_data_file() -> None:
    """A file that is added comes with its origin and terms."""
    folders = [*(ROOT / "services").glob("*/*/**/data"), ROOT / "tests" / "data"]
    files = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts
    ]
    bundled = {path.name for path in files if path.suffix in {".csv", ".json", ".jsonl", ".txt"}}
    assert len(bundled) > 15
    assert {name for name in bundled if name not in NOTICE} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_comes_with_the_licences_of_what_it_is_built_from(page: Path) -> None:
    """And NOTICE names each package that ships no text."""
    listed = (page / "LICENSES.md").read_text(encoding="utf-8")
    packages = re.findall(r"^## (.+) - \S+ \((.+)\)\n\n?((?:(?!^## ).*\n)*)", listed, flags=re.MULTILINE)
    assert {"react", "react-dom", "scheduler"} <= {name for name, _, _ in packages}
    free = {"MIT", "Apache-2.0", "BSD-2-Clause", "0BSD", "ISC", "(MPL-2.0 OR Apache-2.0)"}
    assert {terms for _, terms, _ in packages} <= free
    assert [name for name, _, text in packages if not text.strip() and name not in NOTICE] == []


def test_the_licence_is_stated_in_one_way() -> None:
    """In the package's metadata, and in the manifests of what is not Python."""
    assert STATED["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    for folder in ("services/gateway/graphiql", "services/gateway/console", "tests/node", "examples/typescript"):
        assert '"license": "Apache-2.0"' in (ROOT / folder / "package.json").read_text(encoding="utf-8")
