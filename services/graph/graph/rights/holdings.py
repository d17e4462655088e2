"""Every label, relationship and property of Neo4j, and what it holds about people.

Neo4j has no schema that could refuse a property, so the list is compared with what is stored after a person has done
everything (`tests/e2e/test_erasure.py`), and with the labels and relationships of all queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.discussions import properties
from graph.discussions.domain import DELETED
from graph.discussions.kinds.kind import BOOKKEEPING, MADE_FROM_ARCHIVED, Property
from kit.holdings import Erasure, Holding, Subject, exported, personal, technical

_ERASED = "until its owner erases it"
CARD = Subject("copy of the profile, as others see it", "as long as the profile")
CONNECTIONS = Subject("connections, requests, dismissed suggestions, blocks", "until they are ended or erased")
MEMBERSHIPS = Subject(
    "memberships, invitations, requests, bans and suspensions in groups", "until they are ended or erased",
    "deleted; of invitations and bans of others, who made them",
)  # fmt: skip
GROUPS = Subject(
    "groups", "until their last member is erased",
    "kept while others belong to them: they go to the longest-standing moderator or member; else deleted with all in them",
)  # fmt: skip
TEXTS = Subject(
    "discussions and posts, what they said before, translations, live sessions and their links", _ERASED,
    "an empty stub stays where others answered, without author, text, link or host",
)  # fmt: skip
MENTIONS = Subject(
    "mentions in others' texts", "as long as the text", "`@handle` becomes `@[erased]`; the mention is deleted"
)
MARKS = Subject("votes, reactions, acknowledgements, ratings", "until they are taken back or erased")
REPORTS = Subject(
    "reports, and appeals against decisions", "never deleted",
    "kept as a number: who reported, what they told, who appealed and why are deleted, also where it is about the person",
)  # fmt: skip
RULINGS = Subject(
    "moderators' decisions", "never deleted",
    "kept as a number: author, reporters, facts and clause are deleted; a decision that the person made keeps its facts",
)  # fmt: skip
NOTES = Subject("context notes", _ERASED)
INTRODUCTIONS = Subject("introductions", _ERASED)
NOTIFICATIONS = Subject("notifications", "180 days")
KEYS = Subject(
    "answers kept for `Idempotency-Key` in the graph (ids, no texts)", "2 days after the request",
    "the person's own are deleted; of others', an id of the person stays until then",
)  # fmt: skip
ACTS = Subject("acts on their way to the audit trail", "seconds, until they are taken")
FEED = Subject("ids of people in the feed of changes", "a day", "kept until then: ids without anything else")
GONE = Subject(
    "ids of erased people", "never deleted", "made by it; they keep a restored backup from bringing somebody back"
)

_STUB = "the stub that the answers need; nobody's"
_KEY = "a key that means nothing outside the database"
_RUN = "which import wrote it"
_ID = "another person's id, under another name in the archive"


def contents(label: str, declared: Iterable[Property], archive: str) -> Iterator[Holding]:
    """Declare the properties of discussions or posts, as `graph.discussions.properties` lists them.

    Args:
        label: Discussion or Post.
        archive: the file of the archive that has them.
    """
    for one in declared:
        erasure = Erasure.KEPT if DELETED in one.survives else Erasure.DELETED
        if one.name == "author_id":
            yield personal(label, one.name, TEXTS, erasure=Erasure.UNNAMED, because=one.because)
        elif one.technical:
            yield technical(label, one.name, one.technical, erasure=erasure)
        elif one.because:
            yield personal(label, one.name, TEXTS, erasure=erasure, because=one.because)
        else:
            because = _STUB if erasure is Erasure.KEPT else ""
            yield personal(label, one.name, TEXTS, archive=archive, erasure=erasure, because=because)


HOLDINGS = (
    personal("Professional", "handle claimed suspended unconfirmed profession practice_status places languages interests "
             "institutions path_opt_in joined_at snapshot", CARD,
             because="the profile itself is in profile.json"),
    technical("Professional", "id", _KEY),
    personal("FormerHandle", "handle", CARD, because="former_handles.json has them"),
    technical(":LEADS_TO", "", "whose a former handle is"),
    technical("Professional", "sort_name search_text dated_names language_keys identity_until practise_until shows_to_groups "
              "groups_audience connections_audience", MADE_FROM_ARCHIVED),
    technical("Professional", "version epoch installation changed_at pair_lock notified_until", BOOKKEEPING),
    personal(":PRACTISES", "verified_until", CARD, because="credentials.json says it"),
    personal(":WORKS_IN", "", CARD, because="profile.json says it"),
    personal(":LICENSED_IN", "until", CARD, because="credentials.json says it"),
    personal(":CONNECTED_TO", "since", CONNECTIONS, archive="graph/connections.json"),
    technical(":CONNECTED_TO", "import", _RUN),
    personal(":ASKED", "id message created_at expires_at", CONNECTIONS, archive="graph/requests.json"),
    personal(":DISMISSED", "at", CONNECTIONS, archive="graph/dismissed_suggestions.json"),
    personal(":BLOCKS", "at", CONNECTIONS, archive="graph/blocks.json"),
    personal(":MEMBER_OF", "role joined_at", MEMBERSHIPS, archive="graph/memberships.json"),
    technical(":MEMBER_OF", "import", _RUN),
    personal(":ASKED_TO_JOIN", "message created_at", MEMBERSHIPS, archive="graph/other_memberships.json"),
    personal(":INVITED_TO", "created_at", MEMBERSHIPS, archive="graph/other_memberships.json"),
    personal(":INVITED_TO", "by", MEMBERSHIPS, erasure=Erasure.UNNAMED, because="who invited is not told"),
    personal(":BANNED_FROM", "created_at reason", MEMBERSHIPS, archive="graph/other_memberships.json"),
    personal(":BANNED_FROM", "by", MEMBERSHIPS, erasure=Erasure.UNNAMED, because="who banned is not told"),
    personal(":SUSPENDED_IN", "until", MEMBERSHIPS, archive="graph/other_memberships.json"),
    personal("Group", "id handle name purpose rules languages visibility join_policy specialties regions member_limit created_at "
             "policy_level policy_licensed_in policy_specialties policy_checked_days", GROUPS, erasure=Erasure.KEPT,
             because="a group belongs to its members; the archive names those of the person"),
    technical("Group", "sort_name search_text", MADE_FROM_ARCHIVED, erasure=Erasure.KEPT),
    technical("Group", "version locked_at last_join_at marked_at changed_at import", BOOKKEEPING, erasure=Erasure.KEPT),
    *contents("Discussion", properties.DISCUSSION, "graph/discussions.json"),
    *contents("Post", properties.POST, "graph/posts.json"),
    technical("Post", "topics topic_keys search_text", "of stubs of an earlier version; empty"),
    personal("Revision", "at title body", TEXTS, archive="graph/discussions.json"),
    technical("Revision", "id version", _KEY),
    personal("Translation", "language title body", TEXTS, archive="graph/discussions.json"),
    technical("Translation", "id author_id at import", "of the text's author, beside the text"),
    technical(":WROTE", "", "whose a text is; the archive holds the texts"),
    technical(":IN", "", "which group a discussion is in", erasure=Erasure.KEPT),
    technical(":ON", "", "which discussion a post is in", erasure=Erasure.KEPT),
    technical(":OF", "", "which text a revision or translation is of"),
    personal(":NAMES", "", MENTIONS, because="it is in others' texts, and makes an erasure find them"),
    personal(":VOTED", "option at", MARKS, archive="graph/votes.json"),
    technical(":VOTED", "import", _RUN),
    personal(":REACTED", "kind at", MARKS, archive="graph/reactions.json"),
    technical(":REACTED", "import", _RUN),
    personal(":ACKNOWLEDGED", "at", MARKS, archive="graph/acknowledgements.json"),
    personal(":RATED", "helpful country at", MARKS, archive="graph/ratings.json"),
    personal("Flag", "id subject subject_kind reason created_at", REPORTS, archive="graph/reports.json", erasure=Erasure.KEPT,
             because="that a text was reported, and for which kind of reason, counts in the yearly report"),
    personal("Flag", "detail", REPORTS, archive="graph/reports.json"),
    personal("Flag", "appeal_statement", REPORTS, archive="graph/appeals.json"),
    personal("Flag", "reporter appealed_by", REPORTS, because="it is the person themselves"),
    personal("Flag", "author taken_by decided_by", REPORTS, erasure=Erasure.UNNAMED, because="who moderates is not told"),
    technical("Flag", "origin status group lease_until decision locked_at import", "where it stands", erasure=Erasure.KEPT),
    personal("Decision", "id subject subject_kind action label automated_detection automated_decision until appeal_until "
             "decided_at appealed", RULINGS, archive="graph/decisions.json", erasure=Erasure.KEPT,
             because="that something was decided counts in the yearly report"),
    personal("Decision", "facts clause", RULINGS, archive="graph/decisions.json"),
    personal("Decision", "author", RULINGS, erasure=Erasure.UNNAMED, because="it is the person themselves"),
    personal("Decision", "decided_by reporters", RULINGS, erasure=Erasure.UNNAMED, because="who reported and decided is not told"),
    technical("Decision", "flag group", _KEY, erasure=Erasure.KEPT),
    personal("ContextNote", "id subject subject_kind body sources status helpful_in created_at", NOTES, archive="graph/notes.json"),
    technical("ContextNote", "author group locked_at import", _KEY),
    personal("Introduction", "id from to via message note state created_at answered_at", INTRODUCTIONS,
             archive="graph/introductions.json"),
    technical("Introduction", "locked_at", BOOKKEEPING),
    personal("Notification", "id event outcome subject_kind subject created_at read_at", NOTIFICATIONS,
             archive="graph/notifications.json"),
    personal("Notification", "actor", NOTIFICATIONS, because=_ID),
    technical("Notification", "to group added_position", _KEY),
    personal("IdempotencyKey", "id fingerprint answer created_at", KEYS, because="an answer names by id what is in the archive"),
    technical("IdempotencyKey", "fresh", BOOKKEEPING),
    personal("AuditEvent", "id at action actor object reason", ACTS, erasure=Erasure.UNNAMED, because="audit.json has them"),
    personal("FeedEntry", "people erased groups contents added notifications", FEED, erasure=Erasure.KEPT,
             because="for a day; ids without anything else"),
    technical("FeedEntry", "position at", BOOKKEEPING, erasure=Erasure.KEPT),
    technical("FeedHead", "id position epoch locked", BOOKKEEPING, erasure=Erasure.KEPT),
    technical("FeedHost", "id seen_at", "which machines read the feed", erasure=Erasure.KEPT),
    personal("ErasedProfessional", "id", GONE, erasure=Erasure.KEPT,
             because="a random number that names nobody; it keeps a late or restored snapshot from bringing somebody back"),
    technical("ErasedProfessional", "changed_at installation ghost_epoch", BOOKKEEPING, erasure=Erasure.KEPT),
    technical("AuditCheckpoint", "id number digest asked", "the last checkpoint of the trail", erasure=Erasure.KEPT),
    technical("ProjectionState", "installation epoch position row", "how far the outbox is applied", erasure=Erasure.KEPT),
    technical("FieldKey", "id locked retired_at", "which keys may still be used", erasure=Erasure.KEPT),
    technical("KeyHolder", "id service key_id fingerprint seen_at", "which processes use which keys", erasure=Erasure.KEPT),
    technical("Specialty", "code", "of the catalogue", erasure=Erasure.KEPT),
    technical("Region", "code", "of the catalogue", erasure=Erasure.KEPT),
)  # fmt: skip

ARCHIVE = {
    file.removeprefix("graph/").removesuffix(".json"): {name for fields in places.values() for name in fields}
    for file, places in exported(HOLDINGS).items()
}
