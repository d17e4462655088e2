"""Why a verifier decided so, in sentences that the API and mails say alike.

Translations stand in `texts/<language>/LC_MESSAGES/catalogues.po`.
"""

from __future__ import annotations

from catalogues.messages import Catalogue, Message, by_code

TEXTS = Catalogue("catalogues")
DECISION_REASONS = by_code(
    Message("DecisionReason.CONFIRMED_AT_SOURCE", "The authority confirms it."),
    Message("DecisionReason.CONFIRMED_BY_DOCUMENT", "A document confirms it."),
    Message(
        "DecisionReason.NUMBER_NOT_FOUND",
        "The register does not have this number. Please compare it with your certificate.",
    ),
    Message("DecisionReason.NAME_MISMATCH", "The register has another name under this number."),
    Message("DecisionReason.EXPIRED", "It has expired."),
    Message("DecisionReason.SANCTIONED", "A sanction is on record."),
    Message("DecisionReason.FORGED_DOCUMENT", "A document is not genuine."),
    Message("DecisionReason.DUPLICATE", "The same credential is on file already."),
    Message("DecisionReason.INSUFFICIENT_EVIDENCE", "What you sent is not enough to decide."),
    Message("DecisionReason.REGISTER_CHANGED", "The register says something else now."),
    Message("DecisionReason.ENTERED_IN_ERROR", "It was entered by mistake."),
    Message("DecisionReason.OTHER", "The verifier explains the reason in a note."),
)


def reason_text(reason: str, language: str | None) -> str | None:
    """Return the sentence for a reason in a language, or in English where it has none; None where the reason is not known."""
    return TEXTS.text(DECISION_REASONS[reason], language) if reason in DECISION_REASONS else None
