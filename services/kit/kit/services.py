"""The parts of the system as callers of each other: who they are, what they sign in with, and what each may call.

Every service has a secret of its own, and its own rights. The profiles service knows only digests of the secrets, and makes
each service a token that names it. The table of a service's routes (`Callers`) says which services may call which route;
`kit.web.configure_app` holds every request to it. What is not in the table is closed to all services.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
import time
from collections.abc import Mapping
from enum import StrEnum

from kit.errors import DomainError, Forbidden, InvalidCredentials, Unavailable
from kit.http import ServiceClient
from kit.logs import log
from kit.settings import Environment, SettingsError
from kit.tokens import Caller

MIN_SECRET_LENGTH = 24  # a digest of a short secret could be guessed from
TOKEN_SECONDS = 300.0  # how long a token is used; it is valid for ten minutes
REPORT_SECONDS = 60.0
_DIGEST = re.compile(r"(?P<service>[a-z]{1,20}):(?P<digest>[0-9a-f]{64})")
_REPLACED = (
    "CONSILIUM_SERVICE_SECRET is not used any more, because it opened everything: set CONSILIUM_GATEWAY_SECRET for the "
    "gateway, CONSILIUM_WORKER_SECRET for the worker, CONSILIUM_OPERATOR_SECRET for the operator's tools and "
    "CONSILIUM_SERVICE_DIGESTS for the profiles service; `consilium secrets FOLDER` makes all of them."
)


class Service(StrEnum):
    """A part of the system that calls others."""

    GATEWAY = "gateway"
    PROFILES = "profiles"
    GRAPH = "graph"
    WORKER = "worker"
    OPERATOR = "operator"
    # Who workers of the release before call themselves, with tokens that they sign themselves. Nobody signs in as it.
    RELAY = "relay"


# Those that sign in with a secret. The profiles service signs its own tokens, and the graph service calls nobody.
SIGNING_IN = (Service.GATEWAY, Service.WORKER, Service.OPERATOR)

Callers = Mapping[str, frozenset[Service]]
"""Which services may call which endpoint; people may call none of these."""


def only(*services: Service) -> frozenset[Service]:
    """A row of a table of callers."""
    return frozenset(services)


def check_caller(caller: Caller, endpoint: str, callers: Callers) -> None:
    """Let a service call only what its table declares, and a person only what is not for services.

    Raises:
        Forbidden: the table does not let the caller through.
    """
    row = callers.get(endpoint)
    if row is None and not caller.is_service:
        return
    if row is None or caller.subject not in {f"service:{service}" for service in row}:
        raise Forbidden(
            "Only another part of the system may do this." if row is not None else "No service may do this."
        )


def digest_of(secret: str) -> str:
    """The digest of a secret: SHA-256 in hexadecimal. Secrets are long and random, so that it need not be slow."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read_secret(environment: Environment, service: Service) -> str:
    """The secret that a service signs in with.

    Raises:
        SettingsError: it is missing or short, or the secret that all services once shared is set.
    """
    refuse_shared_secret(environment)
    name = f"CONSILIUM_{service.upper()}_SECRET"
    secret = environment.text(name)
    if len(secret) < MIN_SECRET_LENGTH:
        raise SettingsError(f"{name} must have at least {MIN_SECRET_LENGTH} characters, chosen at random.")
    return secret


def read_digests(environment: Environment) -> Mapping[Service, tuple[str, ...]]:
    """The digests of the services' secrets; a service may have several, while its secret is being replaced.

    Raises:
        SettingsError: they are missing or malformed, or the secret that all services once shared is set.
    """
    refuse_shared_secret(environment)
    found: dict[Service, tuple[str, ...]] = {}
    for part in environment.text("CONSILIUM_SERVICE_DIGESTS").split():
        match = _DIGEST.fullmatch(part)
        if match is None or match["service"] not in SIGNING_IN:
            raise SettingsError(
                "CONSILIUM_SERVICE_DIGESTS must be like `gateway:<digest> worker:<digest> operator:<digest>`, each digest the "
                "SHA-256 of that service's secret in hexadecimal."
            )
        service = Service(match["service"])
        found[service] = (*found.get(service, ()), match["digest"])
    missing = [service for service in SIGNING_IN if service not in found]
    if missing:
        raise SettingsError(f"CONSILIUM_SERVICE_DIGESTS has no digest for: {', '.join(missing)}.")
    return found


def refuse_shared_secret(environment: Environment) -> None:
    """Refuse the setting that held one secret for all services.

    Raises:
        SettingsError: it is set; says what to set instead.
    """
    if environment.has("CONSILIUM_SERVICE_SECRET"):
        raise SettingsError(_REPLACED)


def recognise(name: str, secret: str, digests: Mapping[Service, tuple[str, ...]]) -> Service:
    """The service that signs in.

    Raises:
        InvalidCredentials: no service has this name and secret.
    """
    digest = digest_of(secret)
    for service, known in digests.items():
        if service == name and any(hmac.compare_digest(digest, one) for one in known):
            return service
    raise InvalidCredentials("The secret of this service is wrong.")


class ServiceSession:
    """A service's access token, renewed while it is used.

    Args:
        profiles: where it signs in.
        service: as whom.
        secret: with what.
    """

    def __init__(self, profiles: ServiceClient, service: Service, secret: str) -> None:
        self._profiles, self._service, self._secret = profiles, service, secret
        self._lock = threading.Lock()
        self._token, self._minted_at = "", float("-inf")
        self._reported_at = float("-inf")

    def token(self) -> str:
        """A token that is valid for some minutes more.

        While the profiles service does not answer, an earlier one is used as long as it is valid.

        Raises:
            InvalidCredentials: the secret is wrong.
            Unavailable: there is no valid token, and the profiles service does not answer.
        """
        with self._lock:
            age = time.monotonic() - self._minted_at
            if age > TOKEN_SECONDS:
                try:
                    body = {"name": self._service, "secret": self._secret}
                    self._token = self._profiles.call("POST", "/v1/service-tokens", body)["access_token"]
                    self._minted_at = time.monotonic()
                except Unavailable:
                    if age > 2 * TOKEN_SECONDS - 30:
                        raise
                except DomainError as error:
                    if error.code == InvalidCredentials.code and time.monotonic() - self._reported_at > REPORT_SECONDS:
                        self._reported_at = time.monotonic()
                        name = f"CONSILIUM_{self._service.upper()}_SECRET"
                        sentence = (
                            f"The profiles service does not know {name}: CONSILIUM_SERVICE_DIGESTS has no digest of it."
                        )
                        log().error("service_secret_refused", setting=name, sentence=sentence)
                    raise
            return self._token

    def forget(self) -> None:
        """Sign in anew next time, because the token was refused."""
        with self._lock:
            self._minted_at = float("-inf")
