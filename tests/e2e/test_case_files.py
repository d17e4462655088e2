"""The desk's screens through GraphQL: facts beside a case, notes, assignment, filters, figures, and a page in one query."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from PIL import Image

from tests.e2e.test_verification import NUMBERS, PDF, address, http, submit
from tests.support.casework import decide
from tests.support.network import codes, me
from tests.support.stack import Stack

CASE = """
query($id: ID!) { node(id: $id) { ... on Credential {
  version takenByName registerLink
  checks { name outcome }
  history(last: 5) { personName person { name } reason reasonText(language: "de") }
  caseFile {
    otherCredentials { credential verificationStatus reason reasonText(language: "fr") decidedAt submittedAt }
    conflicts { credential applicantName sameNumber sameProfile }
    registerRow { found name }
    claim { name }
    notes { author { name } authorName text }
    assignee { name } assigneeName
  }
} } }
"""
# Everything that a screen of the desk shows, of 50 cases.
PAGE = """
query($filter: VerificationQueueFilter, $after: String) { verificationQueue(filter: $filter, first: 50, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes {
    id credentialKind number jurisdiction verificationStatus standing submittedAt version registerLink message requestedInfo
    reviewReason appealUntil appealStatement leaseUntil takenByName verifiedName declaredName
    owner { id name }
    authority { id name url }
    holder { name profession { code } practisedSpecialties { code } }
    otherName { text use }
    proposed { changes expiresOn }
    checks { name outcome detail at }
    evidence { id fileName mediaType bytes downloadUrl deleteAt }
    earlierDecisions(first: 5) { at outcome reason reasonText byTwo credential sameNumber samePerson sameDocument }
    history(last: 10) { at personName from to reason reasonText note }
    takenBy { id }
    pendingDecision { decision reason reasonText note byName by { id } at expiresAt }
    caseFile {
      otherCredentials(first: 10) { credential credentialKind verificationStatus standing reason reasonText decidedAt submittedAt }
      conflicts(first: 5) { credential applicantName jurisdiction verificationStatus sameNumber sameProfile }
      registerRow { found asOf name standing expiresOn }
      claim { name sameNumber profile { id handle } }
      notes(last: 5) { authorName at text }
      assignee { id } assigneeName
    }
  }
} }
"""
FIGURES = """
{ deskFigures { waiting taken awaitingSecond appeals awaitingApplicant mine oldest shareAppealed
  byJurisdiction { jurisdiction cases oldest } byStatus { verificationStatus cases } byAge { fromHours toHours cases }
  decidedPerDay { day decided validated rejected } } }
