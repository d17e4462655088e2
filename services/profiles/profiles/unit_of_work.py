"""The stores of one transaction: what use-cases read and write with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import sqlalchemy as sa

from kit import clock
from kit.cipher import FieldCipher
from profiles.accounts.attempts import AttemptStore
from profiles.accounts.store import AccountStore
from profiles.addresses.store import AddressChangeStore
from profiles.audit.store import AuditTrail
from profiles.authorities.store import AuthorityStore
from profiles.checks.store import ConflictStore
from profiles.credentials.store import CredentialStore
from profiles.deadletters.store import DeadLetterStore
from profiles.decisions.store import DecisionStore
from profiles.desk.store import DeskStore
from profiles.directory.store import DirectoryStore
from profiles.evidence.store import EvidenceStore
from profiles.hiding.store import HidingStore
from profiles.imports.store import ImportStore
from profiles.institutions.store import InstitutionStore
from profiles.keys.domain import Reencrypted
from profiles.keys.store import KeyStore
from profiles.mail.store import MailStore
from profiles.outbox.store import OutboxStore
from profiles.people.store import PersonStore
from profiles.personal_tokens.store import PersonalTokenStore
from profiles.policies.store import PolicyStore
from profiles.projection.store import ProjectionStore
from profiles.proofs.store import ProofStore
from profiles.registers.store import RegisterStore
from profiles.rights.store import RightsStore
from profiles.roles.domain import RoleRequirements
from profiles.roles.store import RoleStore
from profiles.second_factor.store import SecondFactorStore
from profiles.sessions.store import SessionStore
from profiles.suspensions.store import SuspensionStore
from profiles.verification.store import UsualWaitStore


class UnitOfWork:
    """Holds every store, on one connection and in its transaction.

    Args:
        publish: tells the graph of a person's new state, in this transaction.
        requirements: what an account must have so that its roles count; the demo network's people are excepted there.
        head_start_seconds: how long the relay leaves what is queued for the graph to the request that queued it.
    """

    def __init__(
        self,
        connection: sa.Connection,
        cipher: FieldCipher,
        publish: Callable[[UnitOfWork, str], object],
        requirements: RoleRequirements,
        *,
        head_start_seconds: float = 0,
    ) -> None:
        self.connection = connection
        self.cipher = cipher
        self.requirements = requirements
        self.publish: Callable[[str], object] = partial(publish, self)
        self.accounts = AccountStore(connection)
        self.attempts = AttemptStore(connection)
        self.accepted = PolicyStore(connection)
        self.people = PersonStore(connection, cipher)
        self.institutions = InstitutionStore(connection)
        self.conflicts = ConflictStore(connection, cipher)
        self.credentials = CredentialStore(connection, cipher, self.conflicts)
        self.desk = DeskStore(connection, cipher)
        self.outbox = OutboxStore(connection, head_start_seconds=head_start_seconds)
        self.projection = ProjectionStore(connection)
        self.imports = ImportStore(connection, cipher)
        self.audit = AuditTrail(connection)
        self.mail = MailStore(connection)
        self.authorities = AuthorityStore(connection)
        self.registers = RegisterStore(connection, cipher)
        self.evidence = EvidenceStore(connection, cipher)
        self.directory = DirectoryStore(connection, cipher)
        self.hiding = HidingStore(connection)
        self.decisions = DecisionStore(connection)
        self.proofs = ProofStore(connection)
        self.rights = RightsStore(connection, cipher)
        self.letters = DeadLetterStore(connection)
        self.keys = KeyStore(connection)
        self.sessions = SessionStore(connection)
        self.personal_tokens = PersonalTokenStore(connection)
        self.factors = SecondFactorStore(connection, cipher)
        self.addresses = AddressChangeStore(connection, cipher)
        self.roles = RoleStore(connection)
        self.suspensions = SuspensionStore(connection)
        self.verification = UsualWaitStore(connection)

    def has_written(self) -> bool:
        """Whether the transaction has changed or locked a row."""
        text = sa.text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return bool(self.connection.execute(text).scalar_one())

    def encrypted(self) -> Sequence[tuple[Reencrypted, int]]:
        """Every store of something that is encrypted, with how much of it is encrypted again in one request."""
        return (
            (self.credentials, 500), (self.evidence, 5), (self.rights, 2), (self.factors, 500),
        )  # fmt: skip

    def notify(self, person_id: str, event: str, credential_id: str, *, outcome: str) -> None:
        """Let the graph tell a person of an event about one of their credentials, and how it came out."""
        self.outbox.add_notification(
            person_id, event, kind="Credential", subject=credential_id, outcome=outcome, at=clock.now()
        )
