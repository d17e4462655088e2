"""Trusted operations: several manifests at a time, read again when they change, and ids that none has."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gateway.persisted import Documents, LocalTexts, NotKnown, digest_of
from gateway.trusted import LOOK_SECONDS, TrustedDocuments, paths_of
from kit.errors import Forbidden
from kit.settings import SettingsError

WEB, PHONE, DESK = "{ instance { name } }", "{ viewer { email } }", "{ viewer { roles } }"


def apollo(own: str, text: str) -> dict[str, Any]:
    """A manifest as Apollo writes it."""
    operation = {"id": own, "name": "I", "type": "query", "body": text}
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}


def write(file: Path, content: Any) -> Path:
    """Write a manifest as a release does: beside it, and then in its place."""
    beside = file.with_suffix(".new")
    beside.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    os.replace(beside, file)
    return file


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds

    def pass_by(self) -> None:
        """Let so much time pass that files are looked at again."""
        self.seconds += LOOK_SECONDS


def refused(documents: Documents, **named: str) -> str:
    """The code that an operation is refused with."""
    try:
        documents.text(named.get("query"), named.get("id"), named.get("digest"))
    except NotKnown as error:
        return str((error.error.extensions or {})["code"])
    except Forbidden:
        return "FORBIDDEN"
    return "run"


def test_manifests_of_several_clients_are_trusted_together(tmp_path: Path) -> None:
    """Of graphql-codegen and of Apollo, files and folders; enforce runs nothing else."""
    web = write(tmp_path / "web.json", {digest_of(WEB): WEB})
    folder = tmp_path / "phones"
    folder.mkdir()
    write(folder / "1.json", apollo("abc", PHONE))
    write(folder / "2.json", apollo("abd", DESK) | {"version": 1})
    (folder / "notes.txt").write_text("no manifest", encoding="utf-8")
    documents = Documents(LocalTexts(), TrustedDocuments(paths_of(f" {web}:{folder} ")), "enforce")
    for own, text in ((digest_of(WEB), WEB), ("abc", PHONE), ("abd", DESK)):
        assert documents.text(None, own, None) == text
        assert documents.text(text, None, None) == text
    assert documents.text(None, None, digest_of(WEB)) == WEB
    assert refused(documents, query="{ __typename }") == "FORBIDDEN"


def test_an_id_that_no_manifest_has_is_told_as_itself(tmp_path: Path) -> None:
    """Under enforce clients would send the text in vain; otherwise they are to send it."""
    trusted = TrustedDocuments([write(tmp_path / "web.json", {"abc": WEB})])
    for mode, code in (
        ("enforce", "PERSISTED_QUERY_NOT_IN_LIST"),
        ("warn", "PERSISTED_QUERY_NOT_FOUND"),
        ("off", "PERSISTED_QUERY_NOT_FOUND"),
    ):
        documents = Documents(LocalTexts(), trusted, mode)
        assert refused(documents, id="nothing") == code
        assert refused(documents, digest=digest_of("{ __typename }")) == code
    assert refused(Documents(LocalTexts(), trusted, "warn"), query="{ __typename }") == "run"


def test_what_is_trusted_follows_the_files(tmp_path: Path) -> None:
    """Added, replaced and taken away, without a start; looked at again after two seconds and no sooner."""
    clock = Clock()
    write(tmp_path / "1.json", {"abc": WEB})
    documents = Documents(LocalTexts(), TrustedDocuments([tmp_path], clock=clock), "enforce")
    write(tmp_path / "2.json", {"abd": PHONE})
    assert refused(documents, id="abd") == "PERSISTED_QUERY_NOT_IN_LIST"
    clock.pass_by()
    assert documents.text(None, "abd", None) == PHONE
    write(tmp_path / "1.json", {"abe": DESK})
    (tmp_path / "2.json").unlink()
    clock.pass_by()
    assert documents.text(None, "abe", None) == DESK
    assert [refused(documents, id=own) for own in ("abc", "abd")] == ["PERSISTED_QUERY_NOT_IN_LIST"] * 2
    assert refused(documents, query=WEB) == "FORBIDDEN"


@pytest.mark.parametrize("wrong", ["[1]", "{", '{"a": 1}', '{"abc": "{ __typename }"}'])
def test_files_that_cannot_be_read_change_nothing_but_a_start(tmp_path: Path, wrong: str) -> None:
    """No manifest, half written, or one with an id that another has for something else."""
    clock = Clock()
    write(tmp_path / "1.json", {"abc": WEB})
    documents = Documents(LocalTexts(), TrustedDocuments([tmp_path], clock=clock), "enforce")
    write(tmp_path / "2.json", wrong)
    clock.pass_by()
    assert documents.text(None, "abc", None) == WEB
    with pytest.raises(SettingsError, match=r"2\.json"):
        TrustedDocuments([tmp_path])
    write(tmp_path / "2.json", {"abd": PHONE})
    clock.pass_by()
    assert documents.text(None, "abd", None) == PHONE
    with pytest.raises(SettingsError, match="nowhere"):
        TrustedDocuments([tmp_path / "nowhere.json"])
