"""Putting the profiles service together."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, Response

from kit import logs
from kit.errors import Unavailable
from kit.tokens import KeySet, TokenVerifier
from kit.web import answer_domain_error, document, equip
from profiles import db, settings
from profiles.accounts.signing import Signer
from profiles.accounts.views import blueprint as accounts
from profiles.credentials.cipher import NumberCipher
from profiles.credentials.views import blueprint as credentials
from profiles.imports.views import blueprint as imports
from profiles.institutions.views import blueprint as institutions
from profiles.people.views import blueprint as people
from profiles.policies.files import read_policies
from profiles.policies.views import blueprint as policies
from profiles.wiring import Wiring

# Everything else needs a token. OpenAPI's document holds no data.
PUBLIC = (
    "accounts.jwks",
    "accounts.sign_up",
    "accounts.sign_in",
    "accounts.refresh_session",
    "accounts.sign_out",
    "accounts.service_token",
    "policies.instance",
    "institutions.search",
    "api-docs.openapi_json",
)


def create_app(config: settings.Settings | None = None) -> Flask:
    """The WSGI application."""
    logs.configure("profiles")
    config = config or settings.load()
    app = Flask("profiles", static_folder=None)
    signer = Signer(config.signing_key, config.issuer)
    engine = db.connect(config.database_url)
    app.extensions["wiring"] = Wiring(
        config, engine, signer, NumberCipher(config.field_key, config.index_key), read_policies(config.policies)
    )
    equip(
        app,
        verifier=TokenVerifier(KeySet(signer.key_set), issuer=config.issuer),
        public=PUBLIC,
        ready=lambda: {"postgresql": db.answers(engine)},
    )

    def answer_lost_database(error: sa.exc.OperationalError) -> Response:
        logs.log().error("database_failed", error=type(error.orig).__name__)
        return answer_domain_error(Unavailable("The database cannot answer now; try again in a moment."))

    for lost in (sa.exc.OperationalError, sa.exc.TimeoutError, sa.exc.InterfaceError):
        app.register_error_handler(lost, answer_lost_database)
    api = document(app, title="Consilium profiles")
    for blueprint in (accounts, people, institutions, credentials, policies, imports):
        api.register_blueprint(blueprint)
    return app
