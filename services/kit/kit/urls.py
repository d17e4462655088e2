"""Reading settings that hold addresses: one parser for all, which names the setting and the schemes that it takes.

What asks for encryption gets it, checked against a CA, or is refused; nothing falls back to sending in clear.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from kit.settings import Environment, SettingsError

CA_FILE = "CONSILIUM_CA_FILE"
SERVICE_SCHEMES = ("http", "https")


def read_url(
    environment: Environment, name: str, default: str | None = None, *, schemes: Sequence[str], host: bool = True
) -> str:
    """The address in a setting.

    Args:
        schemes: those that are understood.
        host: whether it must name a host.

    Raises:
        SettingsError: it is missing, is no address, or has another scheme.
    """
    return environment.parsed(name, lambda text: check_url(name, text, schemes=schemes, host=host), default)


def read_optional_url(environment: Environment, name: str, *, schemes: Sequence[str], host: bool = True) -> str | None:
    """The address in a setting, or None where it is not set.

    Raises:
        SettingsError: it is no address, or has another scheme.
    """

    def parse(text: str) -> str | None:
        return check_url(name, text.strip(), schemes=schemes, host=host) if text.strip() else None

    return environment.parsed(name, parse, "")


def check_url(name: str, text: str, *, schemes: Sequence[str], host: bool = True) -> str:
    """Return an address that is one; its user and password are not repeated where it is none.

    Raises:
        SettingsError: it is no address, or has another scheme.
    """
    allowed = " or ".join(
        [", ".join(f"{one}://" for one in schemes[:-1]), f"{schemes[-1]}://"] if schemes[1:] else [f"{schemes[0]}://"]
    )
    parts = _split(text)
    if parts is None or "://" not in text:
        raise SettingsError(f"{name} must be an address that begins with {allowed}.")
    if parts.scheme not in schemes:
        raise SettingsError(f"{name} must begin with {allowed}, not with {parts.scheme}://.")
    if host and not parts.hostname:
        raise SettingsError(f"{name} names no host after {parts.scheme}://.")
    return text


def read_public_url(environment: Environment) -> str:
    """The public address, which tokens and messages name.

    Raises:
        SettingsError: it is missing in production or no address, or has no encryption there.
    """
    name, production = "CONSILIUM_PUBLIC_URL", environment.production

    def parse(text: str) -> str:
        found = check_url(name, text, schemes=SERVICE_SCHEMES)
        if production and not found.startswith("https://"):
            raise SettingsError(f"{name} must be an https address in production.")
        return found

    return environment.parsed(name, parse, None if production else "http://127.0.0.1:8000")


def read_app_url(environment: Environment) -> str | None:
    """The address of the app that people use, whose pages links in messages open; None where there is none.

    Raises:
        SettingsError: it is no address, or has no encryption in production.
    """
    name, production = "CONSILIUM_APP_URL", environment.production

    def parse(text: str) -> str | None:
        if not text.strip():
            return None
        found = check_url(name, text.strip(), schemes=SERVICE_SCHEMES)
        if production and not found.startswith("https://"):
            raise SettingsError(f"{name} must be an https address in production.")
        return found.rstrip("/")

    return environment.parsed(name, parse, "")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  # raises where it is no number
    except ValueError:
        return None
    return parts


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, by its name or number."""
    if not host or host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_ca_file(environment: Environment) -> Path | None:
    """The CA certificates that addresses with encryption are checked against; None for those of the system.

    Raises:
        SettingsError: the file cannot be read, or holds no certificates.
    """

    def parse(text: str) -> Path | None:
        if not text:
            return None
        tls_context(Path(text))
        return Path(text)

    return environment.parsed(CA_FILE, parse, "")


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Checks certificates and their host names.

    Raises:
        SettingsError: the file cannot be read, or holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except ssl.SSLError as error:
        raise SettingsError(f"{CA_FILE} names {ca_file}, which holds no certificates in PEM.") from error
    except OSError as error:
        raise SettingsError(f"{CA_FILE} names {ca_file}, which cannot be read: {error.strerror}.") from error
