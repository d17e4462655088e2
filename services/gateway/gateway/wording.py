"""Short texts that the gateway writes itself. Translations stand in `catalogues/texts/<language>/LC_MESSAGES/gateway.po`."""

from __future__ import annotations

from catalogues.messages import Catalogue, Message, by_code
from gateway.completion import unknown_value

TEXTS = Catalogue("gateway")

# {actor} and {subject} are filled in.
NOTIFICATIONS = by_code(
    Message("NotificationEvent.CONNECTION_REQUESTED", "{actor} would like to connect with you."),
    Message("NotificationEvent.CONNECTION_ACCEPTED", "You and {actor} are connected."),
    Message("NotificationEvent.INTRODUCTION_REQUESTED", "{actor} asks for an introduction."),
    Message("NotificationEvent.GROUP_INVITED", "{actor} invites you to the group {subject}."),
    Message("NotificationEvent.GROUP_JOIN_REQUESTED", "{actor} asks to join the group {subject}."),
    Message("NotificationEvent.MEMBERSHIP_CHANGED", "Your membership of the group {subject} has changed."),
    Message("NotificationEvent.MENTIONED", "{actor} mentioned you in {subject}."),
    Message("NotificationEvent.REPLIED", "{actor} answered you in {subject}."),
    Message("NotificationEvent.DISCUSSION_ADDED", "{actor} opened {subject}."),
    Message("NotificationEvent.ALERT", "Alert: {subject}"),
    Message("NotificationEvent.CREDENTIAL_DECIDED", "There is news about one of your credentials."),
    Message("NotificationEvent.CREDENTIAL_EXPIRING", "One of your credentials expires soon or has expired."),
    Message(
        "NotificationEvent.MODERATION_DECIDED", "The moderators have decided about something you wrote or reported."
    ),
)
# How what became of a credential is told; where a service before this one does not say it, the event's sentence is.
OUTCOMES = by_code(
    Message("CredentialOutcome.VALIDATED", "One of your credentials was verified."),
    Message("CredentialOutcome.REJECTED", "One of your credentials was not verified. You can appeal."),
    Message("CredentialOutcome.INFO_REQUESTED", "A verifier has a question about one of your credentials."),
    Message(
        "CredentialOutcome.CHANGE_DECLINED",
        "A change of one of your credentials was not agreed to. It stays as it was.",
    ),
    Message("CredentialOutcome.SUSPENDED", "One of your credentials is suspended. You can appeal."),
    Message("CredentialOutcome.REVOKED", "One of your credentials is revoked. You can appeal."),
    Message(
        "CredentialOutcome.REVOCATION_CONFIRMED",
        "A second verifier has confirmed that one of your credentials is revoked. You can appeal.",
    ),
    Message("CredentialOutcome.RESTORED", "One of your credentials counts again."),
    Message(
        "CredentialOutcome.QUESTIONED",
        "One of your credentials does not count until a verifier has looked at it again.",
    ),
    Message("CredentialOutcome.EXPIRING", "One of your credentials ends soon. Renew it."),
    Message("CredentialOutcome.EXPIRED", "One of your credentials has ended. Give its new last day."),
)
SOMETHING = Message("Notification.subject", "a discussion")
SOMEBODY = Message("Notification.actor", "Somebody")
CLAUSES = by_code(
    Message("PolicyClauseCode.LEVEL", "Is verified to the level that the group asks for."),
    Message("PolicyClauseCode.LICENSED_IN", "Holds a verified licence in one of: {values}."),
    Message("PolicyClauseCode.SPECIALTY", "Is verified in one of these specialties or a narrower one: {values}."),
    Message(
        "PolicyClauseCode.CHECKED_WITHIN",
        "The licence was checked within {count} day.",
        "The licence was checked within {count} days.",
    ),
)
LEVELS = by_code(
    Message("VerificationLevel.UNVERIFIED", "Everybody"),
    Message("VerificationLevel.IDENTITY", "Identity verified"),
    Message("VerificationLevel.RIGHT_TO_PRACTISE", "Right to practise verified"),
)
LABELS = by_code(
    Message("Label.DISPUTED", "Experts dispute this."),
    Message("Label.CORRECTED", "This was corrected."),
    Message("Label.RETRACTED_SOURCE", "A source of this has been retracted."),
    Message("Label.APPLIES_ELSEWHERE", "This may not apply in your country."),
)
IMAGE = Message("Post.bodyHtml", "Image at {host}: {title}")
COLLEAGUE = Message("PathStep.person", "a colleague")
COLLEAGUE_IN = Message("PathStep.country", "a colleague in {country}")
COLLEAGUE_IN_GROUP = Message("PathStep.group", "a colleague in your group {group}")
# Why somebody is ranked or suggested.
REASONS = by_code(
    Message("ReasonCode.MUTUAL_CONNECTIONS", "{count} mutual connection", "{count} mutual connections"),
    Message("ReasonCode.SHARED_GROUPS", "{count} group in common", "{count} groups in common"),
    Message("ReasonCode.SHARED_INTERESTS", "{count} interest in common", "{count} interests in common"),
    Message("ReasonCode.SAME_SPECIALTY", "Same specialty: {values}"),
    Message("ReasonCode.RELATED_SPECIALTY", "Related specialty: {values}"),
    Message("ReasonCode.SAME_REGION", "Also practises in: {values}"),
    Message("ReasonCode.SHARED_LANGUAGE", "Also speaks: {values}"),
    Message("ReasonCode.BRIDGES_COUNTRY", "Would be your first connection in: {values}"),
    Message("ReasonCode.NEWCOMER", "New here, and verified"),
)


def wording(table: dict[str, Message], kind: str, code: str) -> Message:
    """Return the message for a code that a service answered.

    Raises:
        UnknownValue: this release does not know the code; what it stands in is left out.
    """
    if code not in table:
        raise unknown_value(kind, code)
    return table[code]
