"""Addresses of engines and mail servers are encrypted and checked, or clear because somebody said so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import settings as gateway_settings
from gateway.shared import connect as connect_valkey
from graph import db as graph_db
from graph import settings as graph_settings
from kit.settings import Environment, SettingsError, SettingsErrors
from profiles import settings as profiles_settings
from profiles import worker_settings
from profiles.database_url import read_database_url
from tests.kit.unit.test_kit import a_pem
from tests.support.certificates import Authority
from tests.support.settings import DIGESTS

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
GOOD = {
    "CONSILIUM_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1/x",
    "CONSILIUM_SIGNING_KEY": a_pem(),
    "CONSILIUM_CHECKPOINT_KEY": a_pem(),
    "CONSILIUM_SERVICE_DIGESTS": " ".join(f"{service}:{digest}" for service, (digest,) in DIGESTS.items()),
    "CONSILIUM_GATEWAY_SECRET": "g" * 24,
    "CONSILIUM_WORKER_SECRET": "w" * 24,
    "CONSILIUM_FIELD_KEY": KEY,
    "CONSILIUM_INDEX_KEY": KEY,
    "CONSILIUM_NEO4J_URI": "bolt://127.0.0.1",
    "CONSILIUM_NEO4J_PASSWORD": "x",
    "CONSILIUM_SMTP_URL": "smtps://u:p@mail.example",
    "CONSILIUM_PUBLIC_URL": "https://consilium.example",
}
LOADS: dict[str, Any] = {
    "gateway": gateway_settings.load, "graph": graph_settings.load, "profiles": profiles_settings.load,
    "worker": worker_settings.load,
}  # fmt: skip
# Every setting that holds an address, with the services that read it.
ADDRESSES = {
    "CONSILIUM_PUBLIC_URL": ("gateway", "graph", "profiles", "worker"),
    "CONSILIUM_PROFILES_URL": ("gateway", "graph", "worker"),
    "CONSILIUM_GRAPH_URL": ("gateway", "profiles", "worker"),
    "CONSILIUM_DATABASE_URL": ("profiles", "worker"),
    "CONSILIUM_NEO4J_URI": ("graph",),
    "CONSILIUM_SMTP_URL": ("worker",),
    "CONSILIUM_APP_URL": ("gateway", "worker"),
    "VALKEY_URL": ("gateway",),
}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("text", ["ftp://user:password@host/x", "host:1234", "http//host"])
def test_every_setting_with_an_address_passes_the_one_parser(name: str, text: str) -> None:
    """In each service that reads it; the sentence names the setting, and not what it held."""
    for service in ADDRESSES[name]:
        LOADS[service](Environment(GOOD))
        with pytest.raises(SettingsError, match=f"{name} must ") as caught:
            LOADS[service](Environment(GOOD | {name: text}))
        assert "password" not in str(caught.value).replace("user:password@host/database", "")


@pytest.mark.parametrize("service", LOADS)
def test_addresses_are_named_with_everything_else_that_is_wrong(service: str, tmp_path: Path) -> None:
    """All that a service reads, at once: malformed ones, a file of authorities that is none, and what is missing."""
    wrong = dict.fromkeys(ADDRESSES, "ftp://user:password@host/x") | {"CONSILIUM_CA_FILE": str(tmp_path / "none.pem")}
    missing = {"CONSILIUM_FIELD_KEY", "CONSILIUM_GATEWAY_SECRET"}
    given = {name: value for name, value in GOOD.items() if name not in missing}
    read = Environment(GOOD)
    LOADS[service](read)
    with pytest.raises(SettingsErrors) as caught:
        LOADS[service](Environment(given | wrong | {"CONSILIUM_ENV": "production"}))
    assert {problem.split()[0] for problem in caught.value.problems} == read.read & (wrong.keys() | missing)
    assert len(caught.value.problems) == len(read.read & (wrong.keys() | missing))
    assert "password@host/x" not in str(caught.value)


def test_no_setting_with_an_address_is_left_out() -> None:
    """Those whose name says that they hold one."""
    for service, load in LOADS.items():
        environment = Environment(GOOD)
        load(environment)
        named = {name for name in environment.read if name.endswith(("_URL", "_URI"))}
        assert named == {name for name, readers in ADDRESSES.items() if service in readers}


def url(query: str, host: str = "db.example") -> str:
    """An address of PostgreSQL."""
    return f"postgresql+psycopg://u:p@{host}/x{query}"


@pytest.mark.parametrize("query", ["?sslmode=prefer", "?sslmode=allow", "?sslmode=require", "?sslmode=x"])
@pytest.mark.parametrize("mode", ["production", "development"])
def test_postgresql_is_not_asked_for_encryption_that_may_be_none(query: str, mode: str) -> None:
    """Neither falls back to clear, nor believes any certificate."""
    with pytest.raises(SettingsError, match=r"CONSILIUM_DATABASE_URL has sslmode=.*use sslmode=verify-full"):
        read_database_url(Environment({"CONSILIUM_DATABASE_URL": url(query), "CONSILIUM_ENV": mode}))


@pytest.mark.parametrize("host", ["db.example", "10.0.0.5", "[2001:db8::1]"])
def test_postgresql_elsewhere_says_whether_it_is_encrypted(host: str) -> None:
    """In production; libpq's own default would fall back to clear."""
    given = {"CONSILIUM_DATABASE_URL": url("", host), "CONSILIUM_ENV": "production"}
    with pytest.raises(SettingsError, match="does not say whether the connection is encrypted"):
        read_database_url(Environment(given))
    with pytest.raises(SettingsError, match="does not say whether the connection is encrypted"):
        read_database_url(
            Environment(given | {"CONSILIUM_DATABASE_URL": f"postgresql+psycopg:///x?host={host.strip('[]')}"})
        )
    for here in ("127.0.0.1", "localhost", "[::1]", ""):
        assert read_database_url(Environment(given | {"CONSILIUM_DATABASE_URL": url("", here)})) == url("", here)
    socket = "postgresql+psycopg://u:p@/x?host=/run/postgresql"
    assert read_database_url(Environment(given | {"CONSILIUM_DATABASE_URL": socket})) == socket
    stated = url("?sslmode=disable", host)
    assert read_database_url(Environment(given | {"CONSILIUM_DATABASE_URL": stated})) == stated


