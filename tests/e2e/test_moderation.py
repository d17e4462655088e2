"""What is held, reported, decided and appealed; context notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit.clock import new_id
from tests.e2e.test_verification import verified
from tests.support.casework import decide as decide_case
from tests.support.network import DISCUSSION, POST, answer, codes, discuss, group, join, me, newcomer, told
from tests.support.roles import protected, the_only_admin
from tests.support.stack import Stack, eventually

DOUBTFUL = "Our form shows 9434765919 below."  # could be a number of the NHS, or of something else
FLAG = "flag { id flagStatus origin reason detail takenBy { id } reporter { id } decision { id action facts } }"
DECIDED = (
    FLAG + " decision { id action facts clause automatedDetection automatedDecision appealUntil policy { policyKind } }"
)
REASONS = {"facts": "It says what no study shows.", "clause": "Community guidelines, 3"}


@pytest.fixture(scope="module")
def place(stack: Stack) -> str:
    """A group of Maria's in which Jonas and Amina are."""
    own = group(stack, stack.sign_in("maria"))
    join(stack, stack.sign_in("jonas"), own)
    join(stack, stack.sign_in("amina"), own)
    return own


def queue(stack: Stack, who: str, **given: Any) -> list[dict[str, Any]]:
    """What waits for a moderator."""
    found = stack.data(
        """query($f: FlagFilter) { moderationQueue(filter: $f, first: 100) { nodes { id origin reason flagStatus detail
           reporter { id } subject { __typename id ... on Discussion { title body state } ... on Post { body state } } } } }""",
        stack.sign_in(who), f=given,
    )  # fmt: skip
    return list(found["moderationQueue"]["nodes"])


def text_of(stack: Stack, token: str, own: str) -> Any:
    """State and body of a content as somebody reads it."""
    return stack.data(
        "query($id: ID!) { node(id: $id) { ... on Discussion { state body title labels { code text(language: \"de\") } } "
        "... on Post { state body labels { code } } } }",
        token, id=own,
    )["node"]  # fmt: skip


def decide(stack: Stack, who: str, flag: str, action: str, **given: Any) -> dict[str, Any]:
    """A decision."""
    return dict(stack.change("decideFlag", DECIDED, stack.sign_in(who), id=flag, action=action, **REASONS, **given))


