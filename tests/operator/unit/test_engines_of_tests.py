"""The engines that tests run on: which are chosen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.engines import IMAGES, chosen_kind


@pytest.mark.parametrize(
    ("succeeds", "kind"),
    [
        ("", "local"),
        ("info", "local"),  # it answers, and can neither find nor pull an image
        ("info inspect", "docker"),
        ("info pull", "docker"),
    ],
)
def test_docker_is_chosen_only_where_the_images_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], succeeds: str, kind: str
) -> None:
    """Else the local engines, with one line that says why."""
    docker = tmp_path / "docker"
    docker.write_text(
        f'#!/bin/sh\nname=$1; [ "$1" = image ] && name=$2\ncase " {succeeds} " in *" $name "*) exit 0;; esac\nexit 1\n'
    )
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("CONSILIUM_TEST_ENGINES", "auto")
    assert chosen_kind() == kind
    said = capsys.readouterr().out
    assert said == (
        f"Docker answers, but {IMAGES[0]} and {IMAGES[1]} cannot be had: the tests use local engines.\n"
        if succeeds == "info"
        else ""
    )
    monkeypatch.setenv("CONSILIUM_TEST_ENGINES", "docker")
    assert chosen_kind() == "docker"
