"""The engines that tests run on: which are chosen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.engines import IMAGES, Choice, choose


@pytest.mark.parametrize(
    ("succeeds", "line"),
    [
        ("", "local, because no Docker engine answers."),
        ("info", f"local, because Docker answers, but {IMAGES[0]} and {IMAGES[1]} cannot be had."),
        ("info inspect", "docker, because Docker answers and has the images."),
        ("info pull", "docker, because Docker answers and has the images."),
    ],
)
def test_docker_is_chosen_only_where_the_images_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, succeeds: str, line: str
) -> None:
    """Else the local engines; the line that a run prints says why."""
    docker = tmp_path / "docker"
    docker.write_text(
        f'#!/bin/sh\nname=$1; [ "$1" = image ] && name=$2\ncase " {succeeds} " in *" $name "*) exit 0;; esac\nexit 1\n'
    )
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("CONSILIUM_TEST_ENGINES", "auto")
    assert str(choose()) == f"Engines of the tests: {line}"
    monkeypatch.setenv("CONSILIUM_TEST_ENGINES", "docker")
    assert choose() == Choice("docker", "CONSILIUM_TEST_ENGINES says so")
