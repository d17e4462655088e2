"""Every use-case that can refuse because of what is stored has a test that races it, or a reason why none can."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import graph
import profiles

REFUSALS = {"LimitReached", "Conflict", "VersionConflict"}
DECIDING = {"usecases", "recovery", "confirmation", "ending", "second_verifier", "sanctions"}
HELPING = {"domain", "casework", "cases", "validating", "access"}  # what use-cases call; not use-cases themselves


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The modules that decide, and those of rules that they call, by their dotted names."""
    for package in (graph, profiles):
        root = Path(package.__path__[0])
        for path in sorted(root.glob("**/*.py")):
            if path.stem in DECIDING | HELPING or path.parent.name == "usecases":
                name = ".".join([package.__name__, *path.relative_to(root).with_suffix("").parts])
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def names_of(tree: ast.Module) -> dict[str, str]:
    """What the names that a module imports stand for, by dotted names."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def called(node: ast.AST, own: str, imported: dict[str, str]) -> Iterator[str]:
    """The dotted names of the functions that a function mentions; what it passes on it may call."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield imported.get(inner.id, f"{own}.{inner.id}")
        elif isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id in imported:
            yield f"{imported[inner.value.id]}.{inner.attr}"


@cache
def refusing() -> tuple[str, ...]:
    """The public use-cases that can raise a refusal, themselves or through what they call."""
    mentions: dict[str, set[str]] = {}
    for module, tree in modules():
        imported = names_of(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                mentions[f"{module}.{node.name}"] = set(called(node, module, imported))
    refuse = {
        name for name, found in mentions.items() if any(one == f"kit.errors.{r}" for one in found for r in REFUSALS)
    }
    while True:
        more = {name for name, found in mentions.items() if name not in refuse and found & refuse}
        if not more:
            break
        refuse |= more
    return tuple(
        sorted(
            name
            for name in refuse
            if DECIDING & set(name.split(".")[-3:-1])
            and name.split(".")[-2] not in HELPING
            and not name.rsplit(".", 1)[1].startswith("_")
        )
    )


GRAPH, PROFILES = "tests/graph/integration/test_races.py", "tests/profiles/integration/test_races.py"
FACTORS = "tests/profiles/integration/test_second_factor.py"
SUSPENSIONS = "tests/profiles/integration/test_suspensions.py"
HIDING = "tests/profiles/integration/test_hiding.py"
IMPORTS = "tests/profiles/integration/test_register_imports.py"
CHANGES = "tests/profiles/integration/test_email_changes.py"
# Use-case → the test that races it.
RACED = {
    "profiles.personal_tokens.usecases.create_token": f"{PROFILES}::test_a_person_has_at_most_their_personal_access_tokens",
    "graph.connections.usecases.request_connection": f"{GRAPH}::test_a_person_has_at_most_their_open_requests",
    "graph.discussions.usecases.authoring.add_post": f"{GRAPH}::test_nothing_is_answered_in_a_discussion_that_is_deleted",
    "graph.discussions.usecases.authoring.add_translation": f"{GRAPH}::test_a_text_has_at_most_its_translations",
    "graph.discussions.usecases.authoring.edit_content": f"{GRAPH}::test_a_text_is_changed_once_a_version",
    "graph.discussions.usecases.acting.vote": f"{GRAPH}::test_32_votes_of_one_person_at_once_are_one_vote",
    "graph.groups.usecases.invite_to_group": f"{GRAPH}::test_a_ban_stands_however_many_invite_at_once",
    "graph.groups.usecases.join_group": f"{GRAPH}::test_32_join_a_group_of_5_and_exactly_5_are_in",
    "graph.groups.usecases.leave_group": f"{GRAPH}::test_two_owners_who_leave_at_once_leave_one",
    "graph.groups.usecases.respond_to_membership": (
        f"{GRAPH}::test_moderators_who_admit_at_once_do_not_overfill_a_group"
    ),
    "graph.groups.usecases.set_group_role": f"{GRAPH}::test_two_owners_who_step_down_at_once_leave_one",
    "graph.groups.usecases.update_group": f"{GRAPH}::test_a_group_is_changed_once_a_version_and_never_below_its_members",
    "graph.introductions.usecases.request_introduction": (
        f"{GRAPH}::test_a_person_has_at_most_their_open_introductions"
    ),
    "graph.moderation.usecases.appeal_decision": f"{GRAPH}::test_a_decision_is_appealed_once",
    "graph.moderation.usecases.decide_flag": f"{GRAPH}::test_of_32_moderators_who_take_a_flag_at_once_one_has_it",
    "graph.moderation.usecases.take_flag": f"{GRAPH}::test_of_32_moderators_who_take_a_flag_at_once_one_has_it",
    "profiles.authorities.usecases.import_authorities": (
        "tests/profiles/integration/test_authorities.py::test_many_who_import_at_once_do_not_pass_the_limit"
    ),
    "profiles.authorities.usecases.add_authority": (
        "tests/profiles/integration/test_authorities.py::test_of_many_who_add_one_authority_one_does"
    ),
    "profiles.authorities.usecases.change_authority": (
        "tests/profiles/integration/test_authorities.py::test_of_many_who_change_what_they_read_one_does"
    ),
    "profiles.accounts.confirmation.confirm_email": f"{PROFILES}::test_one_address_is_confirmed_by_one_account",
    "profiles.accounts.confirmation.resend_confirmation": (
        "tests/profiles/integration/test_confirmation.py::test_of_many_who_ask_at_once_for_another_message_one_is_sent"
    ),
    "profiles.second_factor.usecases.confirm_totp": f"{PROFILES}::test_one_time_passwords_are_turned_on_once",
    "profiles.accounts.recovery.reset_password": (
        "tests/profiles/integration/test_confirmation.py::test_no_session_is_opened_with_a_password_that_was_replaced"
    ),
    "profiles.second_factor.usecases.start_totp": f"{PROFILES}::test_one_time_passwords_are_turned_on_once",
    "profiles.second_factor.usecases.approve_reset": f"{FACTORS}::test_two_admins_reset_a_second_factor_once",
    "profiles.second_factor.usecases.disable_totp": f"{FACTORS}::test_one_time_passwords_are_turned_off_once",
    "profiles.second_factor.usecases.new_recovery_codes": f"{FACTORS}::test_of_many_new_recovery_codes_one_set_works",
    "profiles.second_factor.usecases.request_reset": f"{FACTORS}::test_one_request_waits_however_often_it_is_made",
    "profiles.addresses.usecases.confirm_change": f"{CHANGES}::test_an_address_that_many_accounts_want_goes_to_one",
    "profiles.addresses.usecases.request_change": f"{CHANGES}::test_of_many_changes_that_one_person_asks_for_one_waits",
    "profiles.suspensions.usecases.appeal_suspension": f"{SUSPENSIONS}::test_of_many_appeals_at_once_one_is_stored",
    "profiles.suspensions.usecases.confirm_suspension": f"{SUSPENSIONS}::test_a_suspension_is_confirmed_once",
    "profiles.suspensions.usecases.decide_appeal": f"{SUSPENSIONS}::test_an_appeal_is_decided_once",
    "profiles.suspensions.usecases.suspend_account": f"{SUSPENSIONS}::test_two_admins_who_suspend_at_once_do_not_confirm_each_other",
    "profiles.accounts.usecases.create_account": f"{PROFILES}::test_one_address_gets_one_account_from_the_operator",
    "profiles.credentials.usecases.appeal_credential": f"{PROFILES}::test_of_many_who_act_on_a_case_one_does[appeal]",
    "profiles.credentials.usecases.submit_credential": f"{PROFILES}::test_the_last_free_place_for_a_credential_is_taken_once",
    "profiles.credentials.usecases.update_credential": (
        f"{PROFILES}::test_two_credentials_do_not_get_one_number_by_updating_them"
    ),
    "profiles.credentials.usecases.withdraw_credential": f"{PROFILES}::test_of_many_who_act_on_a_case_one_does[withdraw]",
    "profiles.desk.second_verifier.confirm_decision": f"{PROFILES}::test_of_many_who_act_on_a_case_one_does[confirm]",
    "profiles.desk.usecases.add_case_note": f"{PROFILES}::test_a_case_has_at_most_its_notes",
    "profiles.desk.usecases.assign_case": f"{PROFILES}::test_a_case_that_is_decided_is_assigned_to_nobody",
    "profiles.desk.usecases.release_cases": f"{PROFILES}::test_cases_are_given_back_once",
    "profiles.desk.usecases.decide_credential": (
        "tests/profiles/integration/test_credentials.py::test_of_fifty_decisions_at_once_one_wins"
    ),
    "profiles.desk.usecases.release_case": f"{PROFILES}::test_of_many_who_act_on_a_case_one_does[release]",
    "profiles.desk.second_verifier.restore": f"{PROFILES}::test_what_comes_due_is_done_once_by_many_workers",
    "profiles.desk.ending.revoke_credential": f"{PROFILES}::test_of_many_who_act_on_a_case_one_does[revoke]",
    "profiles.desk.ending.suspend_credential": f"{PROFILES}::test_of_many_who_act_on_a_case_one_does[suspend]",
    "profiles.desk.usecases.take_case": f"{PROFILES}::test_of_many_who_act_on_a_case_one_does[take]",
    "profiles.directory.usecases.claim_profile": f"{PROFILES}::test_one_directory_profile_is_claimed_once_by_one_person",
    "profiles.hiding.usecases.request_hiding": f"{HIDING}::test_requests_at_once_do_not_exceed_what_may_wait",
    "profiles.hiding.usecases.decide_hiding": f"{HIDING}::test_a_request_is_decided_once",
    "profiles.hiding.usecases.restore_profile": f"{HIDING}::test_a_profile_is_restored_once",
    "profiles.scheduled_jobs.usecases.expire": f"{PROFILES}::test_what_comes_due_is_done_once_by_many_workers",
    "profiles.scheduled_jobs.usecases.lapse": f"{PROFILES}::test_what_comes_due_is_done_once_by_many_workers",
    "profiles.evidence.usecases.upload": f"{PROFILES}::test_a_credential_has_at_most_its_documents",
    "profiles.people.usecases.update_profile": f"{PROFILES}::test_of_many_changes_of_one_version_of_a_profile_one_is_made",
    "profiles.registers.ending.discard_snapshot": f"{IMPORTS}::test_an_import_that_is_given_up_by_many_at_once_ends_once",
    "profiles.registers.ending.undo_import": f"{IMPORTS}::test_many_undo_at_once_and_the_copy_is_undone_once",
    "profiles.registers.usecases.activate_snapshot": f"{IMPORTS}::test_imports_at_once_do_not_slip_past_the_threshold",
    "profiles.registers.ending.restore_next": f"{IMPORTS}::test_each_case_is_opened_and_closed_once_by_many",
    "profiles.registers.ending.restore_step": f"{IMPORTS}::test_each_case_is_opened_and_closed_once_by_many",
    "profiles.registers.ending.work_on_imports": f"{IMPORTS}::test_each_case_is_opened_and_closed_once_by_many",
    "profiles.registers.usecases.begin_snapshot": f"{IMPORTS}::test_the_newest_of_copies_at_once_counts",
    "profiles.registers.sanctions.import_sanctions": f"{IMPORTS}::test_of_lists_at_once_the_newest_stays",
    "profiles.registers.usecases.fail_import": f"{IMPORTS}::test_an_import_that_is_given_up_by_many_at_once_ends_once",
    "profiles.registers.usecases.recheck_next": f"{IMPORTS}::test_each_case_is_opened_and_closed_once_by_many",
    "profiles.registers.usecases.recheck_step": f"{IMPORTS}::test_each_case_is_opened_and_closed_once_by_many",
    "profiles.registers.usecases.add_entries": f"{PROFILES}::test_nothing_is_added_to_a_copy_of_a_register_that_counts",
    "profiles.registers.usecases.recheck": f"{PROFILES}::test_a_recheck_at_once_opens_a_case_once",
    "profiles.imports.usecases.follow_import": f"{PROFILES}::test_a_recheck_at_once_opens_a_case_once",  # it does that
    "profiles.rights.usecases.erase_me": f"{PROFILES}::test_one_admin_is_left_whatever_two_do_at_once",
    "profiles.roles.usecases.confirm_roles": f"{PROFILES}::test_a_role_is_confirmed_by_two_admins_whatever_many_do_at_once",
    "profiles.roles.usecases.set_roles": f"{PROFILES}::test_one_admin_is_left_whatever_two_do_at_once",
}
# Use-case → why no test can race it.
NOT_RACED = {
    "graph.discussions.usecases.acting.acknowledge_alert": "it refuses by the discussion's kind, which never changes",
    "graph.discussions.usecases.acting.resolve_discussion": "it refuses by the discussion's kind, which never changes",
    "graph.discussions.usecases.acting.withdraw_case_consent": "it refuses by the discussion's kind, which never changes",
    "profiles.registers.usecases.preview_snapshot": "it says what would be, and `activate_snapshot` finds that out again",
    "profiles.evidence.usecases.request_upload": "it makes an address and stores nothing; `upload` counts again",
    "profiles.imports.usecases.add_demo_credentials": "the demo network is loaded once, through use-cases that are raced",
}


def test_every_use_case_that_can_refuse_by_what_is_stored_is_raced() -> None:
    """A new one is listed with its test, or with the reason why there is none; no row outlives its use-case."""
    assert not RACED.keys() & NOT_RACED.keys()
    assert sorted(refusing()) == sorted({*RACED, *NOT_RACED})


def test_the_tests_that_are_named_exist_and_call_many_at_once() -> None:
    """By their file, their name and their parameter; each starts threads."""
    for test in sorted(set(RACED.values())):
        path, _, name = test.partition("::")
        function, _, parameter = name.partition("[")
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        assert hasattr(module, function), test
        if parameter:
            (mark,) = [one for one in getattr(module, function).pytestmark if one.name == "parametrize"]
            assert parameter.removesuffix("]") in list(mark.args[1]), test
        used = set(getattr(module, function).__code__.co_names) | {
            name for constant in getattr(module, function).__code__.co_consts if hasattr(constant, "co_names")
            for name in constant.co_names
        }  # fmt: skip
        assert used & {"race", "at_once", "Thread"}, test


def test_a_use_case_without_a_race_test_would_be_found() -> None:
    """The check itself works: it sees refusals of helpers and of other modules."""
    found = set(refusing())
    assert "profiles.credentials.usecases.submit_credential" in found  # itself
    assert "profiles.directory.usecases.claim_profile" in found  # through another module
    assert "profiles.desk.usecases.release_case" in found  # through the rules of `domain`
    assert "profiles.sessions.usecases.sign_in" not in found
