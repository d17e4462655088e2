"""What a proof says was on a verifier's screen: owner, impostor, two verifiers and an admin, in any order, on the real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kit.clock import new_id
from kit.errors import DomainError, VersionConflict
from profiles.accounts.signing import Signer
from profiles.credentials import domain, usecases
from profiles.credentials.domain import Credential
from profiles.desk import ending, second_verifier
from profiles.desk import usecases as desk
from profiles.evidence import usecases as evidence
from profiles.people.domain import OtherName
from profiles.people.usecases import read_profile, update_profile
from profiles.proofs.usecases import check_proof, make_proof
from profiles.scheduled_jobs.usecases import lapse
from profiles.suspensions.usecases import suspend_account
from profiles.unit_of_work import UnitOfWork
from tests.kit.unit.test_kit import a_pem
from tests.profiles.integration.test_registers import PDF
from tests.support.desk import LICENCE, NOW, NUMBERS, a_person, unit

SIGNER = Signer(a_pem(), "http://x")
NAMES = st.sampled_from(["Ada Lovelace", "Grace Hopper", "Eugenia Smith"])
PROFESSIONS = st.sampled_from([None, "2212", "2221"])
OTHER_NAMES = st.sampled_from([("Eugenia Smith", "PREFERRED"), ("Ada Byron", "FORMER"), ("Ada Lovelace", "PREFERRED")])
KINDS = st.sampled_from(["LICENCE", "IDENTITY", "NAME"])
SPECIALTIES = st.sampled_from([None, "cardiology", "neurosurgery"])
LAST_DAYS = st.sampled_from([None, date(2028, 1, 1), date(2099, 12, 31)])
OWNERS, VERIFIERS, CASES = st.integers(0, 1), st.integers(0, 1), st.integers(0, 5)
BASIS = st.sampled_from([("CONFIRMED_AT_SOURCE", "PRIMARY_SOURCE"), ("CONFIRMED_BY_DOCUMENT", "DOCUMENT")])
Statement = tuple[Any, ...]


def statement(credential: Credential) -> Statement:
    """What a credential says, or would say if it were validated as it is shown."""
    shown = domain.with_proposed(credential)
    assert shown.holder is not None
    return shown.holder, shown.number, shown.specialty, shown.issued_on, shown.expires_on, shown.other_name


class StatementMachine(RuleBasedStateMachine):
    """An owner and an impostor who claim one number, two verifiers, an admin, and time."""

    database: ClassVar[sa.Engine]
    reached: ClassVar[Counter[str]]  # so that a machine that never validates anything would be noticed

    @initialize()
    def begin(self) -> None:
        self.now: datetime = NOW
        self.owners = [a_person(self.database, name) for name in ("Ada Lovelace", "Eve Impostor")]
        self.verifiers = [a_person(self.database, name, roles=("VERIFIER",)) for name in ("Vera", "Vito")]
        self.admin = a_person(self.database, "Admin", roles=("ADMIN",))
        a_person(self.database, "Another Admin", roles=("ADMIN",))
        self.number = next(NUMBERS)
        self.cases: list[tuple[str, str]] = []  # credential and owner
        # What each verifier had on the screen last, by case: the version, and what it says.
        self.screens: tuple[dict[str, tuple[int, Statement]], ...] = ({}, {})
        self.opened: tuple[set[str], ...] = (set(), set())
        self.waiting: dict[str, Statement] = {}  # what the first verifier decided about
        self.agreed: dict[str, Statement] = {}  # what every verifier who took part had on the screen
        # By person, names that a verifier has agreed are of one: both stood side by side in a case that they validated.
        self.beside: dict[str, list[set[str]]] = {owner: [] for owner in self.owners}
        self.former: dict[str, str] = {}  # whom a case that was valid before named when a verifier read it last
        self.addresses: list[dict[str, Any]] = []
        for who in (0, 1):
            for kind in ("LICENCE", "IDENTITY", "NAME"):
                self.submit(who, kind, "cardiology", ("Ada Byron", "FORMER"))

    def act(self, do: Callable[[UnitOfWork], Any]) -> Any:
        """What an act answers, or the error that it raises."""
        try:
            with unit(self.database) as work:
                return do(work)
        except DomainError as error:
            return error

    def case(self, number: int) -> tuple[str, str] | None:
        """One of the cases."""
        return self.cases[number % len(self.cases)] if self.cases else None

    def documents(self, own: str) -> list[Any]:
        """The documents of a case."""
        with unit(self.database) as work:
            return list(work.evidence.of([own]))

    # ------------------------------------------------------------------ owners

    @rule(who=OWNERS, name=NAMES, profession=PROFESSIONS, specialty=SPECIALTIES)
    def edits_the_profile(self, who: int, name: str, profession: str | None, specialty: str | None) -> None:
        changes = {"name": name, "profession": profession, "specialties": [specialty] if specialty else []}
        self.act(
            lambda work: update_profile(
                work.people, work.institutions, work.outbox, work, person_id=self.owners[who], changes=changes,
                expected_version=None, now=self.now,
            )
        )  # fmt: skip

    @rule(who=OWNERS, kind=KINDS, specialty=SPECIALTIES, other=OTHER_NAMES)
    def submits(self, who: int, kind: str, specialty: str | None, other: tuple[str, str]) -> None:
        self.submit(who, kind, specialty, other)

    def submit(self, who: int, kind: str, specialty: str | None, other: tuple[str, str]) -> None:
        """A licence of the one number, an identity, or another name."""
        given = LICENCE | {"authority": "other", "number": self.number, "specialty": specialty}
        if kind != "LICENCE":
            given |= {"kind": kind, "authority": None, "number": None, "specialty": None}
        if kind == "NAME":
            given["other_name"] = {"text": other[0], "use": other[1]}
        made = self.act(
            lambda work: usecases.submit_credential(work, person_id=self.owners[who], now=self.now, **given)
        )
        if isinstance(made, Credential):
            self.cases.append((made.id, self.owners[who]))

    @rule(number=CASES, specialty=SPECIALTIES, last=LAST_DAYS, other=OTHER_NAMES)
    def changes_a_case(self, number: int, specialty: str | None, last: date | None, other: tuple[str, str]) -> None:
        if found := self.case(number):
            with unit(self.database) as work:
                is_name = work.credentials.get(found[0]).kind == "NAME"
            changes: dict[str, Any] = {"specialty": specialty} if not is_name else {
                "other_name": {"text": other[0], "use": other[1]}
            }  # fmt: skip
            self.act(
                lambda work: usecases.update_credential(
                    work, credential_id=found[0], person_id=found[1],
                    changes=changes | {"expires_on": last}, message=None, expected_version=None, now=self.now,
                )
            )  # fmt: skip

    @rule(number=CASES)
    def asks_for_an_address(self, number: int) -> None:
        if found := self.case(number):
            made = self.act(
                lambda work: evidence.request_upload(
                    work.credentials, work.evidence, SIGNER, credential_id=found[0], person_id=found[1],
                    media_type="application/pdf", size=len(PDF), public_url="http://x", now=self.now,
                )
            )  # fmt: skip
            if not isinstance(made, DomainError):
                with unit(self.database) as work:
                    stage = work.credentials.get(found[0]).stage
                self.addresses.append(
                    {"jti": new_id(), "credential": found[0], "sub": found[1], "type": "application/pdf",
                     "bytes": len(PDF), "stage": stage}
                )  # fmt: skip

    @rule(number=CASES)
    def uploads(self, number: int) -> None:
        if self.addresses:
            claims = self.addresses[number % len(self.addresses)]
            self.act(
                lambda work: evidence.upload(
                    work.credentials,
                    work.evidence,
                    work.audit,
                    claims=claims,
                    content=PDF,
                    file_name="a.pdf",
                    now=self.now,
                )
            )

    @rule(number=CASES)
    def withdraws(self, number: int) -> None:
        if found := self.case(number):
            self.act(
                lambda work: usecases.withdraw_credential(
                    work, credential_id=found[0], person_id=found[1], now=self.now
                )
            )

    @rule(number=CASES)
    def appeals(self, number: int) -> None:
        if found := self.case(number):
            self.act(
                lambda work: usecases.appeal_credential(
                    work,
                    credential_id=found[0],
                    person_id=found[1],
                    statement="It is as I say.",
                    now=self.now,
                )
            )

    # ------------------------------------------------------------------ verifiers

    def see(self, who: int, credential: Credential) -> None:
        """A case comes to a verifier's screen."""
        self.screens[who][credential.id] = credential.version, statement(credential)
        if credential.revalidation and credential.holder is not None and credential.kind != "NAME":
            self.former[credential.id] = credential.holder.name

    def agree(self, own: str, seen: Statement) -> None:
        """A case is validated."""
        self.agreed[own] = seen
        if own in self.former:
            person = next(person for case, person in self.cases if case == own)
            self.beside[person].append({self.former[own], seen[0].name})

    @rule(who=VERIFIERS, number=CASES)
    def reads(self, who: int, number: int) -> None:
        if found := self.case(number):
            with unit(self.database) as work:
                shown = work.credentials.get(found[0])
                work.credentials.note_readings(self.verifiers[who], [shown])
                self.see(who, shown)

    @rule(who=VERIFIERS, number=CASES)
    def takes(self, who: int, number: int) -> None:
        if found := self.case(number):
            taken = self.act(
                lambda work: desk.take_case(work, credential_id=found[0], verifier=self.verifiers[who], now=self.now)
            )
            if isinstance(taken, Credential):
                self.see(who, taken)

    @rule(who=VERIFIERS, number=CASES, specialty=SPECIALTIES, last=LAST_DAYS, other=OTHER_NAMES)
    def looks_again_after_a_change(
        self, who: int, number: int, specialty: str | None, last: date | None, other: tuple[str, str]
    ) -> None:
        """What single rules reach rarely: a case changes and is validated again at once."""
        self.changes_a_case(number, specialty, last, other)
        self.takes(who, number)
        self.opens_the_documents(who, number)
        self.decides(who, number, "VALIDATE", ("CONFIRMED_AT_SOURCE", "PRIMARY_SOURCE"), bound=False)

    @rule(who=VERIFIERS, number=CASES)
    def opens_the_documents(self, who: int, number: int) -> None:
        if found := self.case(number):
            for one in self.documents(found[0]):
                with unit(self.database) as work:
                    work.evidence.note_view(one.id, self.verifiers[who], at=self.now)
                self.opened[who].add(one.id)

    @rule(
        who=VERIFIERS, number=CASES, decision=st.sampled_from(["VALIDATE", "VALIDATE", "REJECT", "REQUEST_INFO"]), basis=BASIS,
        bound=st.booleans(),
    )  # fmt: skip
    def decides(self, who: int, number: int, decision: str, basis: tuple[str, str], bound: bool) -> None:
        found = self.case(number)
        if found is None:
            return
        version, seen = self.screens[who].get(found[0], (None, None))
        validates = decision == "VALIDATE"
        decided = self.act(
            lambda work: desk.decide_credential(
                work, credential_id=found[0], verifier=self.verifiers[who], decision=decision,
                reason=basis[0] if validates else "INSUFFICIENT_EVIDENCE", method=basis[1] if validates else None,
                standing=None, source_url="https://register.example/entry", note="n",
                expected_version=version if bound else None, now=self.now,
            )
        )  # fmt: skip
        if not isinstance(decided, Credential) or not validates:
            return
        assert seen is not None, "decided without having had it on the screen"
        if basis[1] == "DOCUMENT":
            fresh = [one.id for one in self.documents(found[0])]
            assert fresh
            assert set(fresh) <= self.opened[who], "validated by documents that nobody opened"
        self.reached["decided after a change"] += self.agreed.get(found[0], seen) != seen
        if decided.pending_decision == "VALIDATE":
            self.reached["waiting"] += 1
            self.waiting[found[0]] = seen
        else:
            self.reached["validated"] += 1
            self.agree(found[0], seen)

    @rule(who=VERIFIERS, number=CASES)
    def takes_and_validates(self, who: int, number: int) -> None:
        self.takes(who, number)
        self.decides(who, number, "VALIDATE", ("CONFIRMED_AT_SOURCE", "PRIMARY_SOURCE"), True)

    @rule(who=VERIFIERS)
    def works_through_the_desk(self, who: int) -> None:
        for number in range(len(self.cases)):
            self.takes_and_validates(who, number)

    @rule()
    def both_agree_to_all_that_waits(self) -> None:
        for number in range(len(self.cases)):
            for who in (0, 1):
                self.reads(who, number)
                self.answers_as_the_second(who, number, True, False)

    @rule(who=VERIFIERS, number=CASES, agree=st.booleans(), bound=st.booleans())
    def answers_as_the_second(self, who: int, number: int, agree: bool, bound: bool) -> None:
        found = self.case(number)
        if found is None:
            return
        version, seen = self.screens[who].get(found[0], (None, None))
        with unit(self.database) as work:
            before = work.credentials.get(found[0])
        answered = self.act(
            lambda work: second_verifier.confirm_decision(
                work, credential_id=found[0], verifier=self.verifiers[who], agree=agree,
                expected_version=version if bound else None, now=self.now,
            )
        )  # fmt: skip
        self.reached["confirmation of another version"] += (
            isinstance(answered, VersionConflict) and before.pending_decision is not None and not bound
        )
        if not isinstance(answered, Credential):
            return
        assert version == before.version, "a verifier has answered what was not on the screen"
        if agree and before.pending_decision == "VALIDATE":
            self.reached["confirmed"] += 1
            assert self.waiting[found[0]] == seen, "the two verifiers have not seen the same"
            self.agree(found[0], seen)

    @rule(who=VERIFIERS, number=CASES, revokes=st.booleans())
    def suspends(self, who: int, number: int, revokes: bool) -> None:
        if found := self.case(number):
            act = ending.revoke_credential if revokes else ending.suspend_credential
            more: dict[str, Any] = {"effective_on": None} if revokes else {}
            self.act(
                lambda work: act(
                    work, credential_id=found[0], verifier=self.verifiers[who], reason="SANCTIONED", note=None,
                    now=self.now, **more,
                )
            )  # fmt: skip

    # ------------------------------------------------------------------ the admin, and time

    @rule(who=OWNERS, lifts=st.booleans())
    def suspends_an_account(self, who: int, lifts: bool) -> None:
        self.act(
            lambda work: suspend_account(
                work, admin=self.admin, person_id=self.owners[who],
                reason="Under investigation", until=self.now - timedelta(days=1) if lifts else None, now=self.now,
            )
        )  # fmt: skip

    @rule(minutes=st.sampled_from([1, 16, 73 * 60, 15 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for own, _ in self.cases:
            with unit(self.database) as work:
                found = work.credentials.lock(own)
                if found.pending_decision is not None and found.pending_expires_at <= self.now:
                    lapse(work, found, now=self.now)

    # ------------------------------------------------------------------ what must hold

    @invariant()
    @precondition(lambda self: bool(getattr(self, "cases", None)))
    def what_is_said_was_on_a_screen(self) -> None:
        """Of every credential that counts; of what others see; and of proofs."""
        for person in self.owners:
            with unit(self.database) as work:
                held = [one for one in work.credentials.of_person(person) if one.status == domain.VALIDATED]
                snapshot = read_profile(work.people, person)
                for one in held:
                    says = (one.holder, one.number, one.specialty, one.issued_on, one.expires_on, one.other_name)
                    assert says == self.agreed[one.id], "a credential says what no verifier had on the screen"
                known = {snapshot["name"]}
                for pair in self.beside[person] * len(self.beside[person]):
                    known |= pair if known & pair else set()
                who = {self.agreed[one.id][0].name for one in held if one.kind in {"LICENCE", "IDENTITY"}}
                assert who <= known, "credentials of two names count together, and no verifier has seen both"
                # Of other names: each with the name beside which it is shown. They say nothing about who somebody is.
                names = {(self.agreed[one.id][0].name, self.agreed[one.id][-1]) for one in held if one.kind == "NAME"}
                seen = [self.agreed[one.id] for one in held if one.kind != "NAME"]
                if seen:
                    assert snapshot["name"] in {holder.name for holder, *_ in seen}
                beside = {(snapshot["name"], OtherName(one["text"], one["use"])) for one in snapshot["other_names"]}
                assert beside <= names, "another name is shown beside a name beside which no verifier had it"
                assert seen or not beside
                self.reached["named"] += bool(beside)
                licences = [self.agreed[one.id] for one in held if one.kind == "LICENCE"]
                if licences:
                    assert snapshot["profession"] in {holder.profession for holder, *_ in licences}
                    shown = {item["code"] for item in snapshot["specialties"]}
                    assert shown <= {code for holder, *_ in licences for code in holder.specialties} | {
                        specialty for _, _, specialty, *_ in seen
                    }
                try:
                    token = make_proof(
                        work.proofs, SIGNER, snapshot=snapshot, audience="a", public_url="http://x", now=NOW
                    ).token
                except DomainError:
                    continue
                says = check_proof(work.proofs, SIGNER, token=token, audience="a", now=NOW)
            self.reached["proved"] += 1
            assert says["name"] in {holder.name for holder, *_ in seen}
            assert says["profession"] in {None, *(holder.profession for holder, *_ in licences)}
            assert set(says["specialties"]) <= {specialty for _, _, specialty, *_ in seen}

    @invariant()
    @precondition(lambda self: bool(getattr(self, "cases", None)))
    def a_document_of_a_closed_case_has_a_day_of_deletion(self) -> None:
        for own, _ in self.cases:
            with unit(self.database) as work:
                found = work.credentials.get(own)
            if found.desk_since is None:
                assert all(one.delete_at is not None for one in self.documents(own)), found.status


@pytest.mark.filterwarnings("ignore")
def test_whatever_happens_a_statement_was_on_a_verifiers_screen(database: sa.Engine) -> None:
    """Names, professions, specialties, numbers and days, whoever does what in which order."""
    StatementMachine.database, StatementMachine.reached = database, Counter()
    run_state_machine_as_test(
        StatementMachine,
        settings=settings(
            max_examples=20, stateful_step_count=35, derandomize=True, suppress_health_check=list(HealthCheck)
        ),
    )  # fmt: skip
    wanted = {"validated", "waiting", "confirmed", "proved", "decided after a change", "named"}
    assert {name for name in wanted if StatementMachine.reached[name]} == wanted, StatementMachine.reached
