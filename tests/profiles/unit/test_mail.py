"""Every message can be written, and goes out by SMTP as it is."""

from __future__ import annotations

import itertools
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogues.reasons import DECISION_REASONS
from profiles.accounts.domain import parse_email
from profiles.credentials.domain import REASONS
from profiles.credentials.kinds import KINDS
from profiles.mail import delivery
from profiles.mail.delivery import NotEncrypted, _send
from profiles.mail.domain import TEXTS, describe, write
from profiles.mail.store import Queued
from profiles.mail.texts import MAILS
from tests.support.certificates import Authority
from tests.support.settings import worker_settings

DATA = {
    "instance": "Consilium", "contact": "c@x.example", "token": "t" * 43, "hours": 1, "until": "", "reason": "OTHER", "note": "Grüße",
    "credential": {"kind": "LICENCE", "jurisdiction": "DE", "authority": "de-kbv"}, "appeal": "2026-12-01", "expires": "2026-12-01", "days": 7, "jurisdiction": "DE", "register": "R",
    "as_of": "2026-10-01", "authority": "de-kbv", "link": "https://x.example/confirm#token=" + "t" * 43,
    "done_at": None, "ends": "", "due": "2026-12-01 08:00 UTC", "roles": "MEMBER",
    "profile": "Jane Doe", "answer": "x@x.example",
    "refuse": "https://x.example/keep-email#token=" + "t" * 43,
}  # fmt: skip


def test_every_text_is_whole() -> None:
    """No gap is left, and the token stands on a line of its own, so that nothing breaks it; no text is another language's."""
    for kind, language in itertools.product(MAILS, TEXTS.languages):
        subject, text = write(kind, DATA, language=language)
        assert subject.startswith("Consilium: ")
        assert "{" not in text
        assert text.endswith("\n")
        assert max(len(line.encode()) for line in text.splitlines()) < 998
        if "{token}" in MAILS[kind].text.english:
            assert "t" * 43 in text.splitlines()
        if "{link}" in MAILS[kind].text.english:
            assert DATA["link"] in text.splitlines()
        if language != "en":
            english = write(kind, DATA)
            assert subject != english[0]
            assert text != english[1]


def test_every_kind_and_reason_has_words() -> None:
    """Of a credential and of a decision about one."""
    assert DECISION_REASONS.keys() == set(REASONS)
    assert {kind.words.context for kind in KINDS.values()} == {f"CredentialKind.{name}" for name in KINDS}


def test_an_authority_has_its_own_name_in_mails_to_readers_of_its_language() -> None:
    """And the one in English in others."""
    said = [describe(tag, kind="LICENCE", jurisdiction="DE", authority="de-kbv") for tag in ("de-AT", "fr")]
    assert said == [
        "Zulassung, Deutschland, Kassenärztliche Bundesvereinigung",
        "autorisation d’exercice, Allemagne, National Association of Statutory Health Insurance Physicians",
    ]


def test_what_is_named_by_code_is_said_in_the_readers_words() -> None:
    """A credential, a reason, and how long something takes."""
    about = {"credential": {"kind": "LICENCE", "jurisdiction": "ES", "authority": None}, "reason": "NUMBER_NOT_FOUND"}
    assert [
        write("credential-rejected", DATA | about, language=tag)[1].split("\n")[0] for tag in ("en", "de", "fr")
    ] == [
        "Your credential (licence in Spain) at Consilium was not verified. Reason: The register does not have this number. Please "
        "compare it with your certificate. Grüße",
        "Ihr Nachweis (Zulassung, Spanien) bei Consilium wurde nicht bestätigt. Grund: Das Register enthält "
        "diese Nummer nicht. Bitte vergleichen Sie sie mit Ihrer Urkunde. Grüße",
        "Votre justificatif (autorisation d’exercice, Espagne) sur Consilium n’a pas été vérifié. Motif : Le registre ne contient pas "
        "ce numéro. Veuillez le comparer avec votre attestation. Grüße",
    ]
    left = [write("credential-expiring", DATA | {"days": days}, language="it")[1] for days in (1, 30)]
    assert [text.split(", ")[-1].split(".")[0] for text in left] == ["tra 1 giorno", "tra 30 giorni"]
    ends = [write("account-suspended", DATA | {"ends": end}, language="de")[1] for end in ("", "2026-12-01 08:00 UTC")]
    assert [text.split(".")[0] for text in ends] == [
        "Ihr Konto bei Consilium ist gesperrt", "Ihr Konto bei Consilium ist bis 2026-12-01 08:00 UTC gesperrt",
    ]  # fmt: skip
    done = [
        write("second-factor-reset-approved", DATA | {"done_at": at}, language="es")[1] for at in (None, "2026-12-01")
    ]
    assert ["segundo administrador" in done[0], "Se hará el 2026-12-01." in done[1]] == [True, True]


def test_a_message_that_an_earlier_version_queued_is_sent() -> None:
    """It holds a description in English, and a reason by its code."""
    before = {name: value for name, value in DATA.items() if name not in {"credential", "done_at", "ends"}}
    before |= {"what": "licence in DE", "step": "A second admin must agree.", "until": " until 2026-12-01"}
    assert "(licence in DE)" in write("credential-rejected", before, language="de")[1]
    assert "A second admin must agree." in write("second-factor-reset-approved", before)[1]
    assert "is suspended until 2026-12-01." in write("account-suspended", before)[1]


