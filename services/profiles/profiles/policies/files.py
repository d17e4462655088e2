"""The instance's policies: files that an operator replaces."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kit.settings import SettingsError

SHIPPED = Path(__file__).parent / "texts"
_KEY = re.compile("[0-9A-Za-z_-][0-9A-Za-z._-]{0,99}@[0-9A-Za-z._-]{1,60}")  # as the gateway reads them in ids
KINDS = ("TERMS", "PRIVACY", "COMMUNITY_GUIDELINES", "CASE_PUBLICATION")


@dataclass(frozen=True)
class Policy:
    """One edition of a policy; names and texts by language tag, English always among them."""

    id: str
    kind: str
    edition: str
    effective_on: date
    must_accept: bool
    names: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """What accepting names: the policy in this edition."""
        return f"{self.id}@{self.edition}"

    def as_dict(self) -> dict[str, Any]:
        """The policy as JSON values."""
        return {
            "key": self.key,
            "policy_kind": self.kind,
            "edition": self.edition,
            "effective_on": self.effective_on.isoformat(),
            "must_accept": self.must_accept,
            "names": dict(self.names),
            "texts": dict(self.texts),
        }


def read_policies(folder: Path | None) -> tuple[Policy, ...]:
    """Read `policies.json` and the Markdown files `<id>.<language>.md` beside it.

    Raises:
        SettingsError: a file is missing or malformed.
    """
    root = folder or SHIPPED
    try:
        entries = json.loads((root / "policies.json").read_text(encoding="utf-8"))
        found = []
        for entry in entries:
            texts = {
                path.name.removeprefix(f"{entry['id']}.").removesuffix(".md"): path.read_text(encoding="utf-8")
                for path in sorted(root.glob(f"{entry['id']}.*.md"))
            }
            if not _KEY.fullmatch(f"{entry['id']}@{entry['edition']}"):
                raise SettingsError(
                    f"Policy {entry['id']} in {root}: id and edition take letters, digits, '.', '_', '-'."
                )
            if "en" not in texts or "en" not in entry["names"] or entry["kind"] not in KINDS:
                raise SettingsError(f"Policy {entry['id']} in {root} needs a known kind, an English name and text.")
            found.append(
                Policy(
                    id=entry["id"],
                    kind=entry["kind"],
                    edition=entry["edition"],
                    effective_on=date.fromisoformat(entry["effectiveOn"]),
                    must_accept=bool(entry["mustAccept"]),
                    names=tuple(sorted(entry["names"].items())),
                    texts=tuple(sorted(texts.items())),
                )
            )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"The policies in {root} cannot be read: {error}.") from error
    return tuple(found)
