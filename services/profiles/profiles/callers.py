"""Which services may call what of this one, and what people may who have not confirmed their address or are suspended.

See `kit.services`, `kit.confirmation`, `kit.suspension` and `kit.personal_tokens`.
"""

from __future__ import annotations

from kit.services import Callers, Service, only

_OPERATOR = only(Service.OPERATOR)

CALLERS: Callers = {
    "accounts.create_account": _OPERATOR,
    "authorities.import_rows": _OPERATOR,
    "keys.show": _OPERATOR,
    "keys.reencrypt": _OPERATOR,
    "keys.retire": _OPERATOR,
    "imports.demo_credentials": _OPERATOR,
    "imports.import_people": _OPERATOR,
    "imports.lag": _OPERATOR,
    "projection.progress": _OPERATOR,
    "projection.rebuild": _OPERATOR,
    "registers.activate": _OPERATOR,
    "registers.add_entries": _OPERATOR,
    "registers.begin": _OPERATOR,
    "registers.discard": _OPERATOR,
    "registers.preview": _OPERATOR,
    "registers.recheck": _OPERATOR,
    "registers.recheck_next": _OPERATOR,
    "registers.restore_next": _OPERATOR,
    "registers.sanctions": _OPERATOR,
    "registers.undo": _OPERATOR,
    "rights.retention": _OPERATOR,
}

# The account and the profile that nobody else sees yet, and the rights over them. What is not here is refused.
UNCONFIRMED = frozenset(
    {
        "accounts.accept_policies",
        "accounts.change_password",
        "accounts.confirmation_state",
        "accounts.me",
        "accounts.resend_confirmation",
        "addresses.pending",
        "credentials.own",
        "people.set_visibility",
        "people.update_profile",
        "rights.erase_me",
        "rights.export",
        "rights.fetch_archive",
        "second_factor.confirm_totp",
        "second_factor.disable_totp",
        "second_factor.new_recovery_codes",
        "second_factor.start_totp",
        "sessions.end",
        "sessions.end_others",
        "sessions.own",
        "verification.steps",
    }
)

# What is stored about oneself and why one is suspended, the appeal, the archive and the erasure. What is not here is refused.
SUSPENDED = frozenset(
    {
        "accounts.me",
        "addresses.pending",
        "credentials.own",
        "rights.erase_me",
        "rights.export",
        "rights.fetch_archive",
        "sessions.own",
        "suspensions.appeal",
        "verification.steps",
    }
)

# What a personal access token reads, and what it changes with the scope WRITE. What is not here is refused, also what is new:
# whatever is about signing in, tokens, the address, policies, proofs, the archive, the erasure and appeals is for the person alone.
PERSONAL_READING = frozenset(
    {
        "accounts.confirmation_state",
        "accounts.me",
        "credentials.own",
        "credentials.own_numbers",
        "credentials.read",
        "verification.steps",
    }
)
PERSONAL_WRITING = frozenset(
    {
        "credentials.submit",
        "credentials.update",
        "credentials.withdraw",
        "evidence.request_upload",
        "people.set_path_opt_in",
        "people.set_visibility",
        "people.update_profile",
    }
)
