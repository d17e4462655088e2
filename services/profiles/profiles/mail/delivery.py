"""Sending what is queued: by SMTP, or into files where no server is configured. At least once."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from kit import clock
from kit.cipher import FieldCipher
from kit.logs import log
from kit.urls import is_loopback, tls_context
from profiles.accounts.domain import EmailAddress, find_email
from profiles.accounts.store import AccountStore
from profiles.accounts.usecases import CONFIRM_HOURS, RESET_HOURS, mail_token
from profiles.addresses.delivery import ASKING, addressed
from profiles.addresses.store import AddressChangeStore
from profiles.checks.store import ConflictStore
from profiles.credentials.store import CredentialStore
from profiles.db import is_outage
from profiles.deadletters.domain import MAIL, MAX_MAIL_ATTEMPTS
from profiles.deadletters.usecases import report_dead
from profiles.evidence.store import EvidenceStore
from profiles.mail.domain import TEXTS, write
from profiles.mail.files import erase_mailbox, write_message
from profiles.mail.store import ERASE_FILES, MailStore, Queued
from profiles.people.store import PersonStore
from profiles.second_factor.delivery import REFUSABLE, refusal_token
from profiles.second_factor.store import SecondFactorStore
from profiles.verification.domain import missing
from profiles.verification.usecases import Files, read_steps, say_missing
from profiles.worker_settings import WorkerSettings

SMTP_SECONDS = 10
# What is sent to an address that nobody has confirmed, and for how many hours the token in it holds.
CONFIRMING = {"confirm-address": CONFIRM_HOURS, "confirm-reminder": 7 * 24, "confirm-verified": 7 * 24}


# After these somebody may have done all that there is to do.
COMPLETING = frozenset({"credential-validated", "credential-restored"})


class Undeliverable(Exception):
    """A message cannot be sent to anybody, now or later; the code says why."""


def deliver_one(engine: sa.Engine, config: WorkerSettings) -> bool:
    """Send the message that is due first, in transactions of its own; whatever it does, the others are sent.

    What it says is committed before it is sent: who reads it at once can use its token.

    Returns:
        whether there was one.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    with engine.begin() as connection:
        queued = MailStore(connection).take()
    if queued is None:
        return False
    if queued.attempts > MAX_MAIL_ATTEMPTS:  # each attempt ended the process before it could be noted
        _note_failure(engine, queued, error="WORKER_ENDED", dead=True)
        return True
    try:
        with engine.begin() as connection:
            mail, accounts = MailStore(connection), AccountStore(connection)
            cipher = FieldCipher(config.field_keys, config.index_key)
            if queued.kind == ERASE_FILES:
                # One order of the version before names one mailbox.
                for mailbox in queued.data.get("mailboxes") or [queued.data["mailbox"]]:
                    erase_mailbox(Path(config.mail_dir), cipher, mailbox)
                mail.note_files_erased(queued.data["erasure"])
                mail.remove(queued.id)
                return True
            address, data = _addressed(
                queued, accounts, AddressChangeStore(connection, cipher), SecondFactorStore(connection, cipher), config
            )
            if address is None:
                mail.remove(queued.id)
                return True
            language = _language(mail, accounts, queued)
            if queued.person_id is not None and "credential" in queued.data:
                data["missing"] = _missing(connection, cipher, queued, language)
            subject, text = write(queued.kind, data, language=language)
        with engine.begin() as connection:
            mail = MailStore(connection)
            if mail.lock(queued.id):  # else the person was erased meanwhile
                _send(config, queued, address, subject, text)
                mail.remove(queued.id)
    except Exception as error:
        if is_outage(error):
            raise
        permanent = isinstance(error, Undeliverable) or _refused_for_good(error)
        # The name alone: what a mail server says can hold the address.
        code = str(error) if isinstance(error, Undeliverable) else type(error).__name__
        _note_failure(engine, queued, error=code, dead=permanent or queued.attempts >= MAX_MAIL_ATTEMPTS)
    return True


def _note_failure(engine: sa.Engine, queued: Queued, *, error: str, dead: bool) -> None:
    with engine.begin() as connection:
        MailStore(connection).note_failure(queued.id, error=error, dead=dead)
    log().warning("mail_failed", kind=queued.kind, id=queued.id, error=error, attempts=queued.attempts)
    if dead:
        report_dead(MAIL, queued.id, error=error)