def test_postgresql_is_checked_against_the_authorities(tmp_path: Path) -> None:
    """Those of the file, or of the system; one's own parameter wins."""
    ca_file = str(Authority(tmp_path).file)
    for given, expected in (
        ({}, "system"),
        ({"CONSILIUM_CA_FILE": ca_file}, ca_file),
    ):
        text = read_database_url(Environment({"CONSILIUM_DATABASE_URL": url("?sslmode=verify-full"), **given}))
        assert sa.make_url(text).query == {"sslmode": "verify-full", "sslrootcert": expected}
    own = url("?sslmode=verify-ca&sslrootcert=own.pem")
    assert read_database_url(Environment({"CONSILIUM_DATABASE_URL": own, "CONSILIUM_CA_FILE": ca_file})) == own


@pytest.mark.parametrize("scheme", ["bolt+ssc", "neo4j+ssc"])
def test_neo4j_is_not_believed_with_any_certificate(scheme: str) -> None:
    """Encryption without knowing with whom is refused."""
    with pytest.raises(
        SettingsError, match=r"CONSILIUM_NEO4J_URI must begin with bolt://, neo4j://, bolt.s:// or neo4j.s://"
    ):
        graph_settings.load(Environment(GOOD | {"CONSILIUM_NEO4J_URI": f"{scheme}://host"}))


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_neo4j_is_checked_against_the_authorities(tmp_path: Path, scheme: str) -> None:
    """The driver is told to encrypt and whom to believe, for requests as well as for the patient one."""
    ca_file = Authority(tmp_path).file
    for make in (graph_db.connect, graph_db.patient_driver):
        with make(f"{scheme}+s://localhost:1", "u", "p", ca_file) as driver:
            context = driver._pool.pool_config.get_ssl_context()
            assert context.check_hostname
            assert [dict(x[0] for x in one["subject"])["commonName"] for one in context.get_ca_certs()] == [
                "Test authority ca"
            ]
        with make(f"{scheme}+s://localhost:1", "u", "p") as driver:
            assert driver._pool.pool_config.get_ssl_context().check_hostname
        with make(f"{scheme}://localhost:1", "u", "p", ca_file) as driver:
            assert driver._pool.pool_config.get_ssl_context() is None


def test_valkey_is_checked_against_the_authorities(tmp_path: Path) -> None:
    """With `rediss://`; `redis://` is clear, and says so."""
    ca_file = Authority(tmp_path).file
    for scheme in ("rediss", "valkeys"):
        given = connect_valkey(f"{scheme}://h", ca_file).connection_pool.connection_kwargs
        assert (given["ssl_cert_reqs"], given["ssl_check_hostname"], given["ssl_ca_certs"]) == (
            "required", True, str(ca_file),
        )  # fmt: skip
    assert "ssl_cert_reqs" not in connect_valkey("redis://h", ca_file).connection_pool.connection_kwargs
