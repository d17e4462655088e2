"""The files that hold keys: where they lie, and changing them without a moment in which one is incomplete."""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from consilium.failures import OperatorError
from kit.cipher import KeyName, field_keys
from kit.settings import Environment, Source
from profiles.accounts.signing import Signer

VARIABLES = {"field": "CONSILIUM_FIELD_KEY", "signing": "CONSILIUM_SIGNING_KEY"}
_PEM = re.compile(r"-----BEGIN PRIVATE KEY-----[^-]++-----END PRIVATE KEY-----\n?")
LAST_ID = 255


class KeyUnreachable(OperatorError):
    """The key that the services use cannot be changed from here."""


def make_signing_key() -> str:
    """A new Ed25519 private key in PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def make_field_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True)
class KeyFile:
    """The keys of a kind where the services read them.

    Args:
        kind: `field` or `signing`.
        source: where they come from.
    """

    kind: str
    source: Source

    @classmethod
    def locate(cls, kind: str, environment: Environment) -> KeyFile:
        """Find the keys that services with these settings use.

        Raises:
            KeyUnreachable: there is none.
        """
        source = environment.source(VARIABLES[kind])
        if source is None:
            raise KeyUnreachable(
                f"No {kind} key is here: {environment.expected(VARIABLES[kind])}. Set for this command what is set for the "
                "services."
            )
        return cls(kind, source)

    def parts(self) -> list[str]:
        """The keys as they are written, the present one first."""
        if self.kind == "signing":
            return _PEM.findall(self.source.value) or [self.source.value]
        return [part if ":" in part else f"1:{part}" for part in self.source.value.split()]

    def names(self) -> list[str]:
        """The ids of the keys for people, the present one first."""
        if self.kind == "signing":
            return [str(key["kid"]) for key in Signer(self.source.value, "").key_set()["keys"]]
        return [str(name) for name in self.key_names()]

    def key_names(self) -> list[KeyName]:
        """The names of field keys, the present one first."""
        return [KeyName.of(key_id, key) for key_id, key in field_keys(self.source.value)]

    def put_first(self) -> KeyFile:
        """Put a new key before those that are there.

        The id of a new field key was never used, because the databases refuse ids that were.

        Raises:
            KeyUnreachable: the file cannot be replaced, or the keys come from a variable.
        """
        if self.kind == "signing":
            return self._replaced([make_signing_key(), *self.parts()])
        new = max(name.id for name in self.key_names()) + 1
        if new > LAST_ID:
            raise KeyUnreachable(f"The ids of field keys end at {LAST_ID}; give the new key an unused id by hand.")
        return self._replaced([f"{new}:{make_field_key()}", *self.parts()])

    def keep_first(self) -> tuple[KeyFile, Path | None]:
        """Drop all keys but the first.

        Old field keys move to a file beside, because backups that were made before need them.

        Returns:
            the keys that are left, and the file with those that were dropped.

        Raises:
            KeyUnreachable: the file cannot be replaced, or the keys come from a variable.
        """
        first, *old = self.parts()
        path = self.require_writable()
        kept = None
        if self.kind == "field" and old:
            kept = path.with_name(path.name + ".retired")
            before = kept.read_text(encoding="utf-8").split() if kept.exists() else []
            _replace(kept, "\n".join([*before, *(part for part in old if part not in before)]) + "\n", like=path)
        return self._replaced([first]), kept

    def require_writable(self) -> Path:
        """The file to change.

        Raises:
            KeyUnreachable: the keys come from a variable, or the file's folder cannot be written.
        """
        if self.source.path is None:
            raise KeyUnreachable(
                f"The {self.kind} key comes from the variable {self.source.variable}, which no command can change: put a "
                f"new key before the old ones where it is set, or keep it in a file and set {self.source.variable}_FILE."
            )
        path = self.source.path.resolve()
        if not os.access(path.parent, os.W_OK):
            raise KeyUnreachable(
                f"The {self.kind} key lies in {path}, which cannot be changed here: its folder is read-only."
            )
        return path

    def _replaced(self, parts: Sequence[str]) -> KeyFile:
        path = self.require_writable()
        text = "".join(parts) if self.kind == "signing" else " ".join(parts)
        try:
            _replace(path, text, like=path)
        except OSError as error:
            raise KeyUnreachable(
                f"The {self.kind} key lies in {path}, which cannot be changed here: {error.strerror}."
            ) from error
        return KeyFile(self.kind, Source(self.source.variable, text, self.source.path))


def _replace(path: Path, text: str, *, like: Path) -> None:
    """Put a text into a file at once, with the mode and the owner of another, so that whoever reads that one reads this."""
    model = like.stat()
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            os.fchmod(stream.fileno(), model.st_mode & 0o777)
            own = os.fstat(stream.fileno())
            if (own.st_uid, own.st_gid) != (model.st_uid, model.st_gid):
                os.fchown(stream.fileno(), model.st_uid, model.st_gid)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
        with suppress(OSError):
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
