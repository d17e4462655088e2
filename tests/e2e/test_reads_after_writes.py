"""Who reads after a write is answered what is stored: every mutation, and each query that shows it, read once."""

from __future__ import annotations

import os

import pytest
from graphql import GraphQLObjectType

from gateway.schema import schema
from tests.support.cluster import many_workers
from tests.support.matrix import Matrix
from tests.support.stack import Stack

ROUNDS = {"one worker": 1, "many": 2}
# Mutations that no query shows: what they answer is all there is to read, or it comes by mail.
NOT_SHOWN = {
    "signIn", "refreshSession", "signOut", "resendConfirmation", "requestPasswordReset", "resetPassword", "changePassword",
    "newRecoveryCodes", "disableTotp", "refuseSecondFactorReset",
    # need one-time passwords, and a second admin; tests/profiles/integration/test_second_factor.py reads after them
    "requestSecondFactorReset", "approveSecondFactorReset",
    "confirmEmailChange", "refuseEmailChange",
    "startTotp", "confirmTotp", "exportMyData", "requestEvidenceUpload", "flag", "proposeNote",
    # need a licence with a number of the register; tests/e2e/test_imports.py reads after them
    "claimProfile", "hideDirectoryProfile",
    # needs work that failed for good; tests/profiles/integration/test_dead_letters.py reads after it
    "retryDeadLetter",
}  # fmt: skip


def check(stack: Stack, rounds: int, *, payloads: bool = False) -> Matrix:
    """Run the matrix so often, and fail on the first round with anything stale."""
    matrix = Matrix(stack, payloads=payloads)
    for _ in range(rounds):
        matrix.run()
    print(f"{matrix.reads} reads of {len(matrix.pairs)} pairs, {len(matrix.stale)} stale")
    assert matrix.stale == []
    return matrix


def test_nothing_is_stale_with_one_worker(stack: Stack) -> None:
    """And the matrix misses no mutation; each payload says what a query says next, of all that the schema shows."""
    matrix = check(stack, ROUNDS["one worker"], payloads=True)
    assert matrix.compared > len(matrix.pairs)
    mutations = schema().get_type("Mutation")
    assert isinstance(mutations, GraphQLObjectType)
    assert {mutation for mutation, _ in matrix.pairs} | NOT_SHOWN == set(mutations.fields)


def test_nothing_is_stale_with_three_workers_and_two_graph_processes(stack: Stack) -> None:
    """Each request goes to another process: three gateways, three profiles, six graphs."""
    if stack.process is None and "CONSILIUM_TEST_URL" in os.environ:
        pytest.skip("its engines are not ours")
    with many_workers(stack, 3) as cluster:
        check(cluster, ROUNDS["many"])


@pytest.mark.chaos
def test_nothing_is_stale_in_a_hundred_rounds(stack: Stack) -> None:
    """As above, for most of an hour."""
    with many_workers(stack, 3) as cluster:
        check(cluster, 100)
