"""What messages say. Each is plain, short, and says what to do; none holds a register number.

Translations stand in `catalogues/texts/<language>/LC_MESSAGES/profiles.po`.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogues.messages import Message
from profiles.hiding.texts import HIDING
from profiles.personal_tokens.texts import PERSONAL_TOKENS


@dataclass(frozen=True)
class Mail:
    """What a message says; `{name}` and the like come from the instance, the person and the message's data.

    Args:
        period: fills `{period}`, in the form that the language has for a number.
        counts: which value of the data is that number.
    """

    subject: Message
    text: Message
    period: Message | None = None
    counts: str = ""


_ALL = (
    Mail(
        Message("confirm-address", "Confirm your address"),
        Message(
            "confirm-address",
            "Welcome to {instance}. To confirm this address, open this page {period} and enter the password that you "
            "chose:\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}\n\nIf you did not sign up, do nothing: the "
            "account goes away by itself.",
        ),
        Message("confirm-address", "within {count} hour", "within {count} hours"),
        counts="hours",
    ),
    Mail(
        Message("confirm-reminder", "Your account goes unless you confirm your address"),
        Message(
            "confirm-reminder",
            "You signed up at {instance}, and have not confirmed this address. {period} the account and all that is in it will "
            "be deleted. To keep it, open this page before then and enter the password that you chose:\n\n{link}\n\nIf the page "
            "asks for a code, it is:\n\n{token}\n\nIf you do not know the password, ask for a new one where you sign in. If you "
            "did not sign up, do nothing.",
        ),
        Message("confirm-reminder", "In {count} day", "In {count} days"),
        counts="days",
    ),
    Mail(
        Message("confirm-verified", "Confirm your address to be seen again"),
        Message(
            "confirm-verified",
            "Your account at {instance} has verified credentials, but nobody has confirmed this address. From now on an account is "
            "shown to others once its address is confirmed. Open this page {period} and enter your password:\n\n{link}"
            "\n\nIf the page asks for a code, it is:\n\n{token}\n\nIf you do not know the password, ask for a new one where you "
            "sign in. Nothing of your account is deleted.",
        ),
        Message("confirm-verified", "within {count} day", "within {count} days"),
        counts="days",
    ),
    Mail(
        Message("address-known", "You have an account already"),
        Message(
            "address-known",
            "Somebody signed up at {instance} with this address. It has an account already. If it was you, sign in, or "
            "ask for a new password with requestPasswordReset. If not, do nothing; nothing has changed.",
        ),
    ),
    Mail(
        Message("password-reset", "A new password"),
        Message(
            "password-reset",
            "Somebody asked for a new password for your account at {instance}. If it was you, open this page {period} and "
            "choose one:\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}\n\nThis confirms your address too, and ends "
            "all sessions. If it was not you, do nothing; the old password stays.",
        ),
        Message("password-reset", "within {count} hour", "within {count} hours"),
        counts="hours",
    ),
    Mail(
        Message("password-changed", "Your password was changed"),
        Message(
            "password-changed",
            "The password of your account at {instance} was changed, and all other sessions were ended. If it was not "
            "you, ask for a new one with requestPasswordReset at once.",
        ),
    ),
    Mail(
        Message("email-change-new", "Confirm your new address"),
        Message(
            "email-change-new",
            "Somebody asked to use this address for their account at {instance}. If it was you, open this page before {due}:"
            "\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}\n\nIf not, do nothing: this address is not used then.",
        ),
    ),
    Mail(
        Message("email-change-old", "Another address for your account"),
        Message(
            "email-change-old",
            "Somebody signed in to your account at {instance} and asked to use another address for it. If it was not you, open this "
            "page: your address stays, and everybody is signed out. Then ask for a new password where you sign in.\n\n{refuse}\n\n"
            "If it was you, open this one:\n\n{link}\n\nIf a page asks for a code, it is:\n\n{token}\n\nIf you do neither before "
            "{due}, and the new address is confirmed, it is used from then on.",
        ),
    ),
    Mail(
        Message("email-change-known", "You have an account already"),
        Message(
            "email-change-known",
            "Somebody asked to use this address for another account at {instance}. It has an account already, and nothing has "
            "changed. If it was you, sign in to that account, or ask for a new password with requestPasswordReset.",
        ),
    ),
    Mail(
        Message("email-change-refused", "Your address stays"),
        Message(
            "email-change-refused",
            "The change of the address of your account at {instance} was refused, and all sessions were ended. Whoever asked for "
            "it knows your password: ask for a new one where you sign in now.",
        ),
    ),
    Mail(
        Message("email-changed", "Your address was changed"),
        Message(
            "email-changed",
            "Your account at {instance} has another address from now on; sign in with that one. If it was not you, write to "
            "{contact} at once.",
        ),
    ),
    Mail(
        Message("totp-enabled", "One-time passwords are on"),
        Message(
            "totp-enabled",
            "Signing in to your account at {instance} asks for a one-time password from now on. If it was not you, write "
            "to {contact} at once.",
        ),
    ),
    Mail(
        Message("totp-disabled", "One-time passwords are off"),
        Message(
            "totp-disabled",
            "Signing in to your account at {instance} asks for no one-time password any more, and all other sessions were ended. "
            "If it was not you, write to {contact} at once.",
        ),
    ),
    Mail(
        Message("recovery-codes-replaced", "You have new recovery codes"),
        Message(
            "recovery-codes-replaced",
            "The recovery codes of your account at {instance} were replaced; the earlier ones do not work any more. If it was not "
            "you, write to {contact} at once.",
        ),
    ),
    Mail(
        Message("second-factor-reset-requested", "Your one-time passwords are to be turned off"),
        Message(
            "second-factor-reset-requested",
            "Somebody who knows your password asked the administrators of {instance} to turn off the one-time passwords of your "
            "account. If it was you, wait: they will want to know that it is you. If it was not you, open this page, and then ask "
            "for a new password where you sign in:\n\n{link}\n\nIf the page asks for a code, it is:\n\n{token}",
        ),
    ),
    Mail(
        Message("second-factor-reset-approved", "An administrator agreed to turn off your one-time passwords"),
        Message(
            "second-factor-reset-approved",
            "An administrator of {instance} agreed to turn off the one-time passwords of your account. {step} If you did not ask "
            "for it, open this page, and then ask for a new password where you sign in:\n\n{link}\n\nIf the page asks for a code, "
            "it is:\n\n{token}",
        ),
    ),
    Mail(
        Message("second-factor-reset-refused", "Your one-time passwords stay on"),
        Message(
            "second-factor-reset-refused",
            "The one-time passwords of your account at {instance} stay on, and all sessions were ended. Whoever asked for it knows "
            "your password: ask for a new one where you sign in now.",
        ),
    ),
    Mail(
        Message("second-factor-reset-done", "Your one-time passwords are off"),
        Message(
            "second-factor-reset-done",
            "The one-time passwords of your account at {instance} were turned off, and all sessions were ended. Sign in with your "
            "password and set up another device with startTotp. If you did not ask for it, write to {contact} at once.",
        ),
    ),
    Mail(
        Message("second-factor-reset-waiting", "Somebody has lost their second factor"),
        Message(
            "second-factor-reset-waiting",
            "At {instance} somebody asks to have their one-time passwords turned off. The request is in secondFactorResets, and two "
            "administrators must agree. Make sure that it is the person, by another way than mail.",
        ),
    ),
    Mail(
        Message("account-suspended", "Your account is suspended"),
        Message(
            "account-suspended",
            "Your account at {instance} is suspended{until}. Reason: {reason}\n\nYou can still sign in, to read this "
            "(viewer.suspension), to appeal (appealSuspension), to take your data along (exportMyData) or to erase them (eraseMe). "
            "You can also write to {contact}.",
        ),
    ),
    Mail(
        Message("suspension-waits", "A suspension waits for a second admin"),
        Message(
            "suspension-waits",
            "At {instance} an admin has suspended an account for longer than one may alone. Look at it with the query suspensions, "
            "and confirm it with confirmSuspension, or end it with suspendAccount. Without an answer it ends by itself at {until}.",
        ),
    ),
    Mail(
        Message("suspension-appealed", "Somebody appeals against a suspension"),
        Message(
            "suspension-appealed",
            "At {instance} somebody whose account is suspended has appealed. Look at it with the query suspensions, and decide it with "
            "decideSuspensionAppeal.",
        ),
    ),
    Mail(
        Message("suspension-upheld", "Your account stays suspended"),
        Message(
            "suspension-upheld",
            "Your appeal at {instance} was looked at, and your account stays suspended. {note}\n\nYou can also write to {contact}.",
        ),
    ),
    Mail(
        Message("suspension-lifted", "Your account is not suspended any more"),
        Message(
            "suspension-lifted",
            "Your appeal at {instance} was agreed to, and your account is not suspended any more. {note}\n\nRefresh your session "
            "or sign in again.",
        ),
    ),
    Mail(
        Message("roles-changed", "What your account may do has changed"),
        Message(
            "roles-changed",
            "Your account at {instance} has these roles now: {roles}. Roles beyond MEMBER count in sessions that were opened with a "
            "one-time password. If you did not expect this, write to {contact} at once.",
        ),
    ),
    Mail(
        Message("admin-removed", "An admin was removed"),
        Message(
            "admin-removed",
            "At {instance} an admin has taken the role from another admin, suspended them or reset their second factor; auditLog "
            "says who. {period} the roles that one admin gives wait for a second one, as before. If this is wrong, undo it "
            "with setRoles or suspendAccount, or write to {contact}.",
        ),
        Message("admin-removed", "For {count} day", "For {count} days"),
        counts="days",
    ),
    Mail(
        Message("roles-proposed", "A role waits for a second admin"),
        Message(
            "roles-proposed",
            "At {instance} an admin would give a role to an account. Look at it with the query roleProposals, and confirm or decline "
            "it with confirmRoles or declineRoles. Without an answer it is over on {until}.",
        ),
    ),
    Mail(
        Message("credential-validated", "A credential was verified"),
        Message("credential-validated", "Your credential ({what}) at {instance} is verified."),
    ),
    Mail(
        Message("credential-rejected", "A credential was not verified"),
        Message(
            "credential-rejected",
            "Your credential ({what}) at {instance} was not verified. Reason: {reason} {note}\n\nYou can appeal until "
            "{appeal}; another verifier decides then.",
        ),
    ),
    Mail(
        Message("change-declined", "A change was not agreed to"),
        Message(
            "change-declined",
            "A verifier at {instance} did not agree to what you would change about your credential ({what}). Reason: {reason} "
            "{note}\n\nWhat was verified before stays as it is.",
        ),
    ),
    Mail(
        Message("info-requested", "A verifier needs more from you"),
        Message(
            "info-requested",
            "About your credential ({what}) at {instance}, a verifier asks:\n\n{note}\n\nSign in to answer, and to "
            "add documents.",
        ),
    ),
    Mail(
        Message("credential-suspended", "A credential is suspended"),
        Message(
            "credential-suspended",
            "Your credential ({what}) at {instance} does not count from now on. Reason: {reason} {note}\n\nUnless a "
            "second verifier agrees, this ends by itself after 72 hours. You can appeal until {appeal}.",
        ),
    ),
    Mail(
        Message("credential-revoked", "A credential is revoked"),
        Message(
            "credential-revoked",
            "Your credential ({what}) at {instance} does not count from now on; a second verifier looks at it. Reason: "
            "{reason} {note}\n\nYou can appeal until {appeal}.",
        ),
    ),
    Mail(
        Message("revocation-confirmed", "The revocation is confirmed"),
        Message(
            "revocation-confirmed",
            "A second verifier at {instance} has confirmed that your credential ({what}) is revoked. Reason: {reason}\n\n"
            "You can appeal until {appeal}; another verifier decides then.",
        ),
    ),
    Mail(
        Message("credential-restored", "A credential counts again"),
        Message("credential-restored", "Your credential ({what}) at {instance} counts again."),
    ),
    Mail(
        Message("credential-questioned", "A credential must be looked at again"),
        Message(
            "credential-questioned",
            "Your credential ({what}) at {instance} does not count until a verifier has looked at it again. Reason: {reason}",
        ),
    ),
    Mail(
        Message("credential-identifier", "A licence is an identifier now"),
        Message(
            "credential-identifier",
            "Your credential ({what}) at {instance} is an identifier from now on: its number does not say that you may practise. "
            "To have that right here, submit the licence of the authority that licenses you (submitCredential).",
        ),
    ),
    Mail(
        Message("credential-expiring", "A credential ends soon"),
        Message(
            "credential-expiring",
            "Your credential ({what}) at {instance} ends on {expires}, {period}. Renew it; it "
            "goes on counting until then.",
        ),
        Message("credential-expiring", "in {count} day", "in {count} days"),
        counts="days",
    ),
    Mail(
        Message("credential-expired", "A credential has ended"),
        Message(
            "credential-expired",
            "Your credential ({what}) at {instance} ended on {expires} and counts no longer. Give the new date.",
        ),
    ),
    *(Mail(subject, text) for subject, text in (*HIDING, *PERSONAL_TOKENS)),
    Mail(
        Message("review-opened", "A case came to the desk"),
        Message(
            "review-opened",
            "At {instance} a licence was suspended or revoked, and the same person's licence in {jurisdiction} must be "
            "looked at again. It is in verificationQueue.",
        ),
    ),
    Mail(
        Message("snapshot-stale", "A register's copy is old"),
        Message(
            "snapshot-stale",
            "The copy of {register} at {instance} is from {as_of}, {period}. Import a new one with "
            "`consilium import register {authority} FILE`.",
        ),
        Message("snapshot-stale", "more than {count} day ago", "more than {count} days ago"),
        counts="days",
    ),
)
MAILS = {mail.subject.context: mail for mail in _ALL}
CREDENTIAL = Message("credential", "{kind} in {country}")
CREDENTIAL_FROM = Message("credential", "{kind} in {country}, {authority}")
SUSPENDED_UNTIL = Message("account-suspended", " until {time}")
DONE_AT = Message("second-factor-reset-approved", "It is done on {time}.")
SECOND_ADMIN = Message("second-factor-reset-approved", "A second admin must agree.")
