"""From a sign-up to the right to practise: after each act, one query says what is done, what waits for whom and what is next."""

from __future__ import annotations

from typing import Any

from kit.clock import new_id
from tests.e2e.test_verification import NUMBERS, PDF, authority, http, level
from tests.support.casework import SOURCE
from tests.support.network import told
from tests.support.stack import PASSWORD, Stack

STEPS = """query($language: LanguageTag) { viewer { verificationMissing professional { id verification }
    verificationSteps(language: $language) { kind state waitsFor since usualWaitHoursP50 usualWaitHoursP90 title text nextStep
    credential { id verificationStatus provesIdentity } } } }"""


def viewer(stack: Stack, token: str, language: str = "en") -> dict[str, Any]:
    """What somebody reads about themselves."""
    return dict(stack.data(STEPS, token, language=language)["viewer"])


def states(stack: Stack, token: str) -> list[tuple[str, str | None]]:
    """State and whose turn it is, of each step."""
    return [(one["state"], one["waitsFor"]) for one in viewer(stack, token)["verificationSteps"]]


def at(stack: Stack, url: str) -> str:
    """An address of the instance as it is reached here."""
    return url.replace("http://127.0.0.1:8000", stack.url)


def test_one_licence_with_a_document_leads_to_the_right_to_practise(stack: Stack) -> None:
    """Each act is written once and read once, by the applicant and at the end by another member."""
    assert stack.data(STEPS, None) == {"viewer": None}
    email = f"{new_id()}@ladder.example"
    token, vera = stack.sign_up_only("Leiter Schritt", email, ["DE"]), stack.sign_in("vera")
    todo, applicant = ("TO_DO", "APPLICANT"), viewer(stack, token)
    assert states(stack, token) == [todo, todo, todo]
    assert applicant["verificationMissing"] == ["CONFIRM_EMAIL", "LICENCE", "IDENTITY"]
    mailed = stack.mailed(email, "confirm-address")
    confirmed = stack.change("confirmEmail", "session { accessToken }", None, token=mailed, password=PASSWORD)
    token = confirmed["session"]["accessToken"]
    assert states(stack, token) == [("DONE", None), todo, todo]

    submitted = stack.change(
        "submitCredential", "credential { id }", token, credentialKind="LICENCE", jurisdiction="DE",
        authority=authority(stack, "DE"), number=next(NUMBERS),
    )["credential"]["id"]  # fmt: skip
    waiting = ("WAITING", "VERIFIER")
    assert states(stack, token) == [("DONE", None), waiting, todo]
    address = stack.change(
        "requestEvidenceUpload", "uploadUrl", token, credential=submitted, mediaType="application/pdf", bytes=len(PDF)
    )["uploadUrl"]
    assert http(at(stack, address), "PUT", PDF)[0] == 201
    assert states(stack, token) == [("DONE", None), waiting, waiting]
    german = viewer(stack, token, "de")["verificationSteps"][1]
    assert (german["title"], german["nextStep"]) == (
        "Zulassung zur Berufsausübung", "Sie müssen nichts tun. Wir sagen Ihnen, wenn es entschieden ist."
    )  # fmt: skip
    assert german["credential"] == {"id": submitted, "verificationStatus": "ATTESTED", "provesIdentity": False}

    stack.change("takeCase", "credential { version }", vera, credential=submitted)
    question = {"decision": "REQUEST_INFO", "reason": "INSUFFICIENT_EVIDENCE", "note": "Since when?"}
    stack.change("decideCredential", "credential { version }", vera, id=submitted, **question)
    asked = viewer(stack, token)["verificationSteps"][1]
    assert (asked["state"], asked["waitsFor"]) == ("NEEDS_ANSWER", "APPLICANT")
    assert asked["text"].endswith("): Since when?")
    assert told(stack, token, "CREDENTIAL_DECIDED")[0]["text"] == (
        "A verifier has a question about one of your credentials."
    )
    stack.change("updateCredential", "credential { version }", token, id=submitted, message="Since 2019.")
    assert states(stack, token) == [("DONE", None), waiting, waiting]

    stack.change("takeCase", "credential { version }", vera, credential=submitted)
    shown = "query($id: ID!) { node(id: $id) { ... on Credential { evidence { downloadUrl } } } }"
    (document,) = stack.data(shown, vera, id=submitted)["node"]["evidence"]
    assert http(at(stack, document["downloadUrl"]))[0] == 200
    decided = stack.change(
        "decideCredential", "credential { verificationStatus provesIdentity }", vera, id=submitted, decision="VALIDATE",
        reason="CONFIRMED_AT_SOURCE", sourceUrl=SOURCE, nameConfirmed=True,
    )  # fmt: skip
    assert decided["credential"] == {"verificationStatus": "VALIDATED", "provesIdentity": True}
    done = viewer(stack, token)
    assert (done["verificationMissing"], done["professional"]["verification"]) == ([], "RIGHT_TO_PRACTISE")
    assert [(one["state"], one["nextStep"]) for one in done["verificationSteps"]] == [("DONE", None)] * 3
    assert [one["credential"] and one["credential"]["id"] for one in done["verificationSteps"]] == [
        None, submitted, submitted
    ]  # fmt: skip
    assert level(stack, done["professional"]["id"]) == "RIGHT_TO_PRACTISE"
    assert told(stack, token, "CREDENTIAL_DECIDED")[0]["text"] == "One of your credentials was verified."

    stack.change("suspendCredential", "credential { version }", vera, id=submitted, reason="SANCTIONED")
    lost = viewer(stack, token)
    assert (lost["verificationMissing"], lost["professional"]["verification"]) == (
        ["LICENCE", "IDENTITY"],
        "UNVERIFIED",
    )
    assert (lost["verificationSteps"][1]["state"], lost["verificationSteps"][1]["waitsFor"]) == (
        "SUSPENDED", "SECOND_VERIFIER"
    )  # fmt: skip
    assert level(stack, done["professional"]["id"]) == "UNVERIFIED"
    assert (
        told(stack, token, "CREDENTIAL_DECIDED")[0]["text"] == "One of your credentials is suspended. You can appeal."
    )