def test_a_doubtful_text_is_held_until_a_moderator_publishes_it(stack: Stack, place: str) -> None:
    """Only its author and moderators read it meanwhile, and each view by a moderator is audited."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    payload = stack.change(
        "createDiscussion", DISCUSSION, maria, group=place, title="Numbers", body=DOUBTFUL, language="en"
    )
    assert codes(payload) == ["HELD_FOR_REVIEW"]
    own = payload["discussion"]["id"]
    assert (payload["discussion"]["state"], payload["discussion"]["body"]) == ("HELD", DOUBTFUL)
    (found,) = payload["patientIdentifiers"]
    assert DOUBTFUL[found["start"] : found["end"]] == "9434765919"
    assert text_of(stack, jonas, own) is None
    listed = "query($id: ID!) { group(by: {id: $id}) { discussions(first: 50) { nodes { id } } } }"
    assert own not in str(stack.data(listed, jonas, id=place))
    assert own in str(stack.data(listed, maria, id=place))
    (flag,) = [one for one in queue(stack, "mod", origin="SYSTEM") if (one["subject"] or {}).get("id") == own]
    assert flag["subject"]["body"] == DOUBTFUL
    from gateway.ids import decode

    content = decode(own)
    assert content is not None
    audit = lambda: stack.data(  # noqa: E731
        "query($o: String) { auditLog(object: $o, first: 20) { nodes { action actor } } }", stack.sign_in("admin"),
        o=f"Discussion:{content[1]}",
    )["auditLog"]["nodes"]  # fmt: skip
    eventually(lambda: "content.view-held" in [one["action"] for one in audit()], 10)
    decided = decide(stack, "mod", flag["id"], "RESTORE")
    assert codes(decided) == [], decided
    assert text_of(stack, jonas, own)["body"] == DOUBTFUL
    (statement,) = [
        one
        for one in stack.data(
            "{ viewer { decisions { nodes { automatedDetection automatedDecision action subject { id } } } } }", maria
        )["viewer"]["decisions"]["nodes"]
        if (one["subject"] or {}).get("id") == own
    ]
    assert statement == {
        "automatedDetection": True,
        "automatedDecision": False,
        "action": "RESTORE",
        "subject": {"id": own},
    }


def test_a_held_text_is_nowhere_in_the_clear_and_a_removed_one_is_gone(stack: Stack, place: str) -> None:
    """Also an edit is held, and what it said before stays in the history until then."""
    jonas, maria = stack.sign_in("jonas"), stack.sign_in("maria")
    opened = discuss(stack, maria, place)["id"]
    post = answer(stack, jonas, opened, "Nothing special.")["id"]
    edited = stack.change("editPost", POST, jonas, id=post, body=DOUBTFUL)
    assert codes(edited) == ["HELD_FOR_REVIEW"]
    assert text_of(stack, maria, post) is None
    (flag,) = [one for one in queue(stack, "mod") if (one["subject"] or {}).get("id") == post]
    decide(stack, "mod", flag["id"], "REMOVE")
    assert text_of(stack, jonas, post) == {"state": "DELETED", "body": None, "labels": []}


def test_a_held_answer_is_counted_only_once_it_is_published(stack: Stack, place: str) -> None:
    """Others cannot tell before that it is there: neither from what is unread, nor from counts and times, on every page."""
    maria, amina = stack.sign_in("maria"), stack.sign_in("amina")
    opened = discuss(stack, maria, place)["id"]
    answer(stack, maria, opened, "Nothing special.")
    counts = "id postCount lastPostAt unreadCount posts { totalCount nodes { body } }"
    single = f"query($id: ID!) {{ node(id: $id) {{ ... on Discussion {{ {counts} }} }} }}"
    page = f"query($id: ID!) {{ group(by: {{id: $id}}) {{ discussions(first: 50) {{ nodes {{ {counts} }} }} }} }}"

    def seen() -> list[dict[str, Any]]:
        nodes = stack.data(page, maria, id=place)["group"]["discussions"]["nodes"]
        return [stack.data(single, maria, id=opened)["node"], *(node for node in nodes if node["id"] == opened)]

    before = seen()
    payload = stack.change("addPost", POST, amina, discussion=opened, body=DOUBTFUL, language="en")
    assert codes(payload) == ["HELD_FOR_REVIEW"]
    assert seen() == before
    (flag,) = [one for one in queue(stack, "mod") if (one["subject"] or {}).get("id") == payload["post"]["id"]]
    decide(stack, "mod", flag["id"], "RESTORE")
    after = seen()
    assert [one["unreadCount"] for one in after] == [1, 1]
    assert [[one["postCount"], one["posts"]["totalCount"], len(one["posts"]["nodes"])] for one in after] == [
        [2] * 3
    ] * 2
    assert after[0]["lastPostAt"] > before[0]["lastPostAt"]
    assert codes(stack.change("editPost", POST, amina, id=payload["post"]["id"], body=DOUBTFUL + " Again.")) == [
        "HELD_FOR_REVIEW"
    ]
    assert [one["postCount"] for one in seen()] == [1, 1]
    stack.change("deletePost", "post { state }", amina, id=payload["post"]["id"])
    assert [one["postCount"] for one in seen()] == [2, 2]


def test_what_flags_and_decisions_are_about_is_answered_wherever_they_stand(stack: Stack, place: str) -> None:
    """By a mutation as by the queue, also what is held; of a list of decisions by each, not by the first alone."""
    maria, mod = stack.sign_in("maria"), stack.sign_in("mod")
    own = [
        stack.change("createDiscussion", DISCUSSION, maria, group=place, title="Numbers", body=DOUBTFUL, language="en")[
            "discussion"
        ]["id"]
        for _ in range(2)
    ]
    flags = {one["subject"]["id"]: one["id"] for one in queue(stack, "mod", origin="SYSTEM") if one["subject"]}
    about = "flag { subject { id ... on Discussion { body } } }"
    for text in own:
        taken = stack.change("takeFlag", about, mod, id=flags[text])
        assert taken["flag"]["subject"] == {"id": text, "body": DOUBTFUL}
        decided = stack.change(
            "decideFlag", f"{about} decision {{ subject {{ id }} }}", mod, id=flags[text], action="RESTORE", **REASONS
        )
        assert (decided["flag"]["subject"]["id"], decided["decision"]["subject"]["id"]) == (text, text)
    listed = "{ viewer { decisions(first: 2) { nodes { subject { id } } } } }"
    assert [one["subject"]["id"] for one in stack.data(listed, maria)["viewer"]["decisions"]["nodes"]] == own[::-1]


def test_the_guard_never_stores_what_it_refuses(stack: Stack, place: str) -> None:
    """And a failing service on the way changes nothing: retried, it is refused again."""
    maria = stack.sign_in("maria")
    count = "query($id: ID!) { group(by: {id: $id}) { discussions(first: 1) { totalCount } } }"
    before = stack.data(count, maria, id=place)["group"]["discussions"]["totalCount"]
    for _ in range(2):
        payload = stack.change(
            "createDiscussion", DISCUSSION, maria, group=place, title="t", body="Frau Müller, geb. 12.08.1964, wurde aufgenommen",
            language="de", idempotency_key=f"same-{place}"[:60],
        )  # fmt: skip
        assert codes(payload) == ["PATIENT_IDENTIFIER"]
        assert {one["identifierKind"] for one in payload["patientIdentifiers"]} == {"NAME", "DATE"}
    assert stack.data(count, maria, id=place)["group"]["discussions"]["totalCount"] == before


def test_a_report_is_decided_appealed_and_decided_by_another(stack: Stack, place: str) -> None:
    """The author learns facts and clause, never who reported or decided; the admin sees who reported."""
    maria, jonas, amina = stack.sign_in("maria"), stack.sign_in("jonas"), stack.sign_in("amina")
    own = discuss(stack, jonas, place, body="Garlic cures sepsis.")["id"]
    flagged = stack.change("flag", FLAG, maria, subject=own, reason="MISINFORMATION", detail="No source")
    assert flagged["flag"]["reporter"] is None
    again = stack.change("flag", "flag { id }", maria, subject=own, reason="SPAM")
    assert again["flag"]["id"] == flagged["flag"]["id"]
    assert codes(stack.change("flag", "flag { id }", jonas, subject=own, reason="OTHER")) == ["FORBIDDEN"]
    second = stack.change("flag", "flag { id }", amina, subject=own, reason="MISINFORMATION")["flag"]["id"]
    flag = flagged["flag"]["id"]
    assert next(one for one in queue(stack, "admin") if one["id"] == flag)["reporter"]["id"] == me(stack, maria)
    assert next(one for one in queue(stack, "mod") if one["id"] == flag)["reporter"] is None
    taken = stack.change("takeFlag", FLAG, stack.sign_in("mod"), id=flag)
    assert taken["flag"]["flagStatus"] == "TAKEN"
    assert codes(decide(stack, "admin", flag, "NONE")) == ["CONFLICT"]
    assert codes(stack.change("decideFlag", FLAG, stack.sign_in("mod"), id=flag, action="LABEL", **REASONS)) == [
        "INVALID"
    ]
    decided = decide(stack, "mod", flag, "HIDE")
    assert decided["flag"]["flagStatus"] == "UPHELD"
    assert decided["decision"]["policy"] == {"policyKind": "COMMUNITY_GUIDELINES"}
    assert text_of(stack, maria, own)["state"] == "HIDDEN"
    assert text_of(stack, maria, own)["body"] is None
    assert text_of(stack, jonas, own)["body"] == "Garlic cures sepsis."
    told_jonas = told(stack, jonas, "MODERATION_DECIDED")[0]
    assert told_jonas["actor"] is None
    assert told_jonas["subject"] == {"__typename": "ModerationDecision", "id": decided["decision"]["id"]}
    assert told(stack, amina, "MODERATION_DECIDED")[0]["subject"]["id"] == decided["decision"]["id"]
    assert second not in [one["id"] for one in queue(stack, "mod")]
    assert codes(
        stack.change(
            "appealDecision",
            "decision { id }",
            stack.sign_in("noel"),
            decision=decided["decision"]["id"],
            statement="I want to know.",
        )
    ) == ["NOT_FOUND"]
    appealed = stack.change(
        "appealDecision",
        "decision { id }",
        jonas,
        decision=decided["decision"]["id"],
        statement="There is a study of 1858.",
    )
    assert codes(appealed) == []
    assert flag not in [one["id"] for one in queue(stack, "mod")]
    assert codes(decide(stack, "mod", flag, "RESTORE")) == ["FORBIDDEN"]
    (waiting,) = [one for one in queue(stack, "admin", statuses=["APPEALED"]) if one["id"] == flag]
    assert waiting["flagStatus"] == "APPEALED"
    final = decide(stack, "admin", flag, "RESTORE")
    assert final["flag"]["flagStatus"] == "DISMISSED"
    assert text_of(stack, maria, own)["state"] == "PUBLISHED"
    assert codes(
        stack.change(
            "appealDecision", "decision { id }", maria, decision=final["decision"]["id"], statement="I do not agree."
        )
    ) == ["CONFLICT"]
    report = stack.data(
        "query($y: Int!) { transparencyReport(year: $y) { what value automated count } }",
        maria,
        y=datetime.now(UTC).year,
    )
    counted = {(one["what"], one["value"]): one["count"] for one in report["transparencyReport"]}
    assert counted["DECISIONS", "RESTORE"] >= 1
    assert counted["FLAGS", "MISINFORMATION"] >= 2


def test_an_appeal_is_not_ended_through_a_later_report(stack: Stack, place: str) -> None:
    """Neither by whose decision is appealed, who may not decide about that report, nor by whoever decides about it."""
    maria, jonas, amina = stack.sign_in("maria"), stack.sign_in("jonas"), stack.sign_in("amina")
    own = discuss(stack, jonas, place, body="Honey cures sepsis.")["id"]
    first = stack.change("flag", "flag { id }", maria, subject=own, reason="MISINFORMATION")["flag"]["id"]
    dismissed = decide(stack, "mod", first, "NONE")["decision"]["id"]
    appeal = {"decision": dismissed, "statement": "No study says so."}
    assert codes(stack.change("appealDecision", "decision { id }", maria, **appeal)) == []
    second = stack.change("flag", "flag { id }", amina, subject=own, reason="MISINFORMATION")["flag"]["id"]
    for taken in (False, True):
        if taken:
            assert codes(stack.change("takeFlag", "flag { id }", stack.sign_in("admin"), id=first)) == []
        assert not {first, second} & {one["id"] for one in queue(stack, "mod")}
        for act, given in (("takeFlag", {}), ("decideFlag", {"action": "NONE", **REASONS})):
            assert codes(stack.change(act, "flag { id }", stack.sign_in("mod"), id=second, **given)) == ["FORBIDDEN"]
    assert decide(stack, "admin", second, "NONE")["flag"]["flagStatus"] == "DISMISSED"
    (waits,) = [one for one in queue(stack, "admin") if one["id"] == first]
    assert waits["flagStatus"] == "TAKEN"
    assert decide(stack, "admin", first, "HIDE")["flag"]["flagStatus"] == "UPHELD"
    assert text_of(stack, maria, own)["state"] == "HIDDEN"
    third = discuss(stack, jonas, place, body="Salt cures sepsis.")["id"]
    later = stack.change("flag", "flag { id }", amina, subject=third, reason="MISINFORMATION")["flag"]["id"]
    assert codes(decide(stack, "mod", later, "NONE")) == []  # of another text they decide as before


def test_who_has_reported_a_text_decides_neither_about_it_nor_about_its_author_in_that_case(
    stack: Stack, place: str
) -> None:
    """Not through somebody else's report, and not on another text of the same person there; other cases go on."""
    mod, maria, jonas = stack.sign_in("mod"), stack.sign_in("maria"), stack.sign_in("jonas")
    join(stack, mod, place)
    thread = discuss(stack, jonas, place, body="Garlic cures sepsis.")["id"]
    other = answer(stack, jonas, thread, "And onions cure the rest.")["id"]
    elsewhere = discuss(stack, stack.sign_in("amina"), place, body="Leeks do nothing.")["id"]
    assert codes(stack.change("flag", "flag { id }", mod, subject=thread, reason="MISINFORMATION")) == []

    def reported(subject: str) -> str:
        return str(stack.change("flag", "flag { id }", maria, subject=subject, reason="SPAM")["flag"]["id"])

    flags = [reported(thread), reported(other)]
    lists = {who: {one["id"] for one in queue(stack, who)} for who in ("mod", "admin")}
    assert (lists["mod"] & set(flags), lists["admin"] & set(flags)) == (set(), set(flags))
    for flag in flags:
        assert codes(stack.change("takeFlag", "flag { id }", mod, id=flag)) == ["FORBIDDEN"]
        assert codes(decide(stack, "mod", flag, "REMOVE")) == ["FORBIDDEN"]
    assert text_of(stack, maria, thread)["state"] == "PUBLISHED"
    other_case = reported(elsewhere)
    assert other_case in {one["id"] for one in queue(stack, "mod")}
    assert codes(decide(stack, "mod", other_case, "NONE")) == []
    for flag in flags:
        assert codes(decide(stack, "admin", flag, "NONE")) == []


