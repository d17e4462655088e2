"""What the steps say. Each text names the credential and never its number.

Translations stand in `catalogues/texts/<language>/LC_MESSAGES/profiles.po`.
"""

from __future__ import annotations

from catalogues.messages import Message, by_code

TITLES = by_code(
    Message("VerificationStepKind.CONFIRM_EMAIL", "E-mail address"),
    Message("VerificationStepKind.LICENCE", "Licence to practise"),
    Message("VerificationStepKind.IDENTITY", "Identity"),
    Message("VerificationStepKind.RENEWAL", "Renewal"),
    Message("VerificationStepKind.OTHER_CREDENTIAL", "Another credential"),
)
# Where nothing is on file yet, and of the address.
EMAIL_DONE = Message("VerificationStep.text", "You have confirmed your e-mail address.")
TO_DO = by_code(
    Message("VerificationStep.text.CONFIRM_EMAIL", "You have not confirmed your e-mail address yet."),
    Message("VerificationStep.text.LICENCE", "Nobody has verified a licence of yours yet."),
    Message("VerificationStep.text.IDENTITY", "Nobody has verified yet who you are."),
    Message("VerificationStep.text.RENEWAL", "Your credential ({what}) ends on {day}."),
)
TEXTS = by_code(
    Message("VerificationStep.text.DONE", "Your credential ({what}) is verified."),
    Message("VerificationStep.text.WAITING", "Your credential ({what}) waits for a verifier."),
    Message(
        "VerificationStep.text.NEEDS_ANSWER", "A verifier has a question about your credential ({what}): {question}"
    ),
    Message("VerificationStep.text.REFUSED", "Your credential ({what}) was not verified. Reason: {reason}"),
    Message("VerificationStep.text.SUSPENDED", "Your credential ({what}) does not count at present. Reason: {reason}"),
    Message("VerificationStep.text.EXPIRED", "Your credential ({what}) ended on {day}."),
)
SECOND = Message(
    "VerificationStep.text", "A verifier has decided about your credential ({what}), and a second one has to agree."
)
REVIEWED = Message(
    "VerificationStep.text", "Your credential ({what}) is looked at again by a verifier, and counts meanwhile."
)
WITH_LICENCE_WAITING = Message(
    "VerificationStep.text", "A verifier looks at who you are together with your credential ({what})."
)
WITH_LICENCE_DONE = Message("VerificationStep.text", "Your credential ({what}) proves who you are.")
USUAL_SHORT = Message("VerificationStep.text", "This usually takes less than an hour.")
USUAL_UP_TO = Message(
    "VerificationStep.text", "This usually takes up to {count} hour.", "This usually takes up to {count} hours."
)
USUAL = Message("VerificationStep.text", "This usually takes {fast} to {slow} hours.")

NEXT = by_code(
    Message(
        "VerificationStep.next.CONFIRM_EMAIL",
        "Open the link in the message that we sent you, and enter your password. If you do not find it, have it sent again.",
    ),
    Message(
        "VerificationStep.next.LICENCE",
        "Submit your licence with its number, and add a document of it that shows your name. If the verifier finds your name in "
        "it, it proves who you are too.",
    ),
    Message(
        "VerificationStep.next.IDENTITY",
        "Submit an identity, and add a document that shows your name, for example a passport or a staff card.",
    ),
    Message("VerificationStep.next.WAITING", "You have nothing to do. We tell you when it is decided."),
    Message("VerificationStep.next.NEEDS_ANSWER", "Answer the question, and add the documents that it asks for."),
    Message("VerificationStep.next.REFUSED", "Submit it again, with what was missing."),
    Message("VerificationStep.next.EXPIRED", "Give the new last day, and add a document that shows it."),
)  # fmt: skip
ADD_DOCUMENT = Message(
    "VerificationStep.next",
    "Add a document to your licence that shows your name, for example the licence itself: it proves who you are too. Or submit an "
    "identity.",
)
APPEAL = Message(
    "VerificationStep.next", "If you think that this is wrong, appeal until {day}: another verifier decides then."
)
MISSING = Message("VerificationStep.missing", "Still missing until you are verified: {steps}.")
COMPLETE = Message("VerificationStep.missing", "Nothing is missing: you are verified.")
