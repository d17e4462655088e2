"""The messages' texts. Each is plain, short, and says what to do; none holds a register number."""

from __future__ import annotations

from typing import Any

from profiles.mail.translations import TRANSLATED

LANGUAGES = ("en", "de", "es", "fr", "it", "pt")  # of the messages that people get who have just signed up
# kind → (subject, text); `{name}` and the like come from the instance, the person and the message's data.
TEXTS: dict[str, tuple[str, str]] = {
    "confirm-address": (
        "Confirm your address",
        "Welcome to {instance}. To confirm this address, open this page within {hours} hours and enter the password that you "
        "chose:\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}\n\nIf you did not sign up, do nothing: the "
        "account goes away by itself.",
    ),
    "confirm-reminder": (
        "Your account goes unless you confirm your address",
        "You signed up at {instance}, and have not confirmed this address. In {days} days the account and all that is in it will "
        "be deleted. To keep it, open this page before then and enter the password that you chose:\n\n{link}\n\nIf the page "
        "asks for a code, it is:\n\n{token}\n\nIf you do not know the password, ask for a new one where you sign in. If you "
        "did not sign up, do nothing.",
    ),
    "confirm-verified": (
        "Confirm your address to be seen again",
        "Your account at {instance} has verified credentials, but nobody has confirmed this address. From now on an account is "
        "shown to others once its address is confirmed. Open this page within {days} days and enter your password:\n\n{link}"
        "\n\nIf the page asks for a code, it is:\n\n{token}\n\nIf you do not know the password, ask for a new one where you "
        "sign in. Nothing of your account is deleted.",
    ),
    "address-known": (
        "You have an account already",
        "Somebody signed up at {instance} with this address. It has an account already. If it was you, sign in, or "
        "ask for a new password with requestPasswordReset. If not, do nothing; nothing has changed.",
    ),
    "password-reset": (
        "A new password",
        "Somebody asked for a new password for your account at {instance}. If it was you, open this page within {hours} hour and "
        "choose one:\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}\n\nThis confirms your address too, and ends "
        "all sessions. If it was not you, do nothing; the old password stays.",
    ),
    "password-changed": (
        "Your password was changed",
        "The password of your account at {instance} was changed, and all other sessions were ended. If it was not "
        "you, ask for a new one with requestPasswordReset at once.",
    ),
    "email-change-new": (
        "Confirm your new address",
        "Somebody asked to use this address for their account at {instance}. If it was you, open this page before {due}:"
        "\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}\n\nIf not, do nothing: this address is not used then.",
    ),
    "email-change-old": (
        "Another address for your account",
        "Somebody signed in to your account at {instance} and asked to use another address for it. If it was not you, open this "
        "page: your address stays, and everybody is signed out. Then ask for a new password where you sign in.\n\n{refuse}\n\n"
        "If it was you, open this one:\n\n{link}\n\nIf a page asks for a code, it is:\n\n{token}\n\nIf you do neither before "
        "{due}, and the new address is confirmed, it is used from then on.",
    ),
    "email-change-known": (
        "You have an account already",
        "Somebody asked to use this address for another account at {instance}. It has an account already, and nothing has "
        "changed. If it was you, sign in to that account, or ask for a new password with requestPasswordReset.",
    ),
    "email-change-refused": (
        "Your address stays",
        "The change of the address of your account at {instance} was refused, and all sessions were ended. Whoever asked for "
        "it knows your password: ask for a new one where you sign in now.",
    ),
    "email-changed": (
        "Your address was changed",
        "Your account at {instance} has another address from now on; sign in with that one. If it was not you, write to "
        "{contact} at once.",
    ),
    "totp-enabled": (
        "One-time passwords are on",
        "Signing in to your account at {instance} asks for a one-time password from now on. If it was not you, write "
        "to {contact} at once.",
    ),
    "totp-disabled": (
        "One-time passwords are off",
        "Signing in to your account at {instance} asks for no one-time password any more, and all other sessions were ended. "
        "If it was not you, write to {contact} at once.",
    ),
    "recovery-codes-replaced": (
        "You have new recovery codes",
        "The recovery codes of your account at {instance} were replaced; the earlier ones do not work any more. If it was not "
        "you, write to {contact} at once.",
    ),
    "second-factor-reset-requested": (
        "Your one-time passwords are to be turned off",
        "Somebody who knows your password asked the administrators of {instance} to turn off the one-time passwords of your "
        "account. If it was you, wait: they will want to know that it is you. If it was not you, open this page, and then ask "
        "for a new password where you sign in:\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}",
    ),
    "second-factor-reset-approved": (
        "An administrator agreed to turn off your one-time passwords",
        "An administrator of {instance} agreed to turn off the one-time passwords of your account. {step} If you did not ask "
        "for it, open this page, and then ask for a new password where you sign in:\n\n{link}\n\nIf the page asks for a code, "
        "it is:\n\n{token}",
    ),
    "second-factor-reset-refused": (
        "Your one-time passwords stay on",
        "The one-time passwords of your account at {instance} stay on, and all sessions were ended. Whoever asked for it knows "
        "your password: ask for a new one where you sign in now.",
    ),
    "second-factor-reset-done": (
        "Your one-time passwords are off",
        "The one-time passwords of your account at {instance} were turned off, and all sessions were ended. Sign in with your "
        "password and set up another device with startTotp. If you did not ask for it, write to {contact} at once.",
    ),
    "second-factor-reset-waiting": (
        "Somebody has lost their second factor",
        "At {instance} somebody asks to have their one-time passwords turned off. The request is in secondFactorResets, and two "
        "administrators must agree. Make sure that it is the person, by another way than mail.",
    ),
    "account-suspended": (
        "Your account is suspended",
        "Your account at {instance} is suspended{until}. Reason: {reason}\n\nYou can still sign in, to read this "
        "(viewer.suspension), to appeal (appealSuspension), to take your data along (exportMyData) or to erase them (eraseMe). "
        "You can also write to {contact}.",
    ),
    "suspension-waits": (
        "A suspension waits for a second admin",
        "At {instance} an admin has suspended an account for longer than one may alone. Look at it with the query suspensions, "
        "and confirm it with confirmSuspension, or end it with suspendAccount. Without an answer it ends by itself at {until}.",
    ),
    "suspension-appealed": (
        "Somebody appeals against a suspension",
        "At {instance} somebody whose account is suspended has appealed. Look at it with the query suspensions, and decide it with "
        "decideSuspensionAppeal.",
    ),
    "suspension-upheld": (
        "Your account stays suspended",
        "Your appeal at {instance} was looked at, and your account stays suspended. {note}\n\nYou can also write to {contact}.",
    ),
    "suspension-lifted": (
        "Your account is not suspended any more",
        "Your appeal at {instance} was agreed to, and your account is not suspended any more. {note}\n\nRefresh your session "
        "or sign in again.",
    ),
    "roles-changed": (
        "What your account may do has changed",
        "Your account at {instance} has these roles now: {roles}. Roles beyond MEMBER count in sessions that were opened with a "
        "one-time password. If you did not expect this, write to {contact} at once.",
    ),
    "admin-removed": (
        "An admin was removed",
        "At {instance} an admin has taken the role from another admin, suspended them or reset their second factor; auditLog "
        "says who. For {days} days the roles that one admin gives wait for a second one, as before. If this is wrong, undo it "
        "with setRoles or suspendAccount, or write to {contact}.",
    ),
    "roles-proposed": (
        "A role waits for a second admin",
        "At {instance} an admin would give a role to an account. Look at it with the query roleProposals, and confirm or decline "
        "it with confirmRoles or declineRoles. Without an answer it is over on {until}.",
    ),
    "credential-validated": ("A credential was verified", "Your credential ({what}) at {instance} is verified."),
    "credential-rejected": (
        "A credential was not verified",
        "Your credential ({what}) at {instance} was not verified. Reason: {reason}. {note}\n\nYou can appeal until "
        "{appeal} with appealCredential; another verifier decides then.",
    ),
    "change-declined": (
        "A change was not agreed to",
        "A verifier at {instance} did not agree to what you would change about your credential ({what}). Reason: {reason}. "
        "{note}\n\nWhat was verified before stays as it is.",
    ),
    "info-requested": (
        "A verifier needs more from you",
        "About your credential ({what}) at {instance}, a verifier asks:\n\n{note}\n\nAnswer with updateCredential, or "
        "add a document with requestEvidenceUpload.",
    ),
    "credential-suspended": (
        "A credential is suspended",
        "Your credential ({what}) at {instance} does not count from now on. Reason: {reason}. {note}\n\nUnless a "
        "second verifier agrees, this ends by itself after 72 hours. You can appeal until {appeal} with "
        "appealCredential.",
    ),
    "credential-revoked": (
        "A credential is revoked",
        "Your credential ({what}) at {instance} does not count from now on; a second verifier looks at it. Reason: "
        "{reason}. {note}\n\nYou can appeal until {appeal} with appealCredential.",
    ),
    "revocation-confirmed": (
        "The revocation is confirmed",
        "A second verifier at {instance} has confirmed that your credential ({what}) is revoked. Reason: {reason}.\n\n"
        "You can appeal until {appeal} with appealCredential; another verifier decides then.",
    ),
    "credential-restored": ("A credential counts again", "Your credential ({what}) at {instance} counts again."),
    "credential-questioned": (
        "A credential must be looked at again",
        "Your credential ({what}) at {instance} does not count until a verifier has looked at it again. Reason: {reason}.",
    ),
    "credential-expiring": (
        "A credential ends soon",
        "Your credential ({what}) at {instance} ends on {expires}, in {days} days. Renew it with updateCredential; it "
        "goes on counting until then.",
    ),
    "credential-expired": (
        "A credential has ended",
        "Your credential ({what}) at {instance} ended on {expires} and counts no longer. Give the new date with "
        "updateCredential.",
    ),
    "review-opened": (
        "A case came to the desk",
        "At {instance} a licence was suspended or revoked, and the same person's licence in {jurisdiction} must be "
        "looked at again. It is in verificationQueue.",
    ),
    "snapshot-stale": (
        "A register's copy is old",
        "The copy of {register} at {instance} is from {as_of}, more than {days} days ago. Import a new one with "
        "`consilium import register {authority} FILE`.",
    ),
}  # fmt: skip


def write(kind: str, data: dict[str, Any], *, language: str = "en") -> tuple[str, str]:
    """Subject and text of a message, in English where there is no translation."""
    subject, text = TRANSLATED.get(kind, {}).get(language) or TEXTS[kind]
    return f"{data['instance']}: {subject}", text.format_map(data).replace("  ", " ").rstrip() + "\n"
