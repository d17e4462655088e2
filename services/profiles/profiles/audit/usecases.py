"""Reading the trail, and keeping signed checkpoints of it outside the database."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jwt

from kit.errors import Invalid
from profiles.accounts.signing import Signer
from profiles.audit.store import AuditTrail

CHECKPOINTS, KEYS = "checkpoints.jsonl", "keys.json"
TYPE = "audit-checkpoint+jwt"


def list_entries(
    audit: AuditTrail, *, object: str | None, actor: str | None, before: int | None, first: int
) -> list[dict[str, Any]]:
    """Entries, newest first; who has not been erased is named by id, everybody else by pseudonym.

    Args:
        object: `person:<id>` or any other object as it stands in the trail.
        actor: a person's id, `service:<name>`, or a pseudonym.
    """
    if object is not None and object.startswith("person:"):
        object = audit.pseudonym_of(object.removeprefix("person:")) or object
    if actor is not None and not actor.startswith(("service:", "person:", "anonymous")):
        actor = audit.pseudonym_of(actor) or actor
    entries = audit.page(object=object, actor=actor, before=before, first=first)
    named = [name for entry in entries for name in (entry.actor, entry.object) if name.startswith("person:")]
    people = audit.people_behind(named) if named else {}
    return [
        entry._asdict()
        | {
            "actor": people.get(entry.actor, entry.actor),
            "object": f"person:{people[entry.object]}" if entry.object in people else entry.object,
            "hash": entry.hash.hex(),
        }
        for entry in entries
    ]


def write_checkpoint(audit: AuditTrail, signer: Signer, folder: Path, *, last: int) -> int:
    """Sign the head of the chain and append it to the checkpoints' file, unless it is there already.

    Args:
        last: the number that was signed last.

    Returns:
        the number that is signed now.
    """
    head = audit.head()
    if head is None or head[0] <= last:
        return last
    folder.mkdir(parents=True, exist_ok=True)
    _keep_keys(folder / KEYS, signer)
    signed = signer.sign({"seq": head[0], "hash": head[1].hex()}, token_type=TYPE)
    with (folder / CHECKPOINTS).open("a", encoding="utf-8") as file:
        file.write(signed + "\n")
        file.flush()
        os.fsync(file.fileno())
    return head[0]


def _keep_keys(file: Path, signer: Signer) -> None:
    """Keep every public key that signed a checkpoint, so that old ones can be checked after a rotation."""
    known = {key["kid"]: key for key in json.loads(file.read_text())["keys"]} if file.exists() else {}
    present = {key["kid"]: key for key in signer.key_set()["keys"]}
    if not present.keys() <= known.keys():
        file.write_text(json.dumps({"keys": list((known | present).values())}), encoding="utf-8")


def read_checkpoints(folder: Path) -> dict[int, bytes]:
    """The signed heads, hash by number.

    Raises:
        Invalid: a line is forged, or signed by an unknown key.
    """
    file = folder / CHECKPOINTS
    if not file.exists():
        return {}
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(json.loads((folder / KEYS).read_text())).keys}
    found = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            header = jwt.get_unverified_header(line)
            if header.get("typ") != TYPE:
                raise jwt.InvalidTokenError("not a checkpoint")
            claims = jwt.decode(line, keys[str(header.get("kid"))], algorithms=["EdDSA"])
        except (jwt.InvalidTokenError, KeyError) as error:
            raise Invalid(f"The checkpoint in line {number} of {file} is not signed by a known key.") from error
        found[int(claims["seq"])] = bytes.fromhex(claims["hash"])
    return found