def test_labels_strikes_and_suspensions(stack: Stack, place: str) -> None:
    """A suspension survives leaving and rejoining, ends on appeal; a removed text loses all that it said."""
    maria, (ada, ada_id) = stack.sign_in("maria"), newcomer(stack)
    join(stack, ada, place)
    own = discuss(stack, ada, place, body="First claim.")["id"]
    stack.change("editDiscussion", DISCUSSION, ada, id=own, body="Second claim.")
    flag = lambda reason: stack.change("flag", "flag { id }", maria, subject=own, reason=reason)["flag"]["id"]  # noqa: E731
    decide(stack, "mod", flag("MISINFORMATION"), "LABEL", label="RETRACTED_SOURCE")
    assert text_of(stack, maria, own)["labels"] == [
        {"code": "RETRACTED_SOURCE", "text": "Eine Quelle hierzu wurde zurückgezogen."}
    ]
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    suspended = decide(stack, "mod", flag("HARASSMENT"), "SUSPEND_MEMBER", until=until)
    assert codes(suspended) == []

    def state():
        return stack.data("query($id: ID!) { group(by: {id: $id}) { viewerMembership { state } } }", ada, id=place)[
            "group"
        ]["viewerMembership"]  # noqa: E731

    assert state() == {"state": "SUSPENDED"}
    stack.change("leaveGroup", "group { id }", ada, group=place)
    assert state() is None
    join(stack, ada, place)
    assert state() == {"state": "SUSPENDED"}
    stack.change(
        "appealDecision",
        "decision { id }",
        ada,
        decision=suspended["decision"]["id"],
        statement="It was not meant like that.",
    )
    decide(stack, "admin", suspended["flag"]["id"], "NONE")
    assert state() == {"state": "ACTIVE"}
    decide(stack, "mod", flag("OTHER"), "REMOVE")
    gone = stack.data(
        "query($id: ID!) { node(id: $id) { ... on Discussion { state body history { body } } } }", ada, id=own
    )
    assert gone["node"] == {"state": "DELETED", "body": None, "history": []}
    assert ada_id


