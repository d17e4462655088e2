"""Registers and lists as they are published, from the command line through the profiles service to PostgreSQL."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kit.services import SIGNING_IN, Service, digest_of
from profiles.credentials.domain import Credential
from tests.kit.unit.test_kit import a_pem
from tests.support import nppes
from tests.support.desk import a_person, get, submit, validated
from tests.support.served import served

DATA = Path(__file__).parents[2] / "data" / "registers"
RPPS, LEIE = DATA / "rpps_personne_activite.txt", DATA / "leie_updated.csv"
SECRETS = {service: f"{service}-" + "s" * 40 for service in SIGNING_IN}
COPY = ("--as-of", "2026-11-20")
FRENCH: dict[str, Any] = {"authority": "fr-rpps", "jurisdiction": "FR", "specialty": None}
Command = Callable[..., subprocess.CompletedProcess[str]]


def key(letter: bytes) -> str:
    """A key as settings have it."""
    return base64.b64encode(letter * 32).decode()


@pytest.fixture(scope="module")
def consilium(database: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command line, beside a profiles service on the module's own database."""
    settings = {
        "CONSILIUM_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "CONSILIUM_PUBLIC_URL": "http://x",
        "CONSILIUM_SIGNING_KEY": a_pem(),
        "CONSILIUM_SERVICE_DIGESTS": " ".join(f"{own}:{digest_of(text)}" for own, text in SECRETS.items()),
        "CONSILIUM_FIELD_KEY": f"1:{key(b'f')}",
        "CONSILIUM_INDEX_KEY": key(b"i"),
        "CONSILIUM_GRAPH_URL": "http://127.0.0.1:9",
    }
    folder = tmp_path_factory.mktemp("published")
    with served("profiles.app:create_app()", log=folder / "profiles.log", **settings) as profiles:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")} | {
            "CONSILIUM_HOME": str(folder),
            "CONSILIUM_PROFILES_URL": f"http://127.0.0.1:{profiles.port}",
            "CONSILIUM_GRAPH_URL": "http://127.0.0.1:9",
            "CONSILIUM_OPERATOR_SECRET": SECRETS[Service.OPERATOR],
            "COLUMNS": "200",
        }

        def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "consilium", *map(str, arguments)],
                env=environment, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip

        yield run


@pytest.fixture(scope="module")
def vera(database: sa.Engine) -> str:
    """A verifier."""
    return a_person(database, "Vera", roles=("VERIFIER",))


def outcomes(database: sa.Engine, credential: Credential) -> dict[str, tuple[str, str]]:
    """Outcome and detail of each check."""
    return {check.name: (check.outcome, check.detail) for check in get(database, credential.id).checks}


def test_the_french_register_comes_in_as_it_is_published(consilium: Command, database: sa.Engine, vera: str) -> None:
    """One entry a person; a validated licence that is not in it comes to the desk; students and refused rows are counted."""
    gone = validated(database, a_person(database, "Partie Loin"), vera, number="00000000067", **FRENCH)
    there = validated(database, a_person(database, "Zoé Exemple"), vera, number="00000000026", **FRENCH)
    done = consilium("import", "register", "fr-rpps", RPPS, *COPY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "Read rpps_personne_activite.txt as RPPS, the open extraction of the French Annuaire Santé, 5 skipped "
        "(3 further rows of the same people, 1 rows with other numbers than RPPS, 1 rows of students).",
        "1 rows were refused:",
        "  line 10: number: it has not the register's format: 11 digits, the last a Luhn check digit; published examples fail it",
        "The copy of fr-rpps of 2026-11-20 counts: 3 entries, 1 refused. Checked 2 validated credentials again: 1 cases opened. "
        "To go back: consilium import undo fr-rpps",
    ]
    assert (get(database, gone.id).status, get(database, there.id).status) == ("REQ_REVALID", "VALIDATED")
    doctor = submit(
        database, a_person(database, "Marie-Odile de l'Invention"), number="8 00000000018", **FRENCH
    )  # as her card has it
    found = outcomes(database, doctor)
    assert found["REGISTER_MATCH"] == ("PASS", "The number is in the copy of 2026-11-20, in good standing.")
    assert found["NAME_MATCH"][0] == "PASS"
    student = outcomes(database, submit(database, a_person(database, "Léa Apprentie"), number="00000000034", **FRENCH))
    assert student["REGISTER_MATCH"] == ("FAIL", "The number is not in the copy of 2026-11-20.")
    with database.connect() as connection:
        stored = connection.execute(sa.text("SELECT specialty FROM register_entry ORDER BY 1")).scalars().all()
    assert stored == ["Cardiologie et maladies vasculaires", "Infirmier", "Sage-Femme"]


