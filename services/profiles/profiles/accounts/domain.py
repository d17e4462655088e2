"""E-mail addresses: the one place that says what an address is, and which addresses are one mailbox."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address

import email_validator

from kit.errors import Invalid
from kit.sentences import Sentence

MAX_EMAIL_LENGTH = 254
DEMO_DOMAIN = "demo.example"

# Hospitals run mail inside `.local` networks, so the library's list of names that no public mail server has is shorter here.
# It is the list's documented use to be edited. `.test` is allowed by the library's own switch.
if "local" in email_validator.SPECIAL_USE_DOMAIN_NAMES:
    email_validator.SPECIAL_USE_DOMAIN_NAMES.remove("local")


@dataclass(frozen=True)
class EmailAddress:
    """An address that names exactly one mailbox.

    Args:
        local: the part before the @, in NFC.
        domain: the part after it, for people: an internationalised name in its own script.
        ascii_domain: the same for mail servers: A-labels, in lower case.
    """

    local: str
    domain: str
    ascii_domain: str

    @property
    def text(self) -> str:
        """The address as people read it."""
        return f"{self.local}@{self.domain}"

    @property
    def key(self) -> str:
        """Equal for all spellings of one mailbox; what `account.email_key` holds."""
        return f"{self.local.casefold()}@{self.ascii_domain}"

    @property
    def is_demo(self) -> bool:
        """Whether it belongs to the demo network."""
        return self.ascii_domain == DEMO_DOMAIN

    def header(self) -> Address:
        """The address for a header of a message; it is built from parts, so that nothing in it can name a second one."""
        return Address(username=self.local, domain=self.ascii_domain)


def parse_email(text: str, *, field: str = "email") -> EmailAddress:
    """Check and normalise an address; whether its server exists is not asked.

    Quoted local parts and domain literals are refused: nobody's mailbox needs them, and mail programs disagree about them.

    Args:
        field: of the input, for the error.

    Raises:
        Invalid: the text is not one address at a domain with a period.
    """
    clean = text.strip()
    try:
        if len(clean) > MAX_EMAIL_LENGTH:
            raise email_validator.EmailSyntaxError("too long")
        found = email_validator.validate_email(
            clean,
            strict=True,  # also the length of the local part
            check_deliverability=False,
            test_environment=True,
            allow_smtputf8=True,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
        )
        if "." not in found.ascii_domain:
            raise email_validator.EmailSyntaxError("no period")
    except (email_validator.EmailNotValidError, UnicodeError) as error:
        raise Invalid(Sentence("Enter one e-mail address, for example ada@hospital.example."), field=[field]) from error
    return EmailAddress(found.local_part, found.domain, found.ascii_domain.lower())


def find_email(text: str) -> EmailAddress | None:
    """Parse an address; None where it is not one."""
    try:
        return parse_email(text)
    except Invalid:
        return None


def mailbox_key(text: str) -> str:
    """Return what stands for a mailbox wherever a text is compared with accounts' addresses.

    An account from before addresses were checked may have one that `parse_email` refuses; it is found by the text itself,
    so that its owner can still sign in. Such a text never equals the key of a valid address.
    """
    found = find_email(text)
    return found.key if found else typed_key(text)


def typed_key(text: str) -> str:
    """Return the key that earlier versions gave an address: the text itself, in any case."""
    return text.strip().casefold()


def token_hash(token: str) -> bytes:
    """What is stored of a token that somebody holds; tokens have 256 random bits, so that a plain hash suffices."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True)
class Account:
    """What sign-in needs to know."""

    person_id: str
    email: str
    password_hash: str | None
    suspended: bool
    roles: list[str]
    confirmed: bool
    totp: bool
    jurisdictions: list[str]
    created_at: datetime
    last_seen_at: datetime | None
