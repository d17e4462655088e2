"""Putting the profiles service together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, request
from prometheus_client.core import GaugeMetricFamily, Metric

from kit import clock, cursors, logs
from kit.caches import Refreshed
from kit.cipher import FieldCipher
from kit.confirmation import ConfirmationGate
from kit.engines import EngineWatch
from kit.errors import Unavailable
from kit.http import ServiceClient
from kit.keys import Heartbeat
from kit.personal_tokens import PersonalTokenGate
from kit.problems import answer_domain_error
from kit.services import Service
from kit.settings import load_or_end
from kit.suspension import SuspensionGate
from kit.tokens import Caller, EndedTokens, KeySet, TokenVerifier
from kit.web import HEALTH_ENDPOINTS, READY_SECONDS, caller, configure_app, document, recognise_own_numbers
from profiles import db, settings
from profiles.accounts.signing import OwnToken, Signer
from profiles.accounts.store import AccountStore
from profiles.accounts.views import blueprint as accounts
from profiles.addresses.views import blueprint as addresses
from profiles.audit.views import blueprint as audit
from profiles.authorities.views import blueprint as authorities
from profiles.callers import CALLERS, PERSONAL_READING, PERSONAL_WRITING, SUSPENDED, UNCONFIRMED
from profiles.credentials.views import blueprint as credentials
from profiles.credentials.views import own_credential_numbers
from profiles.deadletters.domain import KINDS, WorkerState
from profiles.deadletters.store import DeadLetterStore
from profiles.deadletters.views import blueprint as dead_letters
from profiles.desk.views import blueprint as desk
from profiles.directory.views import blueprint as directory
from profiles.evidence.views import blueprint as evidence
from profiles.hiding.views import blueprint as hiding
from profiles.imports.views import blueprint as imports
from profiles.institutions.views import blueprint as institutions
from profiles.keys.store import KeyStore
from profiles.keys.views import blueprint as keys
from profiles.outbox.relay import GraphProjection, Relay
from profiles.people.views import blueprint as people
from profiles.personal_tokens.views import blueprint as personal_tokens
from profiles.policies.files import read_policies
from profiles.policies.views import blueprint as policies
from profiles.projection.views import blueprint as projection
from profiles.proofs.views import blueprint as proofs
from profiles.registers.views import blueprint as registers
from profiles.rights.views import blueprint as rights
from profiles.roles.views import blueprint as roles
from profiles.second_factor.views import blueprint as second_factor
from profiles.sessions.views import blueprint as sessions
from profiles.sessions.views import ended_tokens
from profiles.suspensions.views import blueprint as suspensions
from profiles.verification.views import blueprint as verification
from profiles.wiring import Wiring

OWN_ENDED_SECONDS = 0.5  # this service reads its own list of ended tokens, so it may be younger
# Everything else needs a token. OpenAPI's document holds no data.
PUBLIC = (
    "accounts.jwks",
    "sessions.list_ended_tokens",
    "accounts.confirm_email",
    "accounts.request_reset",
    "accounts.reset_password",
    "addresses.confirm",
    "addresses.refuse",
    "second_factor.refuse",
    "second_factor.request",
    "hiding.request_hiding",
    "evidence.upload",
    "evidence.download",
    "evidence.preview",
    "proofs.check",
    "proofs.status_list",
    "authorities.own",
    "registers.statistics",
    "registers.upload",
    "rights.erasure",
    "accounts.sign_up",
    "sessions.sign_in",
    "sessions.refresh_session",
    "sessions.sign_out",
    "personal_tokens.exchange",
    "accounts.service_token",
    "policies.instance",
    "roles.rule",
    "institutions.page",
    "institutions.search",
    "api-docs.openapi_json",
)
WITHOUT_DATABASE = HEALTH_ENDPOINTS | {"accounts.jwks", "policies.instance", "api-docs.openapi_json"}


def create_app(config: settings.Settings | None = None) -> Flask:
    """The WSGI application."""
    logs.configure("profiles")
    config = config or load_or_end(settings.load)
    cursors.sign_with(key for _, key in config.field_keys)
    app = Flask("profiles", static_folder=None)
    signer = Signer(config.signing_key, config.issuer)
    engine = db.connect(config.database_url)
    graph = ServiceClient("graph", config.graph_url, ca_file=config.ca_file)
    app.extensions["wiring"] = Wiring(
        config, engine, signer, FieldCipher(config.field_keys, config.index_key), read_policies(config.policies),
        graph, Relay(engine, GraphProjection(graph, OwnToken(signer, Service.PROFILES))),
    )  # fmt: skip

    # A connection of its own: the pool's may all be in use.
    pinger = db.connect(config.database_url, pool_size=1)
    watch = app.extensions["engine"] = EngineWatch("PostgreSQL", lambda: db.ping(pinger))
    process, cipher = clock.new_id(), app.extensions["wiring"].cipher

    def tell_key() -> None:
        with pinger.begin() as connection:
            KeyStore(connection).beat(process, "profiles", cipher.name, signing_key=signer.key_id)

    def forget_key() -> None:
        with engine.begin() as connection:
            KeyStore(connection).forget(process)

    heartbeat = Heartbeat(tell_key, end=forget_key)

    def begin() -> None:
        watch.start()
        heartbeat.start()

    def end() -> None:
        watch.stop()
        heartbeat.stop()

    app.extensions["begin"], app.extensions["end"] = begin, end

    def ready() -> dict[str, bool]:
        return {"postgresql": watch.confirmed}

    def background() -> tuple[dict[str, int], WorkerState] | None:
        """Dead letters by kind, and what the worker says of itself; None while the database does not answer."""
        if not watch.confirmed:
            return None
        try:
            with engine.connect() as connection:
                letters = DeadLetterStore(connection)
                return letters.counts(), letters.worker_state()
        except sa.exc.SQLAlchemyError:
            return None

    def details() -> dict[str, Any]:
        found = background()
        if found is None:
            return {}
        counts, worker = found
        return {"dead_letters": counts, "worker": asdict(worker)}

    measured = Refreshed(background, READY_SECONDS)

    def gauges() -> Iterator[Metric]:
        found = measured.get()
        if found is None:
            return
        counts, worker = found
        letters = GaugeMetricFamily("dead_letters", "Items that the worker has given up, by kind.", labels=["kind"])
        for kind in KINDS:
            letters.add_metric([kind], counts.get(kind, 0))
        yield letters
        failing = GaugeMetricFamily("worker_failing", "Parts of the worker that fail now.")
        failing.add_metric([], len(worker.failing))
        yield failing
        if worker.seen_seconds_ago is not None:
            seen = GaugeMetricFamily("worker_seen_seconds", "Since the last heartbeat of a worker, in seconds.")
            seen.add_metric([], worker.seen_seconds_ago)
            yield seen

    def ended() -> dict[str, Any]:
        try:
            with app.app_context():
                return ended_tokens()
        except sa.exc.SQLAlchemyError as error:
            raise Unavailable("The database cannot answer now; try again in a moment.") from error

    def has_confirmed(person: Caller) -> bool:
        watch.require()
        with engine.connect() as connection:
            return AccountStore(connection).has_confirmed(person.subject)

    configure_app(
        app,
        verifier=TokenVerifier(
            KeySet(signer.key_set), issuer=config.issuer, ended=EndedTokens(ended, seconds=OWN_ENDED_SECONDS)
        ),
        public=PUBLIC,
        callers=CALLERS,
        confirmation=ConfirmationGate(UNCONFIRMED, has_confirmed),
        suspension=SuspensionGate(SUSPENDED),
        personal=PersonalTokenGate(PERSONAL_READING, PERSONAL_WRITING),
        ready=ready,
        details=details,
        gauges=gauges,
    )

    @app.before_request
    def _refuse_without_database() -> None:
        if request.endpoint not in WITHOUT_DATABASE:
            watch.require()

    recognise_own_numbers(app, lambda texts: own_credential_numbers(caller().subject, texts))

    def answer_lost_database(error: sa.exc.OperationalError) -> Response:
        logs.log().error("database_failed", error=type(error.orig).__name__)
        return answer_domain_error(Unavailable("The database cannot answer now; try again in a moment."))

    for lost in (sa.exc.OperationalError, sa.exc.TimeoutError, sa.exc.InterfaceError):
        app.register_error_handler(lost, answer_lost_database)
    api = document(app, title="Consilium profiles")
    for blueprint in (
        accounts, people, institutions, credentials, desk, evidence, registers, authorities,
        directory, hiding, proofs, rights, roles, audit,
        policies, imports, projection, dead_letters, keys, sessions, personal_tokens, addresses, second_factor,
        suspensions, verification,
    ):  # fmt: skip
        api.register_blueprint(blueprint)
    return app
