"""Putting the graph service together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from flask import Flask, g

from graph import db, settings
from graph.audit.views import blueprint as audit
from graph.callers import CALLERS, PERSONAL_READING, PERSONAL_WRITING, SUSPENDED, UNCONFIRMED
from graph.connections.views import blueprint as connections
from graph.discussions.views import blueprint as discussions
from graph.feed.position import SharedPosition
from graph.feed.views import blueprint as feed
from graph.groups.views import blueprint as groups
from graph.imports.views import blueprint as imports
from graph.insights.views import blueprint as insights
from graph.introductions.views import blueprint as introductions
from graph.keys.store import KeyWriter
from graph.keys.views import blueprint as keys
from graph.moderation.views import blueprint as moderation
from graph.notifications.views import blueprint as notifications
from graph.peers.index import PeopleIndex
from graph.peers.views import blueprint as peers
from graph.people.views import blueprint as people
from graph.policies import PolicyGate
from graph.rights.views import blueprint as rights
from graph.streams.views import blueprint as streams
from graph.warmup import PlanCache, ping
from graph.wiring import graph
from kit import clock, cursors, logs
from kit.cipher import FieldCipher
from kit.confirmation import ConfirmationGate
from kit.engines import EngineWatch
from kit.errors import DomainError, Unauthenticated, Unavailable
from kit.http import CallContext, ServiceClient
from kit.keys import BEAT_SECONDS, Heartbeat
from kit.personal_tokens import PersonalTokenGate
from kit.settings import load_or_end
from kit.suspension import SuspensionGate
from kit.tokens import Caller, EndedTokens, KeySet, TokenVerifier
from kit.web import caller, configure_app, document, recognise_own_numbers, remaining_seconds

PUBLIC = ("api-docs.openapi_json",)


def create_app(config: settings.Settings | None = None) -> Flask:
    """The WSGI application."""
    logs.configure("graph")
    config = config or load_or_end(settings.load)
    cursors.sign_with(key for _, key in config.field_keys)
    app = Flask("graph", static_folder=None)
    engine_access = (config.neo4j_uri, config.neo4j_user, config.neo4j_password, config.ca_file)
    driver, patient = db.connect(*engine_access), db.patient_driver(*engine_access)
    plans = PlanCache(patient, driver)
    engine = EngineWatch("Neo4j", ping(patient), prepare=plans.prepare, maintain=plans.maintain)
    app.extensions["driver"], app.extensions["engine"] = driver, engine
    index = app.extensions["index"] = PeopleIndex(driver, shared=SharedPosition.at(config.shared_dir))
    cipher = app.extensions["cipher"] = FieldCipher(config.field_keys, b"")
    process = clock.new_id()

    def tell_key() -> None:
        db.Graph(patient, lambda: BEAT_SECONDS).write(
            lambda tx: KeyWriter(tx).beat(process, "graph", cipher.name, now=clock.now())
        )

    def forget_key() -> None:
        db.Graph(driver).write(lambda tx: KeyWriter(tx).forget(process))

    heartbeat = Heartbeat(tell_key, end=forget_key)
    profiles = ServiceClient("profiles", config.profiles_url, ca_file=config.ca_file)

    def begin() -> None:
        engine.start()
        heartbeat.start()
        index.follow_in_background()

    def end() -> None:
        engine.stop()
        heartbeat.stop()
        index.stop()

    app.extensions["begin"], app.extensions["end"] = begin, end

    def ready() -> dict[str, bool]:
        there = engine.confirmed
        return {"neo4j": there, "queries": there and engine.prepared, "index": there and index.ready()}

    ended = EndedTokens.at(config.profiles_url, config.ca_file)
    app.extensions["policies"] = PolicyGate(ended, profiles)

    def ask_profiles(person: Caller, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        context = CallContext(
            token=person.token, request_id=g.request_id, deadline=time.monotonic() + remaining_seconds(), patient=True
        )
        return profiles.call(method, path, body, context=context)

    def has_confirmed(person: Caller) -> bool:
        return bool(ask_profiles(person, "GET", "/v1/me/confirmation")["confirmed"])

    configure_app(
        app,
        verifier=TokenVerifier(KeySet.at(config.profiles_url, config.ca_file), issuer=config.issuer, ended=ended),
        public=PUBLIC,
        callers=CALLERS,
        confirmation=ConfirmationGate(UNCONFIRMED, has_confirmed),
        suspension=SuspensionGate(SUSPENDED),
        personal=PersonalTokenGate(PERSONAL_READING, PERSONAL_WRITING),
        ready=ready,
    )

    def own(texts: list[str]) -> set[str]:
        if caller().is_service:
            return set()
        try:
            body = {"texts": [text[:2000] for text in texts[:100]]}
            answer = ask_profiles(caller(), "POST", "/v1/me/credentials/own-numbers", body)
        except DomainError:
            return set()  # then a number of one's own is treated like anybody's
        return set(answer["own"])

    def second_pair(decisions: Sequence[dict[str, Any]]) -> bool:
        try:
            answer = ask_profiles(caller(), "POST", "/v1/me/second-pair", {"decisions": list(decisions)})
        except DomainError as error:
            raise Unavailable("Who gave the roles cannot be found out now; nothing was decided.") from error
        return bool(answer["independent"])

    app.extensions["second_pair"] = second_pair

    @app.before_request
    def _refuse_suspended() -> None:
        # Their token is valid until it is seen in the list of ended ones, which may be two seconds old.
        found = g.get("caller")
        if found is None or found.is_service or found.suspended:  # what these may do is said by tables
            return
        if index.is_suspended(found.subject, graph()):
            raise Unauthenticated("This session has ended or its rights have changed; refresh it or sign in again.")

    recognise_own_numbers(app, own)
    api = document(app, title="Consilium graph")
    parts = (
        people, peers, connections, introductions, groups, discussions, notifications, moderation, insights, audit,
        imports, rights, feed, streams, keys,
    )  # fmt: skip
    for blueprint in parts:
        api.register_blueprint(blueprint)
    return app
