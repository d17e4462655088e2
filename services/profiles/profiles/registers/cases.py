"""What a copy of a register puts on the desk, and what it says of people, remembered for an undo."""

from __future__ import annotations

from kit.practice import ENDED, RETIRED
from profiles.checks.domain import PASS
from profiles.credentials.domain import PROPOSALS, Credential
from profiles.credentials.kinds import LICENCE
from profiles.registers.domain import OpenedCase
from profiles.unit_of_work import UnitOfWork


def ended_practice(work: UnitOfWork, credential: Credential) -> str | None:
    """The practice status that a register gives somebody whose name it has; None where it says nothing new.

    Who has retired in one country may practise in another one.
    """
    entry = work.registers.look_up(credential.authority or "", credential.number or "")[1]
    named = any(one.name == "NAME_MATCH" and one.outcome == PASS for one in credential.checks)
    person = work.people.get(credential.person_id)
    if entry is None or entry.practice is None or not named or person is None or person.practice_status in ENDED:
        return None
    elsewhere = work.credentials.lock_licences(credential.person_id, except_id=credential.id)
    return None if entry.practice == RETIRED and elsewhere else entry.practice


def remember(work: UnitOfWork, snapshot_id: str, credential: Credential, *, stops: bool, practice: str | None) -> None:
    """Remember what a copy is about to put on the desk, and the licences that come there because that one is lost.

    Args:
        practice: the practice status that the copy gives the owner.
    """
    person = work.people.get(credential.person_id) if practice is not None else None
    others = (
        work.credentials.lock_licences(credential.person_id, except_id=credential.id)
        if stops and credential.kind == LICENCE
        else []
    )
    for one, reason in ((credential, "REGISTER_CHANGED"), *((other, "LOST_ELSEWHERE") for other in others)):
        if one is credential or one.review_reason is None or one.review_reason in PROPOSALS:
            before: dict[str, object] = {
                "standing": one.standing, "previous_standing": one.previous_standing, "review_reason": one.review_reason,
                "desk_since": one.desk_since.isoformat() if one.desk_since else None,
                "requested_info": one.requested_info, "revalidation": one.revalidation,
            }  # fmt: skip
            if person is not None and one is credential:
                before["practice"] = {"given": practice, "before": person.practice_status}
            work.registers.note_case(snapshot_id, OpenedCase(one.id, reason, stops and one is credential, before))
