"""What the pages say that links in messages open. Translations stand in `catalogues/texts/<language>/LC_MESSAGES/gateway.po`."""

from __future__ import annotations

from catalogues.messages import Message, by_code
from gateway.wording import TEXTS

PAGES = {
    "confirm": by_code(
        Message("confirm.title", "Confirm your address"),
        Message(
            "confirm.lead",
            "Enter the password that you chose when you signed up. This confirms that the account is yours.",
        ),
        Message("confirm.password", "Password"),
        Message("confirm.hint", "If you did not sign up, close this page: nothing happens."),
        Message("confirm.button", "Confirm"),
        Message(
            "confirm.forgotten",
            "If you do not know the password, ask for a new one where you sign in. That confirms your address too.",
        ),
        Message("confirm.done", "Your address is confirmed. You can close this page and sign in."),
    ),
    "reset": by_code(
        Message("reset.title", "Set a new password"),
        Message("reset.lead", "Choose a new password. All sessions end, and you sign in with the new one."),
        Message("reset.password", "New password"),
        Message(
            "reset.hint",
            "12 to 128 characters, not a common one. If you did not ask for this, close the page: the old password stays.",
        ),
        Message("reset.button", "Set password"),
        Message("reset.done", "Your new password is set. You can close this page and sign in."),
    ),
    "change-email": by_code(
        Message("change-email.title", "Confirm another address"),
        Message("change-email.lead", "You agree that your account gets another address."),
        Message("change-email.hint", "If you did not ask for this, do not confirm it."),
        Message("change-email.button", "Confirm"),
        Message(
            "change-email.done",
            "You have confirmed. The address changes when the other mailbox has confirmed too, or at the time that the message names.",
        ),
    ),
    "keep-email": by_code(
        Message("keep-email.title", "Keep your address"),
        Message(
            "keep-email.lead",
            "You refuse that your account gets another address. It stays as it is, and all sessions end.",
        ),
        Message("keep-email.hint", "Whoever asked for it knows your password: set a new one next."),
        Message("keep-email.button", "Keep my address"),
        Message(
            "keep-email.done",
            "Your address stays, and everybody is signed out. Now ask for a new password where you sign in.",
        ),
    ),
    "keep-second-factor": by_code(
        Message("keep-second-factor.title", "Keep your one-time passwords"),
        Message(
            "keep-second-factor.lead",
            "You refuse that the one-time passwords of your account are turned off. They stay on, and all sessions end.",
        ),
        Message("keep-second-factor.hint", "Whoever asked for it knows your password: set a new one next."),
        Message("keep-second-factor.button", "Keep them on"),
        Message(
            "keep-second-factor.done",
            "Your one-time passwords stay on, and everybody is signed out. Now ask for a new password where you sign in.",
        ),
    ),
}
BOTH = by_code(  # on each page
    Message("page.token", "Code in the message"),
    Message("page.script", "This page needs JavaScript. Turn it on, or use another browser."),
)
ERRORS = by_code(  # shown by what went wrong
    Message("problem.missing", "Fill in this field."),
    Message("problem.expired", "This link has expired. Ask for a new one."),
    Message("problem.used", "This link is not valid or was used. Ask for a new one."),
    Message(
        "problem.wrong",
        "This is not the password of that sign-up. If you signed up more than once, use the newest message.",
    ),
    Message("problem.taken", "Another account has confirmed this address. Sign in to that one."),
    Message("problem.wait", "Too many tries. Wait a little and try again."),
    Message("problem.failed", "This did not work just now. Try again in a moment."),
)


def page_texts(page: str, language: str) -> dict[str, str]:
    """What a page says, by the part of the page."""
    return _in(language, BOTH | PAGES[page])


def error_texts(language: str) -> dict[str, str]:
    """What each page says when something went wrong, by what did."""
    return _in(language, ERRORS)


def _in(language: str, messages: dict[str, Message]) -> dict[str, str]:
    return {name: TEXTS.text(message, language) for name, message in messages.items()}
