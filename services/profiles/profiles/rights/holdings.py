"""Every column of PostgreSQL and every kind of file of our own, and what it holds about people.

A new column is added here with the migration that makes it; `tests/contract/test_holdings.py` fails on one that is not.
"""

from __future__ import annotations

from kit.holdings import Erasure, Subject, exported, personal, technical
from kit.profile_fields import PLAIN

_ERASED = "until its owner erases it"
PROFILE = Subject("profile", _ERASED)
ACCOUNT = Subject("account: address, sign-in, roles, accepted policies", _ERASED)
ADDRESS_CHANGE = Subject("change of the address that waits for both mailboxes", "7 days after it was asked for")
FACTOR_RESET = Subject("request to reset a lost second factor", "14 days after it was made")
GIVERS = Subject("which admins gave and confirmed somebody's roles", "as long as the account", "kept, and names nobody")
SUSPENSIONS = Subject("suspensions of the account: reason, appeal and its outcome", "180 days after their end")
SUSPENDERS = Subject(
    "which admins suspended somebody and decided the appeal", "as long as the suspension", "kept, and names nobody"
)
PROPOSALS = Subject("roles that wait for a second admin", "7 days after they were proposed")
SESSIONS = Subject("sessions", "30 days after their end")
PERSONAL_TOKENS = Subject("personal access tokens", "30 days after their end")
CREDENTIALS = Subject(
    "credentials, other names, their history, checks and notes of verifiers",
    "2 years after a rejection or withdrawal; else " + _ERASED,
)
EVIDENCE = Subject(
    "evidence, and which verifier opened it",
    "30 days after the decision, or 14 days after the last day of an appeal; 180 days after an unanswered question",
)
DECISIONS = Subject(
    "what verifiers decided and noted about others",
    "as long as the credential",
    "kept, and names `service:erased` instead",
)
PAST = Subject(
    "decisions about numbers and documents, without names", "2 years after the decision",
    "kept under a keyed blind index of the number and keyed digests of the documents, without the person",
)  # fmt: skip
PROOFS = Subject("proofs of verification", "90 days after their expiry", "revoked, and kept without the person")
TRAIL = Subject(
    "audit trail",
    "never deleted",
    "kept under a pseudonym that names nobody any more; reasons that are about the person are deleted",
)
MESSAGES = Subject("messages that wait to be sent", "7 days")
MAIL_FILES = Subject("messages written into files, where no mail server is configured", "7 days")
ARCHIVES = Subject("archives of one's own data", "24 hours after they were made")
KEYS = Subject(
    "answers kept for `Idempotency-Key` (ids, no texts)", "2 days after the request",
    "the person's own are deleted; of others', an id of the person stays until then",
)  # fmt: skip
IMPORTED = Subject(
    "where a directory profile came from", _ERASED,
    "deleted; a keyed hash of the register's number stays, so that the next import does not bring it back",
)  # fmt: skip
HIDING = Subject(
    "requests to hide a directory profile: address for the answer, note, outcome", "30 days after the decision"
)
HIDING_DECIDERS = Subject(
    "which verifiers decided about hiding directory profiles",
    "as long as the directory profile",
    "kept, and names nobody",
)
HANDLES = Subject(
    "handles that were given, as keyed hashes", "never deleted", "kept, so that nobody gets the handle again"
)
ERASURES = Subject(
    "receipts of erasures: a number and times", "10 years after the erasure", "made by it; it names nobody"
)
PLACES = Subject(
    "names of institutions that people work at",
    "as long as somebody names it",
    "deleted, unless somebody else names it too",
)
REGISTERS = Subject(
    "copies of public registers and lists of sanctions", "the next copy; of a register two former ones are kept for an undo",
    "kept: they are what the register or list publishes, whoever is a member",
)  # fmt: skip
LOGS = Subject(
    "logs: ids, counts and codes",
    "7 days; in containers by size",
    "kept until then; they hold ids, and nothing else of people",
)

