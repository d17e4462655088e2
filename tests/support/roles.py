"""People with a role, as an instance gets them: a confirmed address, one-time passwords, and an admin who gives it."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kit.clock import new_id
from tests.support.stack import Stack, operate

PASSWORD = "a long pass phrase"


@dataclass
class Protected:
    """An account whose address is confirmed and that has one-time passwords.

    Args:
        id: of the person, as the API names them.
        token: of a session without a one-time password.
        codes: recovery codes that were not used.
    """

    stack: Stack
    email: str
    id: str
    token: str
    secret: bytes
    used: int = 0
    codes: list[str] = field(default_factory=list)

    def otp(self) -> str:
        """The next one-time password; each works once, so that two in half a minute are of two steps."""
        self.used += 1
        return TOTP(self.secret, 6, SHA1(), 30).generate(int(time.time()) + 30 * (self.used - 1)).decode()

    def sign_in(self, otp: str | None = None) -> str:
        """The access token of a new session with a one-time password."""
        signed_in = self.stack.change(
            "signIn", "session { accessToken }", None, email=self.email, password=PASSWORD, otp=otp or self.otp()
        )
        assert signed_in["userErrors"] == [], signed_in
        return str(signed_in["session"]["accessToken"])

    def resign(self) -> None:
        """Give every role up. One whom another admin removes counts as an admin for 30 days."""
        given_up = self.stack.change(
            "setRoles", "account { id }", self.sign_in(self.codes.pop()), account=self.id, roles=[]
        )
        assert given_up["userErrors"] == [], given_up


_ADMINS: list[Protected] = []  # whom the operator has made, and who have not resigned


def protected(stack: Stack, name: str, email: str | None = None) -> Protected:
    """Sign somebody up who may hold a role."""
    email = email or f"{new_id()}@roles.example"
    token = stack.sign_up(name, email, ["DE"], password=PASSWORD)
    return _with_one_time_passwords(stack, token, email)


def made_by_operator(stack: Stack, name: str, role: str) -> Protected:
    """Somebody whom the operator's command made, with a role that counts; needs the machine that the system runs on."""
    email, file = f"{new_id()}@roles.example", stack.home.with_suffix(".password")
    file.write_text(PASSWORD, encoding="utf-8")
    done = operate(
        stack.home, "accounts", "create", "--email", email, "--name", name, "--role", role, "--password-file", str(file),
        **stack.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    token = stack.change("signIn", "session { accessToken }", None, email=email, password=PASSWORD)["session"][
        "accessToken"
    ]
    policies = stack.data("{ instance { policies { id mustAccept } } }")["instance"]["policies"]
    accepted = stack.change(
        "acceptPolicies", "__typename", token, policies=[one["id"] for one in policies if one["mustAccept"]]
    )
    assert accepted["userErrors"] == []
    person = _with_one_time_passwords(stack, token, email)
    if role == "admin":
        _ADMINS.append(person)
    return person


def _with_one_time_passwords(stack: Stack, token: str, email: str) -> Protected:
    me = stack.data("{ viewer { professional { id } } }", token)["viewer"]["professional"]["id"]
    started = stack.change("startTotp", "secret", token, password=PASSWORD)
    secret = base64.b32decode(started["secret"] + "=" * (-len(started["secret"]) % 8))
    found = Protected(stack, email, me, token, secret)
    confirmed = stack.change("confirmTotp", "recoveryCodes", token, otp=found.otp())
    assert confirmed["userErrors"] == []
    found.codes = list(confirmed["recoveryCodes"])
    return found


def the_only_admin(stack: Stack) -> str:
    """The token of the demo's admin, who gives roles alone: other admins, whom earlier tests have made, resign."""
    token = stack.sign_in("admin")
    found = stack.data("{ accounts(role: ADMIN, first: 100) { nodes { email } } }", token)["accounts"]["nodes"]
    present = {one["email"] for one in found}
    for admin in [one for one in _ADMINS if one.stack.url == stack.url]:
        if admin.email in present:
            admin.resign()
        _ADMINS.remove(admin)
    return token
