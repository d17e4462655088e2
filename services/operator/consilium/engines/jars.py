"""Neo4j's jars: pinned by coordinates and sha256, fetched once into the user's Maven cache."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from jgo.maven import MavenContext

from consilium.failures import OperatorError

WORKERS = 8
TRIES = 3


class JarsUnavailable(OperatorError):
    """A jar cannot be fetched, or is not the one that was pinned."""


def pinned() -> list[tuple[str, str]]:
    """(coordinates, sha256) of each jar."""
    lines = (files("consilium") / "engines" / "neo4j.lock").read_text(encoding="utf-8").splitlines()
    return [(line.split()[0], line.split()[1]) for line in lines if line and not line.startswith("#")]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process fetches into a folder: two that write one file at once leave neither of the jars."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "consilium.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed
        yield


def fetch(progress: Callable[[int, int], None]) -> list[Path]:
    """The jars on this machine, fetched where they are not here yet; by one process at a time.

    Args:
        progress: called with how many are there and how many are needed.

    Raises:
        JarsUnavailable: with what to do about it.
    """
    wanted = pinned()
    # A timeout above the default, because a first fetch on a slow line is the newcomer's first impression.
    context = MavenContext(timeout=60)

    def one(entry: tuple[str, str]) -> Path:
        coordinates, digest = entry
        group, artifact, version, classifier = (*coordinates.split(":"), "")[:4]
        wanted_jar = context.project(group, artifact).at_version(version).artifact(classifier, "jar")
        failure = ""
        for _ in range(TRIES):
            try:
                path = Path(wanted_jar.resolve())
            except Exception as error:  # jgo raises what its transport raises
                failure = f"{type(error).__name__}"
                continue
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return path
            failure = "its sha256 differs from the pinned one"
            path.unlink()
        raise JarsUnavailable(
            f"Neo4j's {artifact}-{version}.jar cannot be had ({failure}). Check the network and start again; "
            "what is here already is kept."
        )

    found: list[Path] = []
    with _alone(context.repo_cache), ThreadPoolExecutor(WORKERS) as pool:
        for path in pool.map(one, wanted):
            found.append(path)
            progress(len(found), len(wanted))
    return found