OPERATIONS = Subject(
    "texts of operations that clients persist; in files that gateway workers share, or in Valkey",
    "7 days; in files until the next one comes after that",
    "kept until then; values belong into variables, which are not stored",
)  # fmt: skip

_KEY = "a key that means nothing outside the database"
_TWICE = "the archive holds it elsewhere"
_KEYED = "a keyed or random hash, which nobody can read"
_QUEUE = "how often and when it is tried"

HOLDINGS = (
    personal("person", "id handle name profession specialties regions institutions contacts visibility claimed provenance version "
             "created_at hidden path_opt_in practice_status", PROFILE, archive="profile.json"),
    personal("person", " ".join(field.name for field in PLAIN), PROFILE, archive="profile.json"),
    personal("former_handle", "handle given_up_at", PROFILE, archive="former_handles.json"),
    technical("former_handle", "person_id", _KEY),
    technical("person", "merged_into", "of a directory profile: whose it became; it is deleted with that person"),
    personal("account", "email suspended suspended_until admin_lost_at created_at confirmed_at last_seen_at totp_confirmed_at",
             ACCOUNT, archive="account.json"),
    technical("account", "person_id", _KEY),
    technical("account", "email_key", "the address in another form"),
    technical("account", "hidden_at reminded_at resent_at resent_count",
              "of an address that nobody has confirmed: what was done about it"),
    technical("account", "totp_key_id", "which key encrypts the secret"),
    personal("account", "password_hash totp_cipher totp_last_step", ACCOUNT,
             because="secrets, which an archive must not hold"),
    personal("email_change", "email requested_at due_at new_confirmed_at old_confirmed_at", ADDRESS_CHANGE,
             archive="email_change.json"),
    technical("email_change", "id person_id", _KEY),
    technical("former_mailbox", "person_id mailbox changed_at",
              "keyed hashes, so that an erasure also finds the messages in files to an address that was changed"),
    personal("second_factor_reset", "requested_at approved_at due_at expires_at", FACTOR_RESET,
             archive="second_factor_reset.json"),
    personal("second_factor_reset", "approved_by", FACTOR_RESET,
             because="which admin agreed stands in the audit trail, under a pseudonym"),
    technical("second_factor_reset", "id person_id", _KEY),
    personal("account_role", "role", ACCOUNT, archive="roles.json"),
    technical("account_role", "person_id", _KEY),
    personal("role_grant", "role given_by_rule given_at ended_at", ACCOUNT, archive="role_grants.json"),
    technical("role_grant", "id person_id", _KEY),
    personal("role_grant", "given_by confirmed_by sole_admin", GIVERS, erasure=Erasure.UNNAMED,
             because="who the admins are is not told; what they did stays with the account, without them"),
    personal("suspension", "reason started_at waits proposed_until confirmed_at appeal_statement appealed_at appeal_outcome "
             "appeal_note appeal_decided_at ended_at", SUSPENSIONS, archive="suspensions.json"),
    personal("suspension", "suspended_by confirmed_by appeal_decided_by", SUSPENDERS, erasure=Erasure.UNNAMED,
             because="who the admins are is not told; what they did stays with the suspension, without them"),
    technical("suspension", "id person_id", _KEY),
    personal("role_proposal", "roles jurisdictions proposed_at expires_at", PROPOSALS, archive="role_proposals.json"),
    personal("role_proposal", "proposed_by", PROPOSALS, because="who the admins are is not told"),
    technical("role_proposal", "id person_id", _KEY),
    personal("verifier_jurisdiction", "jurisdiction", ACCOUNT, archive="jurisdictions.json"),
    technical("verifier_jurisdiction", "person_id", _KEY),
    personal("policy_acceptance", "policy edition accepted_at", ACCOUNT, archive="policies.json"),
    technical("policy_acceptance", "person_id", _KEY),
    personal("recovery_code", "code_hash", ACCOUNT, because="a secret, which an archive must not hold"),
    technical("recovery_code", "person_id", _KEY),
    personal("session", "created_at last_used_at ended_at expires_at refresh_until authenticated_at one_time_password "
             "client_name", SESSIONS, archive="sessions.json"),
    personal("session", "client", SESSIONS, because="a keyed hash of a network address, which nobody can read"),
    technical("session", "id person_id", _KEY),
    technical("session", "tokens_void_before", "when the tokens end that were given before a change of roles"),
    technical("refresh_token", "token_hash session_id expires_at used_at", "tokens as hashes, until a day after their expiry"),
    personal("personal_access_token", "name writes created_at expires_at last_used_at revoked_at", PERSONAL_TOKENS,
             archive="personal_access_tokens.json"),
    technical("personal_access_token", "id person_id", _KEY),
    technical("personal_access_token", "token_hash", "tokens as hashes, until 30 days after their end"),
    technical("personal_access_token", "tokens_void_before", "when access tokens end that were given before a suspension"),
    technical("mail_token", "token_hash person_id purpose expires_at", "tokens as hashes, until a day after their expiry"),
    technical("erased_session", "session_id ended_at", "so that the tokens of an erased person end at once; for a day",
              erasure=Erasure.KEPT),
    technical("attempt", "key count last_at", "failed tries under keyed hashes, for a day", erasure=Erasure.KEPT),
    personal("credential", "id kind authority institution_id specialty jurisdiction status revalidation standing method "
             "source_url issued_on expires_on checked_on submitted_at requested_info version previous_standing desk_since "
             "review_reason source_as_of next_review_on decided_at appeal_until appeal_statement proposed message "
             "pending_decision pending_at pending_expires_at pending_fields claims_person holder other_name "
             "proves_identity other_authority", CREDENTIALS, archive="credentials.json"),
    personal("credential", "number_cipher number_typed_cipher", CREDENTIALS,
             because="credentials.json holds them in clear, as `number` and `number_typed`"),
    technical("credential", "number_index key_id", _KEYED),
    technical("credential", "person_id", _KEY),
    technical("credential", "seen_version stage", "counters"),
    personal("credential", "taken_by lease_until pending_by decided_by assigned_to", DECISIONS, erasure=Erasure.UNNAMED,
             because="who the verifiers are is not told; what they did stays with the credential, without them"),
    personal("credential_event", "at actor from_status to_status reason note", CREDENTIALS, archive="credentials.json"),
    technical("credential_event", "credential_id position", _KEY),
    personal("credential_check", "name outcome detail at", CREDENTIALS, archive="credentials.json"),
    technical("credential_check", "credential_id", _KEY),
    personal("case_note", "at text", CREDENTIALS, because="verifiers write it to each other, and its subject is not shown it"),
    personal("case_note", "author", DECISIONS, erasure=Erasure.UNNAMED, because="who the verifiers are is not told"),
    technical("case_note", "id credential_id", _KEY),
    technical("credential_reminder", "credential_id expires_on days", "which reminders were sent"),
    personal("evidence", "id credential_id file_name media_type bytes added_at delete_at pages", EVIDENCE, archive="evidence.json"),
    technical("evidence", "digest", _KEYED),
    personal("evidence_content", "content", EVIDENCE, because="encrypted; the archive holds each document as a file, in clear"),
    technical("evidence_content", "evidence_id key_id", _KEY),
    personal("evidence_view", "evidence_id viewer at", EVIDENCE, because="the audit trail says who viewed what"),
    technical("case_reading", "credential_id verifier version", "the version of a case that a verifier has read"),
    personal("past_decision", "id decided_at outcome reason by_two kind authority jurisdiction number_index appealed_at", PAST,
             erasure=Erasure.UNNAMED, because="a number that was suspended must not come back clean under a new account"),
    technical("past_decision", "person_id credential_id", "the only links to the person, which an erasure cuts"),
    technical("past_decision_document", "decision_id digest", _KEYED, erasure=Erasure.KEPT),
    personal("proof", "index level jurisdictions expires_at revoked_at made_at", PROOFS, archive="proofs.json",
             erasure=Erasure.UNNAMED, because="the published list says of each whether it was revoked"),
    technical("proof", "person_id", "the only link to the person, which an erasure cuts"),
    personal("proof", "profession specialties", PROOFS, archive="proofs.json"),
    technical("proof", "content name_digest", "digests of what the proof says"),
    personal("audit_entry", "seq at actor action object", TRAIL, archive="audit.json", erasure=Erasure.UNNAMED,
             because="people stand in it under a random pseudonym"),
    personal("audit_entry", "reason", TRAIL, archive="audit.json", because="of entries from before reasons stood apart"),
    technical("audit_entry", "hash reason_hash", "the chain", erasure=Erasure.KEPT),
    personal("audit_reason", "reason", TRAIL, archive="audit.json"),
    technical("audit_reason", "seq salt", _KEY),
    technical("audit_pseudonym", "person_id pseudonym", "the only place that says whose a pseudonym is"),
    technical("audit_head", "one seq hash", "the chain", erasure=Erasure.KEPT),
    technical("audit_checkpoint", "one number digest", "the chain of checkpoints", erasure=Erasure.KEPT),
    technical("relayed_event", "id taken_at", "ids of acts, for 7 days", erasure=Erasure.KEPT),
    technical("refusal", "actor action since count noted", "counts refusals of an hour; the trail has them after it"),
    technical("privileged_read", "actor action object since count", "counts reads of an hour; the trail has them after it"),
    personal("mail", "kind person_id address data created_at", MESSAGES, because="each is sent to the person as soon as it can be"),
    technical("mail", "id next_at attempts last_error dead_at", _QUEUE),
    personal("archive", "content", ARCHIVES, because="it is the archive"),
    technical("archive", "id person_id key_id expires_at", _KEY),
    personal("idempotency", "actor key fingerprint answer created_at", KEYS,
             because="an answer names by id what is in the archive"),
    personal("import_source", "source as_of file_as_of deactivated_on", IMPORTED, archive="sources.json"),
    technical("import_source", "ref_index content", _KEYED),
    technical("import_source", "person_id", _KEY),
    personal("hiding_request", "contact note language number_matches requested_at outcome decided_at decision_note", HIDING,
             archive="hiding_requests.json"),
    personal("hiding_request", "decided_by", HIDING_DECIDERS, erasure=Erasure.UNNAMED,
             because="who decided is not told"),
    technical("hiding_request", "id person_id", _KEY),
    technical("hiding_request", "contact_key", "the address in another form"),
    personal("import_suppressed", "source ref_index", IMPORTED, erasure=Erasure.KEPT,
             because="a keyed hash of the register's number, so that the next import does not bring the person back"),
    personal("used_handle", "handle_hash", HANDLES, erasure=Erasure.KEPT,
             because="a keyed hash, so that nobody gets the handle again"),
    personal("erasure", "id erased_at graph_erased_at mail_erased_at", ERASURES, erasure=Erasure.KEPT,
             because="it says that somebody was erased, and not who"),
    personal("register_entry", "name standing specialty expires_on practice", REGISTERS, erasure=Erasure.KEPT,
             because="what the register publishes"),
    technical("register_entry", "snapshot_id number_index line", _KEYED, erasure=Erasure.KEPT),
    technical("register_snapshot", "id authority as_of replaces_newer imported_at active entries alarmed_on phase rows_read "
              "rows_taken rows_refused duplicates zeros_restored read_to notes encoding failure validated would_open "
              "would_stop zeros_lost replaced activated_at recheck_after rechecked_at checked opened restored",
              "of a register and its import", erasure=Erasure.KEPT),
    technical("register_case", "snapshot_id credential_id reason stopped before",
              "what a credential said before a copy of a register put it on the desk, for an undo"),
    personal("sanction", "source name name_key name_keys authority country imposed_on", REGISTERS, erasure=Erasure.KEPT,
             because="what the list publishes"),
    technical("sanction", "number_index", _KEYED, erasure=Erasure.KEPT),
    technical("sanction_list", "source imported_at entries as_of", "of a list", erasure=Erasure.KEPT),
    personal("institution", "name name_key region", PLACES, erasure=Erasure.KEPT,
             because="profile.json says where somebody works; one that somebody else names too stays"),
    technical("institution", "id", _KEY, erasure=Erasure.KEPT),
    technical("authority", "id fields active version changed_at", "what operators say of authorities", erasure=Erasure.KEPT),
    technical("authority_revision", "one revision", "when that changed", erasure=Erasure.KEPT),
    technical("outbox", "id aggregatetype aggregateid type payload created_at attempts next_attempt_at last_error dead_at position",
              "what the graph is to be told; of an erased person only that, until it was"),
    technical("outbox_left", "id position", "ids of rows that were delivered", erasure=Erasure.KEPT),
    technical("projection", "one installation epoch delivered stage after done restored_at restore_entry",
              "how far the graph is told", erasure=Erasure.KEPT),
    technical("failed_item", "id kind queue item created_at attempts next_attempt_at last_error dead_at", _QUEUE),
    technical("field_key", "id", "which ids of keys may still be used", erasure=Erasure.KEPT),
    technical("key_holder", "process service key_id fingerprint signing_key seen_at", "which processes use which keys",
              erasure=Erasure.KEPT),
    technical("worker_heartbeat", "worker seen_at failing", "which workers run", erasure=Erasure.KEPT),
    technical("alembic_version", "version_num", "of the schema", erasure=Erasure.KEPT),
)  # fmt: skip

