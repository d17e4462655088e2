"""The web app at /: built from its sources, closed to everything else, and used in a browser as people do."""

from __future__ import annotations

import filecmp
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from gateway.console import DOCUMENTS, FOLDER, PLACES
from tests.support import node
from tests.support.gateways import PRODUCTION, lonely_gateway
from tests.support.stack import Stack

SOURCES = node.ROOT / "services" / "gateway" / "console"


def test_the_committed_app_is_what_its_sources_build(tmp_path: Path) -> None:
    """Built again with the locked packages, every file is the same, and so are the operations that it sends."""
    node.installed(SOURCES)
    copy = tmp_path / "services" / "gateway" / "console"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("node_modules", "__generated__"))
    (copy / "node_modules").symlink_to(SOURCES / "node_modules")
    (copy / "src" / "__generated__").mkdir()
    shutil.copy(node.ROOT / "schema.graphql", tmp_path)
    built = tmp_path / "services" / "gateway" / "gateway" / FOLDER.name
    built.parent.mkdir()
    (built.parent / DOCUMENTS.name).write_text("{}", encoding="utf-8")
    for program in ("relay-compiler/cli.js", "vite/bin/vite.js build"):
        done = node.run("node", *f"node_modules/{program}".split(), cwd=copy)
        assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    names = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())
    assert names == sorted(str(path.relative_to(built)) for path in built.rglob("*") if path.is_file())
    _, different, missing = filecmp.cmpfiles(FOLDER, built, names, shallow=False)
    assert (different, missing) == ([], [])
    assert json.loads((built.parent / DOCUMENTS.name).read_text()) == json.loads(DOCUMENTS.read_text())


def test_every_address_of_the_app_is_served_and_no_other() -> None:
    """The routes of the app, and the first parts that the gateway knows, are the same."""
    routes = re.findall(r'path: "/?([a-z-]+)', (SOURCES / "src" / "app" / "routes.tsx").read_text(encoding="utf-8"))
    assert set(routes) == set(PLACES)
    client = lonely_gateway()
    for path in ("/", *(f"/{place}" for place in PLACES), "/people/maria", "/discussions/RGlzY3Vzc2lvbjox"):
        assert client.get(path).mimetype == "text/html"
    assert client.get("/administration").status_code == 404
    assert client.get("/console/../settings.py").status_code == 404
    off = lonely_gateway(CONSILIUM_CONSOLE="off")
    assert off.get("/").status_code == 404


def test_the_page_may_load_its_own_files_only() -> None:
    """A policy without unsafe parts, with another nonce for each page, in production too."""
    client = lonely_gateway(**PRODUCTION)
    found = [client.get("/find") for _ in range(2)]
    policies = [page.headers["Content-Security-Policy"] for page in found]
    assert policies[0] != policies[1]
    for page, policy in zip(found, policies, strict=True):
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        nonce = re.search(r"'nonce-([\w-]+)'", policy)
        assert nonce is not None
        assert f'content="{nonce[1]}"' in page.text
        assert page.headers["Cache-Control"] == "no-store"
    name = re.search(r'src="(/console/assets/[^"]+)"', found[0].text)
    assert name is not None
    assert client.get(name[1]).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_app_works_where_only_registered_operations_are_run() -> None:
    """Its own are trusted, whatever else the operator registers."""
    client = lonely_gateway(CONSILIUM_TRUSTED_MODE="enforce")
    documents = json.loads(DOCUMENTS.read_text())
    landing = next(own for own, text in documents.items() if "query LandingQuery" in text)
    answer = client.post("/graphql", json={"documentId": landing, "variables": {}})
    assert (
        answer.get_json()["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    )  # it was run, and nobody answers
    assert client.post("/graphql", json={"query": "{ instance { name } }"}).status_code == 403


@pytest.mark.chromium
def test_a_professional_finds_asks_joins_and_posts(stack: Stack, tmp_path: Path) -> None:
    """Without reading anything: the story of the demo's cardiologist, in a browser without a network, on a phone's width too."""
    folder = node.installed(node.ROOT / "tests" / "node")
    axe = node.installed(SOURCES) / "node_modules" / "axe-core" / "axe.min.js"
    done = node.run(
        "node", "console.mjs", stack.url, str(node.browser()), str(tmp_path), str(axe), cwd=folder, seconds=240
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["blocked"] == []
    assert found["problems"] == []
    assert found["violations"] == {}
    assert found["wide"] == []
    assert found["stored"] == []
    assert found["asked"].startswith("You asked ")
    assert found["kept"] == found["afterReload"] != ""
    assert found["refused"] == "This address and password do not belong together."
    assert found["cameBack"] == "/people/jonas-lindner"
    assert found["cookies"] == 0