"""


def case(stack: Stack, token: str, own: str) -> dict[str, Any]:
    """A case as somebody sees it."""
    return dict(stack.data(CASE, token, id=own)["node"])


def unique(found: dict[str, Any]) -> str:
    """How the check NUMBER_UNIQUE came out."""
    return next(one["outcome"] for one in found["checks"] if one["name"] == "NUMBER_UNIQUE")


@pytest.fixture(scope="module")
def conflict(stack: Stack) -> dict[str, str]:
    """Two people with one number, of whom the second was rejected before."""
    vera, number = stack.sign_in("vera"), next(NUMBERS)
    first, second = (stack.sign_up(name, address(), ["DE"]) for name in ("Erste Person", "Zweite Person"))
    rejected = submit(stack, second)["id"]
    assert codes(decide(stack, vera, rejected, "REJECT", reason="FORGED_DOCUMENT")) == []
    return {
        "first": submit(stack, first, number=number)["id"], "second": submit(stack, second, number=number)["id"],
        "rejected": rejected, "first token": first, "second token": second,
    }  # fmt: skip


def test_verifiers_see_the_conflict_on_both_cases_and_what_was_decided_before(
    stack: Stack, conflict: dict[str, str]
) -> None:
    """People by name and reasons in words; the applicant sees nothing of it."""
    vera = stack.sign_in("vera")
    first, second = case(stack, vera, conflict["first"]), case(stack, vera, conflict["second"])
    assert (unique(first), unique(second)) == ("FAIL", "FAIL")
    assert first["caseFile"]["conflicts"] == [
        {"credential": conflict["second"], "applicantName": "Zweite Person", "sameNumber": True, "sameProfile": False}
    ]
    assert [one["credential"] for one in second["caseFile"]["conflicts"]] == [conflict["first"]]
    (other,) = second["caseFile"]["otherCredentials"]
    assert {name: other[name] for name in ("credential", "verificationStatus", "reason", "reasonText")} == {
        "credential": conflict["rejected"], "verificationStatus": "VAL_FAIL", "reason": "FORGED_DOCUMENT",
        "reasonText": "Un document n’est pas authentique.",
    }  # fmt: skip
    assert other["decidedAt"] > other["submittedAt"]
    decided = case(stack, vera, conflict["rejected"])["history"][-1]
    assert decided == {
        "personName": "Vera Kessler", "person": {"name": "Vera Kessler"}, "reason": "FORGED_DOCUMENT",
        "reasonText": "Ein Dokument ist nicht echt.",
    }  # fmt: skip
    own = case(stack, conflict["second token"], conflict["rejected"])
    assert own["caseFile"] is None
    assert own["history"][-1] == decided | {"personName": None, "person": None}
    assert unique(case(stack, conflict["first token"], conflict["first"])) == "OPEN"


def test_notes_and_assignment_are_for_verifiers(stack: Stack, conflict: dict[str, str]) -> None:
    """By name; whoever holds cases gives them back together."""
    vera, vito, own = stack.sign_in("vera"), stack.sign_in("vito"), conflict["first"]
    note = {"credential": own, "text": "I called the chamber."}
    assert codes(stack.change("addCaseNote", "__typename", vera, **note)) == []
    assert codes(stack.change("addCaseNote", "__typename", conflict["first token"], **note)) == ["FORBIDDEN"]
    assert codes(stack.change("addCaseNote", "__typename", vera, **note | {"text": " "})) == ["INVALID"]
    assigned = stack.change("assignCase", "credential { version }", vera, credential=own, assignee=me(stack, vito))
    assert codes(assigned) == []
    refused = stack.change("assignCase", "__typename", vera, credential=own, assignee=me(stack, stack.sign_in("maria")))
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("INVALID", ["assignee"])]
    found = case(stack, vito, own)
    assert found["version"] == assigned["credential"]["version"]
    assert found["caseFile"]["notes"] == [
        {"author": {"name": "Vera Kessler"}, "authorName": "Vera Kessler", "text": "I called the chamber."}
    ]
    assert (
        found["caseFile"]["assigneeName"]
        == stack.data("{ viewer { professional { name } } }", vito)["viewer"]["professional"]["name"]
    )
    assert case(stack, conflict["first token"], own)["caseFile"] is None
    mine = "{ verificationQueue(filter: {mineOnly: true}, first: 100) { totalCount nodes { id } } }"
    page = stack.data(mine, vito)["verificationQueue"]
    assert own in [one["id"] for one in page["nodes"]]
    assert page["totalCount"] == len(page["nodes"])
    # Not by Vera, who holds a case of the demo network that other tests look for.
    for one in (own, conflict["second"]):
        assert codes(stack.change("takeCase", "__typename", vito, credential=one)) == []
    released = stack.change("releaseCases", "credentials { id takenBy { id } }", vito)
    assert {one["id"] for one in released["credentials"]} >= {own, conflict["second"]}
    assert {str(one["takenBy"]) for one in released["credentials"]} == {"None"}
    assert stack.change("releaseCases", "credentials { id }", vito)["credentials"] == []


def test_the_queue_is_searched_and_the_desk_has_figures(stack: Stack, conflict: dict[str, str]) -> None:
    """By number however it is written, by name and by check; figures count what the filter finds."""
    vera = stack.sign_in("vera")
    queue = (
        "query($filter: VerificationQueueFilter) { verificationQueue(filter: $filter, first: 100) "
        "{ totalCount nodes { id number } } }"
    )

    def found(**given: Any) -> list[str]:
        page = stack.data(queue, vera, filter=given)["verificationQueue"]
        assert page["totalCount"] == len(page["nodes"])
        return [one["id"] for one in page["nodes"]]

    number = stack.data(
        "query($id: ID!) { node(id: $id) { ... on Credential { number } } }", vera, id=conflict["first"]
    )["node"]["number"]
    both = [conflict["first"], conflict["second"]]
    assert found(number=f"{number[:3]} {number[3:6]} {number[6:]}") == both
    assert found(name="ZWEITE pers", number=number) == [conflict["second"]]
    assert found(number=number, check={"name": "NUMBER_UNIQUE", "outcome": "FAIL"}) == both
    assert found(number=number, appealsOnly=True) == []
    assert found(number=number, credentialKinds=["DEGREE"]) == []
    figures = stack.data(FIGURES, vera)["deskFigures"]
    assert figures["waiting"] == sum(one["cases"] for one in figures["byJurisdiction"])
    assert figures["waiting"] == sum(one["cases"] for one in figures["byAge"])
    assert figures["waiting"] == sum(one["cases"] for one in figures["byStatus"])
    assert sum(one["rejected"] for one in figures["decidedPerDay"]) >= 1
    assert 0 <= figures["shareAppealed"] <= 1
    refused = stack.run(FIGURES, stack.sign_in("maria"))["errors"]
    assert [one["extensions"]["code"] for one in refused] == ["FORBIDDEN"]


def test_a_page_of_fifty_cases_with_everything_is_one_query(stack: Stack) -> None:
    """Within the limits of an operation."""
    vera = stack.sign_in("vera")
    for n in range(3):
        token = stack.sign_up(f"Viele Anträge {n}", address(), ["DE"])
        for _ in range(20):
            submit(stack, token)
    began = time.perf_counter()
    page = stack.data(PAGE, vera, filter={"jurisdictions": ["DE"], "name": "viele antrage"})["verificationQueue"]
    taken = time.perf_counter() - began
    assert (page["totalCount"], len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (60, 50, True)
    assert {len(one["caseFile"]["otherCredentials"]) for one in page["nodes"]} == {10}
    print(f"a page of 50 cases took {taken:.2f} s")


def test_a_document_is_shown_as_an_image_and_that_is_audited(stack: Stack) -> None:
    """It opens the document for a decision, keeps nothing but pixels, and each page is shown by its number."""
    vera, token = stack.sign_in("vera"), stack.sign_up("Zeigt Papier", address(), ["DE"])
    own = submit(stack, token)["id"]
    pages, out = [Image.new("RGB", (300, 400), colour) for colour in ("white", "black")], io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    for content, name in ((out.getvalue(), "Urkunde.pdf"), (PDF, "broken.pdf")):
        upload = stack.change(
            "requestEvidenceUpload", "uploadUrl", token, credential=own, mediaType="application/pdf", bytes=len(content)
        )["uploadUrl"]
        sent = http(
            upload.replace("http://127.0.0.1:8000", stack.url), "PUT", content, Content_Type="application/pdf",
            Content_Disposition=f"attachment; filename={name}",
        )  # fmt: skip
        assert sent[0] == 201, sent
    query = "query($id: ID!) { node(id: $id) { ... on Credential { evidence { fileName pageCount previewUrl downloadUrl } } } }"

    def documents() -> list[dict[str, Any]]:
        return list(stack.data(query, vera, id=own)["node"]["evidence"])

    paper, broken = documents()
    assert [one["pageCount"] for one in (paper, broken)] == [None, None]

    def get(url: str) -> tuple[int, Any, bytes]:
        status, headers, body = http(url.replace("http://127.0.0.1:8000", stack.url), "GET")
        return status, headers, body

    for suffix, light in (("", True), ("?page=2", False)):
        status, headers, body = get(paper["previewUrl"] + suffix)
        assert (status, headers["Content-Type"], headers["Cross-Origin-Resource-Policy"]) == (
            200,
            "image/jpeg",
            "cross-origin",
        )
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
        assert (Image.open(io.BytesIO(body)).convert("L").getpixel((50, 50)) > 128) is light
    assert [get(url)[0] for url in (paper["previewUrl"] + "?page=3", broken["previewUrl"], paper["previewUrl"] + "x")] == [
        422, 422, 404,
    ]  # fmt: skip
    assert [(one["fileName"], one["pageCount"]) for one in documents()] == [("Urkunde.pdf", 2), ("broken.pdf", None)]
    admin = stack.sign_in("admin")
    log = "query($id: String!) { auditLog(object: $id, first: 50) { nodes { action } } }"
    assert [one["action"] for one in stack.data(log, admin, id=own)["auditLog"]["nodes"]].count("evidence.view") == 4
    given = {"reason": "CONFIRMED_BY_DOCUMENT", "method": "DOCUMENT"}
    refused = decide(stack, vera, own, **given)  # what could not be shown was not opened
    assert [one["message"] for one in refused["userErrors"]] == [
        "Open the documents first (evidence.downloadUrl): broken.pdf."
    ]
    assert get(broken["downloadUrl"])[0] == 200
    seen = decide(stack, vera, own, **given)
    assert (codes(seen), seen["credential"]["verificationStatus"]) == ([], "VALIDATED")