def test_a_context_note_is_shown_only_when_several_countries_find_it_helpful(stack: Stack) -> None:
    """However many of one country do."""
    maria, jonas, amina, noel = (stack.sign_in(who) for who in ("maria", "jonas", "amina", "noel"))
    own = group(stack, maria)
    for token in (jonas, amina):
        join(stack, token, own)
    claim = discuss(stack, maria, own, body="Everybody needs vitamin C.")["id"]
    note = {
        "subject": claim,
        "body": "Trials show no effect on mortality.",
        "sources": [{"doi": "10.1056/NEJMoa2200644"}],
    }
    assert codes(stack.change("proposeNote", "note { id }", noel, **note)) == ["NOT_VERIFIED"]
    assert codes(stack.change("proposeNote", "note { id }", jonas, **note | {"sources": []})) == ["INVALID"]
    author, _, _ = verified(stack, "Notiz Schreiber")
    proposed = stack.change("proposeNote", "note { id noteStatus sources { doi } }", author, **note)["note"]
    assert proposed["noteStatus"] == "PROPOSED"

    def shown(token):
        return stack.data(
            "query($id: ID!) { node(id: $id) { ... on Discussion { notes { id noteStatus helpfulIn body } } } }",
            token,
            id=claim,
        )["node"]["notes"]  # noqa: E731

    assert shown(noel) == []
    assert [one["id"] for one in shown(jonas)] == [proposed["id"]]

    def rate(token, helpful=True):
        return stack.change("rateNote", "note { noteStatus helpfulIn }", token, note=proposed["id"], helpful=helpful)  # noqa: E731

    assert codes(rate(author)) == ["FORBIDDEN"]
    assert codes(rate(maria)) == ["FORBIDDEN"]  # the text is hers
    same_country = [verified(stack, f"Deutsche {n}")[0] for n in range(3)]
    for token in (jonas, *same_country):
        assert rate(token)["note"] == {"noteStatus": "PROPOSED", "helpfulIn": ["DE"]}
    assert rate(amina)["note"]["helpfulIn"] == ["DE", "KE"]
    french = foreign(stack, "FR")
    assert rate(french)["note"] == {"noteStatus": "SHOWN", "helpfulIn": ["DE", "FR", "KE"]}
    assert [one["body"] for one in shown(noel)] == [note["body"]]
    assert rate(french, False)["note"]["noteStatus"] == "PROPOSED"