# Kinds of files under `.consilium`, or where CONSILIUM_MAIL_DIR and CONSILIUM_AUDIT_DIR say; evidence and archives are in
# PostgreSQL. What the engines keep in their own folders is theirs.
FILES = (
    personal("mail/*.eml", "", MAIL_FILES, because="the person was sent it"),
    personal("log/*.log", "", LOGS, erasure=Erasure.KEPT, because="it holds ids and no text of anybody's"),
    personal(
        "operations/*", "", OPERATIONS, erasure=Erasure.KEPT, because="a client's program, and no data of anybody's"
    ),
    technical("log/.*.day", "", "on which day a log began", erasure=Erasure.KEPT),
    technical("audit/*.json*", "", "signed hashes of the trail", erasure=Erasure.KEPT),
    technical("secrets/*", "", "keys and passwords of the installation", erasure=Erasure.KEPT),
    technical("run/*", "", "process ids, ports and the lock of the running system", erasure=Erasure.KEPT),
)

# Which rows of a table are a person's, in SQL; `:p` is their id.
OWNED = {
    "former_handle": "person_id = CAST(:p AS uuid)",
    "account": "person_id = CAST(:p AS uuid)",
    "account_role": "person_id = CAST(:p AS uuid)",
    "role_grant": "person_id = CAST(:p AS uuid)",
    "role_proposal": "person_id = CAST(:p AS uuid)",
    "suspension": "person_id = CAST(:p AS uuid)",
    "verifier_jurisdiction": "person_id = CAST(:p AS uuid)",
    "policy_acceptance": "person_id = CAST(:p AS uuid)",
    "second_factor_reset": "person_id = CAST(:p AS uuid)",
    "email_change": "person_id = CAST(:p AS uuid)",
    "session": "person_id = CAST(:p AS uuid)",
    "personal_access_token": "person_id = CAST(:p AS uuid)",
    "proof": "person_id = CAST(:p AS uuid)",
    "hiding_request": "contact_key = (SELECT email_key FROM account WHERE person_id = CAST(:p AS uuid))",
    "import_source": "person_id = CAST(:p AS uuid) OR person_id IN (SELECT id FROM person WHERE merged_into = CAST(:p AS uuid))",
}

ARCHIVE = exported(HOLDINGS)