def test_the_us_exclusion_list_comes_in_as_it_is_published(
    consilium: Command, database: sa.Engine, tmp_path: Path
) -> None:
    """People are found by their number, or by their name; the next month's list takes its place, whatever its file is called."""
    done = consilium("import", "sanctions", LEIE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "The list LEIE of 2020-02-20 counts: 2 entries, 1 refused, 2 skipped (1 businesses, 1 people who were reinstated). "
        "Checked 1 validated credentials again: 0 cases opened.",
        "  line 6: '20151399' in the column 'EXCLDATE' is no date like 20271231",
    ]
    american: dict[str, Any] = {"kind": "IDENTIFIER", "authority": "us-npi", "jurisdiction": "US", "specialty": None}
    excluded = submit(database, a_person(database, "Someone Else"), number="1999999901", **american)
    assert outcomes(database, excluded)["SANCTIONS"] == ("FAIL", "The number is in LEIE.")
    namesake = submit(database, a_person(database, "Nemo O'Nobody"), number=nppes.with_check_digit(199_999_980), **american)  # fmt: skip
    assert outcomes(database, namesake)["SANCTIONS"][0] == "WARN"
    december = tmp_path / "december.csv"
    december.write_bytes(b"\r\n".join(line for line in LEIE.read_bytes().split(b"\r\n") if b"NEMO" not in line))
    assert "The list LEIE of 2020-02-20 counts: 1 entries" in consilium("import", "sanctions", december).stdout
    with database.connect() as connection:
        assert connection.execute(sa.text("SELECT source, name FROM sanction")).all() == [("LEIE", "DORIAN Q FICTION")]


def test_a_file_that_is_older_than_what_counts_is_refused(
    consilium: Command, database: sa.Engine, tmp_path: Path
) -> None:
    """By the day in its name or the newest day in it, whenever it was copied here; the error says how to import it all the same."""
    register, former = (tmp_path / f"PS_LibreAcces_Personne_activite_2026{day}0813.txt" for day in ("1122", "1108"))
    for file in (register, former):
        file.write_bytes(RPPS.read_bytes())
    assert "The copy of fr-rpps of 2026-11-22 counts" in consilium("import", "register", "fr-rpps", register).stdout
    consilium("import", "sanctions", LEIE, "--as-of", "2020-03-08", "--replace-newer")
    with database.connect() as connection:
        before = connection.execute(sa.text("SELECT id FROM register_snapshot WHERE active")).all()
    for arguments, said in (
        (("register", "fr-rpps", former), "copy is of 2026-11-08, and the copy that counts is of 2026-11-22"),
        (
            ("register", "fr-rpps", former, "--dry-run"),
            "copy is of 2026-11-08, and the copy that counts is of 2026-11-22",
        ),
        (("sanctions", LEIE), "list is of 2020-02-20, and the list that counts is of 2020-03-08"),
    ):
        refused = consilium("import", *arguments)
        assert refused.returncode == 1, arguments
        assert said in refused.stderr
        assert "--replace-newer" in refused.stderr
    with database.connect() as connection:
        assert connection.execute(sa.text("SELECT id FROM register_snapshot WHERE active")).all() == before
    replaced = consilium("import", "register", "fr-rpps", former, "--replace-newer")
    assert "The copy of fr-rpps of 2026-11-08 counts" in replaced.stdout, replaced.stderr


def test_a_file_of_another_kind_changes_nothing(consilium: Command, database: sa.Engine) -> None:
    """Neither as another authority's register nor in a format that it has not."""
    with database.connect() as connection:
        before = connection.execute(sa.text("SELECT count(*), sum(entries) FROM register_snapshot WHERE active")).one()
    for arguments, said in (
        (("register", "fr-oni", RPPS), "is RPPS, the open extraction of the French Annuaire Santé: a copy of fr-rpps."),
        (("register", "fr-rpps", LEIE, "--format", "rpps"), "It is no file of RPPS"),
        (("register", "fr-rpps", LEIE), "has no column 'number'"),
        (("sanctions", RPPS, "--format", "leie"), "It is no file of LEIE"),
        (("nppes", LEIE), "it has no column 'Entity Type Code'"),
    ):
        refused = consilium("import", *arguments)
        assert refused.returncode == 1, arguments
        assert said in refused.stderr, refused.stderr
    with database.connect() as connection:
        assert (
            connection.execute(sa.text("SELECT count(*), sum(entries) FROM register_snapshot WHERE active")).one()
            == before
        )
