"""Texts as HTML and as plain text, who acted in the audit trail, and times that sort as texts."""

from __future__ import annotations

from tests.support.network import answer, discuss, group, me
from tests.support.stack import Stack

BODY = "**Start** low <script>alert(1)</script>\n\n![ECG](https://pictures.example/e.png)"
SHOWN = "state body bodyHtml bodyText url"
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on Discussion {{ {SHOWN} }} ... on Post {{ {SHOWN} }} }} }}"


def test_a_text_is_also_html_and_plain(stack: Stack) -> None:
    """Of discussions and posts, in the reader's language; nothing of a deleted one, and no address without an app."""
    maria = stack.sign_in("maria")
    discussion = discuss(stack, maria, group(stack, maria), body=BODY)["id"]
    post = answer(stack, maria, discussion, body=BODY)["id"]
    for own in (discussion, post):
        found = stack.run(NODE, maria, {"id": own}, Accept_Language="de")["data"]["node"]
        assert found["body"] == BODY
        assert found["bodyHtml"] == (
            "<p><strong>Start</strong> low &lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>"
            '<a href="https://pictures.example/e.png" rel="noopener noreferrer nofollow ugc">'
            "Bild bei pictures.example: ECG</a></p>\n"
        )
        assert found["bodyText"] == "Start low <script>alert(1)</script>\nBild bei pictures.example: ECG"
        assert found["url"] is None
    # The text is read although nobody asks for it as it was written.
    alone = stack.data("query($id: ID!) { node(id: $id) { ... on Post { bodyText } } }", maria, id=post)
    assert alone["node"]["bodyText"].startswith("Start low")
    stack.change("deletePost", "post { id }", maria, id=post)
    assert stack.data(NODE, maria, id=post)["node"] == {
        "state": "DELETED", "body": None, "bodyHtml": None, "bodyText": None, "url": None
    }  # fmt: skip


def test_the_trail_says_who_acted(stack: Stack) -> None:
    """A person where it was one, beside the id."""
    admin = stack.sign_in("admin")
    own = me(stack, admin)
    stack.data("{ accounts(first: 1) { nodes { id } } }", admin)
    log = "query($a: String) { auditLog(actor: $a, first: 5) { nodes { at actor person { id name } } } }"
    entries = stack.data(log, admin, a=own)["auditLog"]["nodes"]
    assert entries
    assert {entry["person"]["id"] for entry in entries} == {entry["actor"] for entry in entries} == {own}
    assert {len(entry["at"]) for entry in entries} == {len("2026-11-21T08:30:00.000000Z")}
    times = [entry["at"] for entry in entries]
    assert times == sorted(times, reverse=True)
