"""Every message can be written, and goes out by SMTP as it is."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import replace

from profiles.accounts.domain import parse_email
from profiles.mail.delivery import _send
from profiles.mail.domain import TEXTS, write
from profiles.mail.store import Queued
from tests.support.settings import worker_settings

DATA = {
    "instance": "Consilium", "contact": "c@x.example", "token": "t" * 43, "hours": 1, "until": "", "reason": "OTHER", "note": "Grüße",
    "what": "licence in DE", "appeal": "2026-12-01", "expires": "2026-12-01", "days": 7, "jurisdiction": "DE", "register": "R",
    "as_of": "2026-10-01", "authority": "de-kbv",
}  # fmt: skip


def test_every_text_is_whole() -> None:
    """No gap is left, and the token stands on a line of its own, so that nothing breaks it."""
    for kind in TEXTS:
        subject, text = write(kind, DATA)
        assert subject.startswith("Consilium: ")
        assert "{" not in text
        assert text.endswith("\n")
        if "{token}" in TEXTS[kind][1]:
            assert "t" * 43 in text.splitlines()


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
        threading.Thread(target=server.serve_forever, daemon=True).start()
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
