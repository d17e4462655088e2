"""What is an e-mail address, which spellings are one mailbox, and that no text does worse than be refused."""

from __future__ import annotations

import json
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from profiles.accounts.domain import find_email, mailbox_key, parse_email
from tests.support.work import counted

CASES = [json.loads(line) for line in (Path(__file__).parents[2] / "data" / "email_addresses.jsonl").open()]


@pytest.mark.parametrize("case", CASES, ids=[case["address"] for case in CASES])
def test_the_given_addresses_are_taken_or_refused(case: dict[str, str]) -> None:
    """As the table says."""
    assert (find_email(case["address"]) is not None) == (case["expect"] == "accept")


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a@", "@x.de", "a@b@x.de", "a@localhost", "a@x", "a@x.de.", "a@[127.0.0.1]", "a@[IPv6:::1]", '"a b"@x.de',
        "Ada <ada@x.de>", "ada@x.de,eve@x.de", "ada@x.de;eve@x.de", "ada@x.de\nBcc: eve@x.de", "ada@x.de\r\nBcc: eve@x.de",
        "ada@x.de\x00", "a\u200bda@x.de", "ada@x\u2028.de", "ada@1.2.3.4", "ada@x.invalid", "\ud800@x.de", "ada@\ud800.de",
        f"{'a' * 65}@x.de", f"ada@{'a' * 64}.de", f"ada@{'a.' * 125}de",
    ],
)  # fmt: skip
def test_what_names_no_mailbox_or_two_is_refused(text: str) -> None:
    """With the field named."""
    with pytest.raises(Invalid) as caught:
        parse_email(text, field="address")
    assert caught.value.field == ["address"]


@pytest.mark.parametrize(
    "spellings",
    [
        ("a@münchen.de", "a@xn--mnchen-3ya.de", " A@MÜNCHEN.DE ", "a@XN--MNCHEN-3YA.de", "a@mu\u0308nchen.de"),
        ("josé@klinik.example", "jose\u0301@klinik.example", "JOSÉ@KLINIK.example"),
        ("ada@x.de", "Ada@X.DE", "ada@x。de", "ada@ｘ.de"),
    ],
)
def test_spellings_of_one_mailbox_have_one_key(spellings: tuple[str, ...]) -> None:
    """In any case, normal form, and form of the domain."""
    assert len({parse_email(text).key for text in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("ada@x.de", "ada+1@x.de"), ("ada@x.de", "а@x.de"), ("a@straße.de", "a@strasse.de")]
)
def test_other_mailboxes_have_other_keys(one: str, other: str) -> None:
    """Tags, look-alikes, and names that older rules took for one."""
    assert parse_email(one).key != parse_email(other).key


@pytest.mark.parametrize("text", ["maria@demo.example", "x@people.demo.example", "a@x.test", "it@klinik.local"])
def test_addresses_of_demos_tests_and_internal_networks_are_taken(text: str) -> None:
    """Whether a server exists is not asked."""
    assert parse_email(text).text == text


def test_an_address_that_is_none_stands_for_itself() -> None:
    """So that an account from before addresses were checked is still found by it."""
    assert mailbox_key(" A@[X.Y ") == "a@[x.y"


@given(st.text(max_size=300) | st.from_regex(r"[^@]{1,12}@[^@]{1,12}\.\w{1,8}", fullmatch=True))
def test_any_text_is_refused_or_names_exactly_one_mailbox(text: str) -> None:
    """A message to it has one recipient, and nothing but Invalid is raised."""
    address = find_email(text)
    if address is None:
        return
    again = parse_email(address.text)
    assert (again.key, again.text) == (address.key, address.text)
    assert mailbox_key(f"{address.local}@{address.ascii_domain}") == address.key
    message = EmailMessage(policy=SMTPUTF8)
    message["To"] = address.header()
    (recipient,) = message["To"].addresses
    assert (recipient.username, recipient.domain) == (address.local, address.ascii_domain)
    assert message.as_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    "text", ["a" * 254, "a@" + "é" * 252, "a@" + "٠" * 240 + ".de", "a@xn--" + "a" * 240, "a@" + "-" * 250]
)
def test_the_longest_text_takes_little_work(text: str) -> None:
    """Whatever it holds."""
    with counted() as work:
        find_email(text)
    assert work.calls < 200_000  # what IDNA does with digits of another script
