"""Another address, and a lost second factor, over the whole way: by GraphQL and by the messages that come."""

from __future__ import annotations

import base64
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kit.clock import new_id
from tests.e2e.test_verification import mail
from tests.support.network import codes, newcomer
from tests.support.stack import SIGN_IN, Stack

PASSWORD = "a long pass phrase"
# What a wrong token is answered: all tests try them from one network address, and after the twentieth it waits between two.
REFUSED = (["INVALID_CREDENTIALS"], ["RATE_LIMITED"])
CHANGE = "{ viewer { email emailChange { newEmail newConfirmed oldConfirmed } } }"
ACCOUNT = "{ viewer { email totpEnabled professional { id } } }"
RESETS = "{ secondFactorResets(first: 100) { nodes { account { email } approvedBy { name } approvedAt requestedAt expiresAt dueAt } } }"


def test_an_address_changes_by_two_messages(stack: Stack) -> None:
    """The viewer sees what is missing; afterwards only the new one signs in."""
    token, _ = newcomer(stack)
    old, new = stack.data(CHANGE, token)["viewer"]["email"], f"{new_id()}@people.example"
    wrong = stack.change("changeEmail", "viewer { email }", token, newEmail=new, password="not the password")
    assert [(error["code"], error["field"]) for error in wrong["userErrors"]] == [("INVALID_CREDENTIALS", ["password"])]
    payload = stack.change("changeEmail", CHANGE[2:-2], token, newEmail=new, password=PASSWORD)
    waits = {"newEmail": new, "newConfirmed": False, "oldConfirmed": False}
    assert payload == {"viewer": {"email": old, "emailChange": waits}, "userErrors": []}
    at_new, at_old = mail(stack, new, "email-change-new"), mail(stack, old, "email-change-old")
    assert stack.change("confirmEmailChange", "changed", None, token=at_new) == {"changed": False, "userErrors": []}
    assert stack.data(CHANGE, token)["viewer"]["emailChange"] == waits | {"newConfirmed": True}
    assert stack.change("confirmEmailChange", "changed", None, token=at_old) == {"changed": True, "userErrors": []}
    assert stack.data(CHANGE, token)["viewer"] == {"email": new, "emailChange": None}
    assert codes(stack.data(SIGN_IN, email=old, password=PASSWORD)["signIn"]) == ["INVALID_CREDENTIALS"]
    assert codes(stack.data(SIGN_IN, email=new, password=PASSWORD)["signIn"]) == []
    assert codes(stack.change("refuseEmailChange", "refused", None, token=at_old)) in REFUSED


def test_a_lost_second_factor_is_asked_for_agreed_to_and_refused(stack: Stack) -> None:
    """Admins see the request; the person ends it by the message that tells them, and moves to another device with a code."""
    token, admin = newcomer(stack)[0], stack.sign_in("admin")
    me = stack.data(ACCOUNT, token)["viewer"]
    email, own = me["email"], me["professional"]["id"]
    started = stack.change("startTotp", "secret", token, password=PASSWORD)
    secret = base64.b32decode(started["secret"] + "=" * (-len(started["secret"]) % 8))
    otp = TOTP(secret, 6, SHA1(), 30).generate(int(time.time())).decode()
    first = stack.change("confirmTotp", "recoveryCodes", token, otp=otp)["recoveryCodes"]
    replaced = stack.change("newRecoveryCodes", "recoveryCodes viewer { totpEnabled }", token, password=PASSWORD)
    assert replaced["viewer"] == {"totpEnabled": True}
    assert (len(set(replaced["recoveryCodes"])), set(replaced["recoveryCodes"]) & set(first)) == (10, set())

    assert codes(stack.change("approveSecondFactorReset", "done", admin, account=own)) == ["CONFLICT"]
    asked = stack.change("requestSecondFactorReset", "accepted", None, email=email, password=PASSWORD)
    assert asked == {"accepted": True, "userErrors": []}
    (waiting,) = [
        one for one in stack.data(RESETS, admin)["secondFactorResets"]["nodes"] if one["account"]["email"] == email
    ]
    assert (waiting["approvedBy"], waiting["approvedAt"], waiting["dueAt"]) == (None, None, None)
    agreed = stack.change("approveSecondFactorReset", "done", admin, account=own)
    assert agreed == {"done": False, "userErrors": []}
    assert codes(stack.change("approveSecondFactorReset", "done", admin, account=own)) == ["SECOND_PERSON_REQUIRED"]
    refusal = mail(stack, email, "second-factor-reset-approved")
    assert stack.change("refuseSecondFactorReset", "refused", None, token=refusal) == {
        "refused": True,
        "userErrors": [],
    }
    assert email not in str(stack.data(RESETS, admin))
    assert codes(stack.data(SIGN_IN, email=email, password=PASSWORD)["signIn"]) == ["OTP_REQUIRED"]

    shape = "session { accessToken refreshToken }"
    code = replaced["recoveryCodes"][0]
    session = stack.change("signIn", shape, None, email=email, password=PASSWORD, otp=code)["session"]
    off = stack.change("disableTotp", "disabled", session["accessToken"], password=PASSWORD)
    assert off == {"disabled": True, "userErrors": []}
    fresh = stack.change("refreshSession", shape, None, refreshToken=session["refreshToken"])["session"]
    assert stack.data(ACCOUNT, fresh["accessToken"])["viewer"]["totpEnabled"] is False