def test_a_kind_or_reason_of_a_later_version_is_said_by_its_code() -> None:
    """Rather than not at all."""
    later = {"credential": {"kind": "BOARD_SEAT", "jurisdiction": "DE", "authority": "xx-new"}, "reason": "TOO_NEW"}
    text = write("credential-questioned", DATA | later)[1]
    assert "(board seat in Germany)" in text
    assert "Reason: TOO_NEW" in text


class Conversation(socketserver.StreamRequestHandler):
    """Takes one message as a mail server does."""

    received: list[bytes] = []

    def handle(self) -> None:
        """Speak just enough SMTP (RFC 5321)."""
        self.wfile.write(b"220 x\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.wfile.write(b"250-x\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
            elif verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                message = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    message += part
                self.received.append(message)
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


def test_a_message_goes_out_by_smtp() -> None:
    """To whom, from whom, and with its text in UTF-8."""
    with socketserver.TCPServer(("127.0.0.1", 0), Conversation) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        config = replace(
            worker_settings(), smtp_url=f"smtp://127.0.0.1:{server.server_address[1]}", mail_from="desk@x.example"
        )
        subject, text = write("credential-rejected", DATA)
        _send(
            config,
            Queued("0" * 36, "credential-rejected", None, None, {}, 0),
            parse_email("ada@x.example"),
            subject,
            text,
        )
        server.shutdown()
    (message,) = Conversation.received
    assert b"To: ada@x.example" in message
    assert b"From: desk@x.example" in message
    assert "Grüße".encode() in message


class Encrypting(Conversation):
    """Offers STARTTLS, and takes a password once it is spoken; `said` is what came in clear."""

    context: ssl.SSLContext | None = None  # None: does not offer it
    said: list[bytes] = []
    passwords: list[bytes] = []

    def handle(self) -> None:
        """Speak just enough SMTP (RFC 3207, RFC 4954)."""
        reading, writing, encrypted = self.rfile, self.wfile, False
        writing.write(b"220 x\r\n")
        while line := reading.readline():
            if not encrypted:
                self.said.append(line)
            verb = line[:4].upper()
            if verb == b"EHLO":
                offer = b"250-STARTTLS\r\n" if self.context is not None and not encrypted else b""
                writing.write(b"250-x\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n" + offer + b"250 AUTH PLAIN\r\n")
            elif verb == b"STAR" and self.context is not None:
                writing.write(b"220 go on\r\n")
                writing.flush()
                try:
                    secured = self.context.wrap_socket(self.request, server_side=True)
                except OSError:
                    return
                reading, writing, encrypted = secured.makefile("rb"), secured.makefile("wb", buffering=0), True
            elif verb == b"AUTH":
                self.passwords.append(line)
                writing.write(b"235 in\r\n")
            elif verb == b"DATA":
                writing.write(b"354 go on\r\n")
                while reading.readline() != b".\r\n":
                    pass
                writing.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writing.write(b"221 bye\r\n")
                return
            else:
                writing.write(b"250 fine\r\n")


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[tuple[int, Authority]]:
    """A server whose certificate is for localhost, and the authority that made it."""
    authority = Authority(tmp_path)
    Encrypting.context = authority.server_context("localhost")
    Encrypting.said, Encrypting.passwords = [], []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Encrypting) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1], authority
        server.shutdown()


def send(url: str, ca_file: Path | None) -> None:
    """Send a message through a server."""
    subject, text = write("credential-rejected", DATA)
    config = replace(worker_settings(), smtp_url=url, mail_from="desk@x.example", ca_file=ca_file)
    address = parse_email("ada@x.example")
    _send(config, Queued("0" * 36, "credential-rejected", None, None, {}, 0), address, subject, text)


def test_a_password_goes_out_under_tls_only(
    mail_server: tuple[int, Authority], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not where the offer of STARTTLS is missing, or was removed, nor to a server with another certificate."""
    port, authority = mail_server
    url = f"smtp://ada:secret@localhost:{port}"
    monkeypatch.setattr(delivery, "is_loopback", lambda _host: False)  # as for a server elsewhere
    send(url, authority.file)
    assert len(Encrypting.passwords) == 1
    for ca_file in (Authority(tmp_path, "other").file, None):
        with pytest.raises(ssl.SSLCertVerificationError):
            send(url, ca_file)
    with pytest.raises(ssl.SSLCertVerificationError):
        send(url.replace("localhost", "127.0.0.1"), authority.file)
    Encrypting.context = None
    with pytest.raises(NotEncrypted):
        send(url, authority.file)
    assert len(Encrypting.passwords) == 1
    assert not any(line.upper().startswith((b"AUTH", b"MAIL", b"DATA")) for line in Encrypting.said)


def test_a_password_may_go_to_this_machine_in_clear(mail_server: tuple[int, Authority]) -> None:
    """Where nobody is between."""
    Encrypting.context = None
    send(f"smtp://ada:secret@127.0.0.1:{mail_server[0]}", None)
    assert len(Encrypting.passwords) == 1
