"""Caches of real clients keep each object of the screens once, under its own type, and complain of nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.test_node_ids import objects, with_ids
from tests.support import node
from tests.support.screens import SCREENS, asked_by
from tests.support.stack import Stack

FOLDER = node.ROOT / "examples" / "cache"
SHOWN = ("connections", "feed", "groups", "notifications", "onboarding", "profile", "search")


def test_apollo_and_graphcache_keep_what_the_screens_show(stack: Stack, tmp_path: Path) -> None:
    """Written and read again, with the settings of `examples/cache`."""
    answers: list[dict[str, Any]] = []
    for screen in SHOWN:
        text = with_ids(SCREENS[screen])
        data = stack.data(text, stack.sign_in(asked_by(SCREENS[screen])))
        answers.append({"query": text, "variables": {}, "data": data})
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    done = node.run("node", "check.mjs", str(file), cwd=node.installed(FOLDER), seconds=60)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["complaints"] == []
    assert found["whole"] == [True] * len(SHOWN)
    assert found["urql"] == [True] * len(SHOWN)
    expected = {f"{kind}:{own}" for one in answers for own, kind in objects(one["data"])}
    assert expected <= set(found["keys"])
