"""Reading the address of PostgreSQL: it is encrypted and checked, or clear because somebody said so."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from kit.settings import Environment, SettingsError
from kit.urls import check_url, is_loopback, read_ca_file

NAME = "CONSILIUM_DATABASE_URL"
_CHECKED = ("verify-full", "verify-ca")
_HOW = "sslmode=verify-full, or sslmode=disable where the network between is yours alone"


def read_database_url(environment: Environment) -> str:
    """The address for SQLAlchemy, with the authorities that certificates are checked against.

    libpq's own default falls back to sending in clear, and `require` believes any certificate. Both are refused: the first in
    production, for any host but this machine.

    Raises:
        SettingsError: it is missing, malformed, or may silently be clear.
    """
    production, ca_file = environment.production, read_ca_file(environment)
    return environment.parsed(NAME, lambda text: _checked(text, production=production, ca_file=ca_file))


def _checked(text: str, *, production: bool, ca_file: Path | None) -> str:
    check_url(NAME, text, schemes=("postgresql+psycopg",), host=False)
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError as error:
        raise SettingsError(f"{NAME} must be like postgresql+psycopg://user:password@host/database.") from error
    mode = url.query.get("sslmode")
    if mode is None:
        if production and not all(is_loopback(host) for host in _hosts(url)):
            raise SettingsError(f"{NAME} does not say whether the connection is encrypted: add {_HOW}.")
        return text
    if mode not in (*_CHECKED, "disable"):
        raise SettingsError(
            f"{NAME} has sslmode={mode}, which may send in clear or believe any certificate: use {_HOW}."
        )
    if mode in _CHECKED and "sslrootcert" not in url.query:
        url = url.update_query_dict({"sslrootcert": str(ca_file or "system")})
    return url.render_as_string(hide_password=False)


def _hosts(url: sa.URL) -> list[str]:
    """The hosts that an address names: in its usual place, or as parameters of libpq."""
    given = url.query.get("host", ())
    named = [given] if isinstance(given, str) else list(given)
    return [host for one in (url.host or "", *named) for host in one.split(",")] if named or url.host else [""]
