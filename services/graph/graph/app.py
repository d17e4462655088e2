"""Putting the graph service together."""

from __future__ import annotations

from typing import Any

from flask import Flask

from graph import db, settings
from graph.connections.views import blueprint as connections
from graph.discussions.views import blueprint as discussions
from graph.groups.views import blueprint as groups
from graph.imports.views import blueprint as imports
from graph.people.views import blueprint as people
from graph.policies import PolicyGate
from graph.rights.views import blueprint as rights
from kit import logs
from kit.http import ServiceClient
from kit.tokens import EndedTokens, KeySet, TokenVerifier
from kit.web import document, equip

PUBLIC = ("api-docs.openapi_json",)


def create_app(config: settings.Settings | None = None) -> Flask:
    """The WSGI application."""
    logs.configure("graph")
    config = config or settings.load()
    app = Flask("graph", static_folder=None)
    driver = db.connect(config.neo4j_uri, config.neo4j_user, config.neo4j_password)
    app.extensions["driver"] = driver
    profiles = ServiceClient("profiles", config.profiles_url)

    def keys() -> dict[str, Any]:
        return profiles.call("GET", "/.well-known/jwks.json")  # type: ignore[no-any-return]

    ended = EndedTokens.at(config.profiles_url)
    app.extensions["policies"] = PolicyGate(ended, profiles)
    equip(
        app,
        verifier=TokenVerifier(KeySet(keys), issuer=config.issuer, ended=ended),
        public=PUBLIC,
        ready=lambda: {"neo4j": db.answers(driver)},
    )
    api = document(app, title="Consilium graph")
    for blueprint in (people, connections, groups, discussions, imports, rights):
        api.register_blueprint(blueprint)
    return app
