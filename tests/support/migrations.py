"""Migrations of PostgreSQL as tests see them: those after the baseline, what is wrong with one, and some that only tests have."""

from __future__ import annotations

import importlib.util
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from profiles import db
from profiles.migrations import online
from tests.support.engines import Engines

# The last migration from before the rules that `faults` looks for.
BASELINE = "0044_session_end"
CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"

_LATER = '''"""A migration of a test."""

from alembic import op

from profiles.migrations import online

revision = "{revision}"
down_revision = "{after}"
{head}

def upgrade() -> None:
    """Change what the test needs changed."""
    {body}
'''


def migrations() -> list[ModuleType]:
    """All migrations, in their order."""
    return [load(path) for path in sorted((f for d in db.migration_folders() for f in d.glob("0*.py")), key=_name)]


def _name(path: Path) -> str:
    return path.name


def load(path: Path) -> ModuleType:
    """The module of a migration."""
    spec = importlib.util.spec_from_file_location(f"migration_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def newest_revision() -> str:
    """The revision of the last migration."""
    return str(migrations()[-1].revision)


def later_migration(folder: Path, body: str, *, after: str, head: str = "") -> ModuleType:
    """Write a migration that only a test has, and load it.

    Args:
        body: the statements of its `upgrade`.
        after: the revision before it.
        head: more statements of the module.
    """
    revision = f"{int(after[:4]) + 1:04}_of_a_test"
    body = "\n    ".join(body.strip().splitlines())
    file = folder / f"{revision}.py"
    file.write_text(_LATER.format(revision=revision, after=after, head=head, body=body), encoding="utf-8")
    return load(file)


@contextmanager
def database_at(engines: Engines, revision: str) -> Iterator[sa.Engine]:
    """A database as an earlier version left it."""
    name = f"test_{uuid.uuid4().hex}"
    admin = sa.create_engine(engines.database_url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = sa.make_url(engines.database_url).set(database=name).render_as_string(hide_password=False)
    db.migrate(url, revision=revision)
    found = db.connect(url)
    try:
        yield found
    finally:
        found.dispose()
        with admin.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def released() -> set[str]:
    """The versions that the changelog says were released."""
    return set(re.findall(r"^## \[(\d+\.\d+\.\d+)\] - ", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE))


class _ReadsDatabase(Exception):
    """A migration reads what is stored."""


def statements(module: ModuleType) -> list[str]:
    """The SQL of a migration's `upgrade`, in one line each, without comments and what is in quotes.

    What `profiles.migrations.online` does is left out, because it is right by itself; constraints that it adds are named.

    Raises:
        _ReadsDatabase: it cannot be known without a database.
    """

    def add_check(table: str, name: str, condition: str) -> None:
        operations.execute(f"ADD VALIDATED CHECK {name} ON {table} ({condition})")

    def reads(*_arguments: object) -> None:
        raise _ReadsDatabase

    sql = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": sql})
    with Operations.context(context) as operations, ExitStack() as stack:
        stack.enter_context(patch.object(Operations, "get_bind", reads))
        for place in (online, module):
            for name, stand_in in (
                ("add_check", add_check),
                ("build_index", _nothing),
                ("update_in_batches", _nothing),
            ):
                if hasattr(place, name):
                    stack.enter_context(patch.object(place, name, stand_in))
        module.upgrade()
    return list(_split(sql.getvalue()))


def _nothing(*_arguments: object, **_options: object) -> int:
    return 0


def _split(sql: str) -> Iterator[str]:
    """Each statement, in one line."""
    opaque = re.compile(r"--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'", re.DOTALL)
    plain = opaque.sub(lambda found: " " if found[0][0] in "-/" else "''", sql)
    for statement in re.sub(r'"|\bpublic\.', "", plain).split(";"):
        words = " ".join(statement.split())
        if words and words.upper() not in {"BEGIN", "COMMIT"}:
            yield words


def _actions(text: str) -> Iterator[str]:
    """What stands between the commas of ALTER TABLE that are in no brackets."""
    depth, action = 0, ""
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            yield action.strip()
            action = ""
        else:
            action += sign
    yield action.strip()


def _is(pattern: str, text: str) -> re.Match[str] | None:
    return re.match(pattern, text, re.IGNORECASE)


def _has(pattern: str, text: str) -> re.Match[str] | None:
    return re.search(pattern, text, re.IGNORECASE)


class _Reading:
    """Reads statements of migrations one after another, and remembers what the rules depend on."""

    def __init__(self) -> None:
        self.not_null: dict[str, tuple[str, str]] = {}  # constraints that say that a column is not null
        self.validated: set[str] = set()

    def faults(self, module: ModuleType, versions: set[str]) -> Iterator[str]:
        """What a migration does that keeps the version now serving from going on."""
        since = getattr(module, "contract_after", None)
        if since is not None and since not in versions:
            yield f"contract_after names {since}, which was not released"
        try:
            sql = statements(module)
        except _ReadsDatabase:
            yield "it reads rows one by one: use update_in_batches"
            return
        created: set[str] = set()
        added: set[str] = set()
        for statement in sql:
            for fault, contract in self._faults_of(statement, created, added):
                if not (contract and since):
                    yield fault

    def _faults_of(self, statement: str, created: set[str], added: set[str]) -> Iterator[tuple[str, bool]]:
        """The faults of a statement, each with whether a contract may have it."""
        if found := _is(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", statement):
            created.add(found[1])
        elif found := _is(r"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\w+) (.*)", statement):
            if found[1] not in created:
                for action in _actions(found[2]):
                    yield from self._faults_of_action(found[1], action, added)
        elif found := _is(r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*?\bON (?:ONLY )?(\w+)", statement):
            if found[1] not in created:
                yield f"it builds an index on {found[1]} while nobody can write: use build_index", False
        elif found := _is(r"(?:WITH\b.*?\b)?(UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?) (?:ONLY )?(\w+)", statement):
            if found[2] not in created:
                yield f"it changes all rows of {found[2]} at once: use update_in_batches", False
        elif found := _is(r"(?:DROP|ALTER .* RENAME)\b", statement):
            yield f"it takes away what the version now serving may use, and is no contract: {statement}", True
        elif _is(r"(?:LOCK|CLUSTER|VACUUM|REINDEX)\b", statement):
            yield f"it locks a table for long: {statement}", False
        elif _is(r"DO\b", statement):
            yield "what a DO block does cannot be read", False
        elif found := _is(r"ADD VALIDATED CHECK (\w+) ON (\w+) \((.*)\)", statement):
            self.validated.add(found[1])
            self._note_not_null(found[1], found[2], found[3])

    def _faults_of_action(self, table: str, action: str, added: set[str]) -> Iterator[tuple[str, bool]]:
        """The faults of one action of ALTER TABLE on a table that was there before."""
        if found := _is(r"ALTER (?:COLUMN )?(\w+) SET NOT NULL", action):
            yield f"the version now serving may leave {found[1]} empty, and it is no contract: {action}", True
            if not any(self.not_null.get(name) == (table, found[1]) for name in self.validated):
                yield (
                    f"it reads all of {table} for NOT NULL of {found[1]}: validate CHECK ({found[1]} IS NOT NULL) first",
                    False,
                )
        elif _is(r"ALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE\b", action):
            yield f"it writes {table} anew: add another column instead of {action}", False
        elif _is(r"DROP (?!NOT NULL)|RENAME\b|ALTER (?:COLUMN )?\w+ DROP DEFAULT", action):
            yield f"it takes away what the version now serving may use, and is no contract: {action}", True
        elif found := _is(r"VALIDATE CONSTRAINT (\w+)", action):
            self.validated.add(found[1])
            if found[1] in added:
                yield f"it validates {found[1]} under the lock with which it adds it: use add_check", False
        elif _is(r"ADD (?:CONSTRAINT|CHECK|FOREIGN|UNIQUE|PRIMARY|EXCLUDE)\b", action):
            yield from self._faults_of_constraint(table, action, added)
        elif _is(r"ADD\b", action):
            yield from self._faults_of_column(table, action)

    def _note_not_null(self, name: str, table: str, condition: str) -> None:
        """Remember a constraint that says that a column is not null."""
        if column := _is(r"\(*(\w+) IS NOT NULL\)*$", condition):
            self.not_null[name] = (table, column[1])

    def _faults_of_constraint(self, table: str, action: str, added: set[str]) -> Iterator[tuple[str, bool]]:
        """The faults of adding a constraint to a table that was there before."""
        if found := _is(r"ADD CONSTRAINT (\w+) (?:CHECK (\(.*\))|.*) NOT VALID$", action):
            added.add(found[1])
            self._note_not_null(found[1], table, found[2] or "")
        elif not _has(r"NOT VALID$|\bUSING INDEX\b", action):
            yield f"it reads all of {table} under a lock: use add_check or NOT VALID for {action}", False

    def _faults_of_column(self, table: str, action: str) -> Iterator[tuple[str, bool]]:
        """The faults of adding a column to a table that was there before."""
        if _has(r"NOT NULL", action) and not _has(r"\bDEFAULT\b|\bGENERATED\b", action):
            yield f"rows of the version now serving lack it: {action} needs a DEFAULT", False
        if _has(
            r"\bSTORED\b|DEFAULT \(*(?:gen_random_uuid|uuidv\d|nextval|random|clock_timestamp)\b|\w*serial\b", action
        ):
            yield f"it writes {table} anew: {action}", False
        if _has(r"\b(?:UNIQUE|PRIMARY KEY|CHECK)\b", action):
            yield f"it reads all of {table} under a lock: use build_index or add_check after {action}", False


def faults(modules: Sequence[ModuleType], versions: set[str]) -> list[str]:
    """What migrations do that keeps the version now serving from going on, each with the name of the migration.

    Args:
        modules: in their order.
        versions: that were released.
    """
    reading = _Reading()
    return [f"{module.revision}: {fault}" for module in modules for fault in reading.faults(module, versions)]