def _refused_for_good(error: Exception) -> bool:
    """Whether the mail server says that it will never take the message for its recipient."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _ in error.recipients.values()
    )


def _addressed(
    queued: Queued,
    accounts: AccountStore,
    changes: AddressChangeStore,
    factors: SecondFactorStore,
    config: WorkerSettings,
) -> tuple[EmailAddress | None, dict[str, object]]:
    """Where a message goes, or None when it is not to be sent; tokens are made here and stand nowhere else."""
    now = clock.now()
    data: dict[str, object] = {
        "instance": config.instance_name, "contact": config.contact, "note": "", "until": "", **queued.data
    }  # fmt: skip
    if queued.kind == "password-reset":
        # Where nobody owns the address, whoever reads its mailbox may have the last account that was made with it.
        address = queued.address or ""
        owner = accounts.owner_of(address) or accounts.newest_unconfirmed(address)
        if owner is None:
            return None, data
        token = mail_token(accounts, owner.person_id, "RESET", until=now + timedelta(hours=RESET_HOURS))
        return _mailbox(owner.email), data | {
            "token": token,
            "hours": RESET_HOURS,
            "link": _link(config, "reset", token),
        }
    if queued.person_id is not None and queued.kind in ASKING:
        found = addressed(queued.kind, queued.person_id, queued.data["change"], accounts=accounts, changes=changes)
        if found is None:
            return None, data
        links = {"link": _link(config, "change-email", found[1]), "refuse": _link(config, "keep-email", found[1])}
        return _mailbox(found[0]), data | links | {"token": found[1], "due": found[2]}
    if queued.person_id is not None and queued.kind in REFUSABLE:
        given = refusal_token(queued.kind, queued.person_id, queued.data["reset"], accounts=accounts, factors=factors)
        account = accounts.get(queued.person_id)
        return (
            (None, data)
            if given is None or account is None
            else (
                _mailbox(account.email),
                data | {"token": given, "link": _link(config, "keep-second-factor", given)},
            )
        )
    if queued.person_id is None or queued.address is not None:
        return _mailbox(queued.address or ""), data
    account = accounts.get(queued.person_id)
    if account is None:
        return None, data
    if queued.kind in CONFIRMING:
        if account.confirmed:
            return None, data
        hours = CONFIRMING[queued.kind]
        token = mail_token(accounts, account.person_id, "CONFIRM", until=now + timedelta(hours=hours))
        link = _link(config, "confirm", token)
        return _mailbox(account.email), data | {"token": token, "hours": hours, "days": hours // 24, "link": link}
    # An address that nobody has confirmed may be somebody else's.
    return (_mailbox(account.email) if account.confirmed else None), data


def _language(mail: MailStore, accounts: AccountStore, queued: Queued) -> str:
    """The language of a message: what the browser asked for that caused it, or else one of the profile's; English at last."""
    person = queued.person_id
    if person is None and queued.address:
        owner = accounts.owner_of(queued.address) or accounts.newest_unconfirmed(queued.address)
        person = owner.person_id if owner else None
    tags = [str(queued.data.get("language") or ""), *(mail.languages_of(person) if person else [])]
    return next((found for tag in tags if tag and (found := TEXTS.nearest(tag))), "en")


def _missing(connection: sa.Connection, cipher: FieldCipher, queued: Queued, language: str) -> str:
    """What somebody does next to be verified, as of now; that nothing is left is said with what was verified, and else not."""
    assert queued.person_id is not None
    files = Files(
        AccountStore(connection), PersonStore(connection, cipher),
        CredentialStore(connection, cipher, ConflictStore(connection, cipher)),
        EvidenceStore(connection, cipher),
    )  # fmt: skip
    today = clock.now().date()
    found = read_steps(files, queued.person_id, today)
    told = missing(found) or queued.kind in COMPLETING
    return say_missing(found, language=language, today=today) if told else ""


def _link(config: WorkerSettings, page: str, token: str) -> str:
    """The address of a page that takes a token. It stands behind the `#`, so that no server and no log gets it."""
    return f"{(config.app_url or config.issuer).rstrip('/')}/{page}#token={token}"


def _mailbox(text: str) -> EmailAddress:
    """Parse a stored address.

    Raises:
        Undeliverable: it is from before addresses were checked, and names no mailbox, or two.
    """
    address = find_email(text)
    if address is None:
        raise Undeliverable("ADDRESS_INVALID")
    return address


def _send(config: WorkerSettings, queued: Queued, address: EmailAddress, subject: str, text: str) -> None:
    message = EmailMessage(policy=SMTPUTF8)
    message["From"] = config.mail_from
    message["To"] = address.header()
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    # The same at each attempt, so that a message that was sent twice shows once.
    message["Message-ID"] = make_msgid(queued.id, urlsplit(config.issuer).hostname or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="8bit")
    if config.smtp_url:
        _send_by_smtp(config.smtp_url, message, config.ca_file)
    else:
        write_message(Path(config.mail_dir), message, kind=queued.kind, mail_id=queued.id, now=clock.now())


class NotEncrypted(Exception):
    """The mail server does not offer STARTTLS, or somebody between has removed the offer; no password was sent."""


def _send_by_smtp(url: str, message: EmailMessage, ca_file: Path | None) -> None:
    """Send through `smtps://` (TLS from the start) or `smtp://` (STARTTLS where the server offers it).

    A password is sent to another machine under TLS only.

    Raises:
        NotEncrypted: there is a password, and the server does not offer STARTTLS.
    """
    server = urlsplit(url)
    host, context = server.hostname or "localhost", tls_context(ca_file)
    if server.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=SMTP_SECONDS, context=context)
    else:
        client = smtplib.SMTP(host, server.port or 587, timeout=SMTP_SECONDS)
    with client:
        if server.scheme != "smtps":
            client.ehlo()
            if client.has_extn("starttls"):
                client.starttls(context=context)
            elif server.username and not is_loopback(host):
                raise NotEncrypted
        if server.username:
            client.login(unquote(server.username), unquote(server.password or ""))
        client.send_message(message)