def test_an_appeal_is_not_decided_by_two_moderators_whom_one_admin_made(stack: Stack, place: str) -> None:
    """One person may be behind both, also when the first one's role was taken away since; another moderator decides it."""
    admin, maria, jonas = the_only_admin(stack), stack.sign_in("maria"), stack.sign_in("jonas")
    people = [protected(stack, f"Mod {name}") for name in ("Eins", "Zwei")]
    for person in people:
        given = stack.change("setRoles", "account { roles }", admin, account=person.id, roles=["MODERATOR"])
        assert codes(given) == [], given
    first, second = (person.sign_in() for person in people)
    text = discuss(stack, maria, place)["id"]
    flag = stack.change("flag", FLAG, jonas, subject=text, reason="OTHER")["flag"]["id"]
    decided = stack.change("decideFlag", DECIDED, first, id=flag, action="HIDE", **REASONS)
    assert codes(decided) == [], decided
    appealed = stack.change(
        "appealDecision", "decision { id }", maria, decision=decided["decision"]["id"], statement="It is as I say."
    )
    assert codes(appealed) == []
    assert codes(stack.change("setRoles", "account { roles }", admin, account=people[0].id, roles=[])) == []
    for name, given in (("takeFlag", {}), ("decideFlag", {"action": "NONE", **REASONS})):
        payload = stack.change(name, "flag { id }", second, id=flag, **given)
        assert [(one["code"], one["field"]) for one in payload["userErrors"]] == [("SECOND_PERSON_REQUIRED", ["id"])]
    assert text_of(stack, jonas, text)["state"] == "HIDDEN"
    assert codes(decide(stack, "mod", flag, "RESTORE")) == []
    assert text_of(stack, jonas, text)["state"] == "PUBLISHED"


def foreign(stack: Stack, country: str) -> str:
    """Somebody who may practise in a country whose authority has a register."""
    from tests.e2e.test_verification import submit

    token = stack.sign_up("Étrangère", f"{new_id()}@people.example", [country])
    found = stack.data(
        "query($p: RegionCode) { authorities(jurisdiction: $p, first: 5) { id kinds example } }", p=country
    )
    chosen = next(one for one in found["authorities"] if "LICENCE" in one["kinds"] and one["example"])
    licence = submit(stack, token, jurisdiction=country, authority=chosen["id"], number=chosen["example"])
    identity = submit(stack, token, credentialKind="IDENTITY", authority=None, number=None, specialty=None)
    for own in (licence["id"], identity["id"]):
        payload = decide_case(stack, stack.sign_in("vera"), own)
        assert codes(payload) == [], payload
    seen = stack.data(
        "query($id: ID!) { professional(by: {id: $id}) { verification } }",
        stack.sign_in("maria"),
        id=me(stack, token),
    )
    assert seen["professional"]["verification"] == "RIGHT_TO_PRACTISE"
    return token
