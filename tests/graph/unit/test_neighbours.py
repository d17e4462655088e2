"""What is read of the network around a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.peers.neighbours import mutual_of
from graph.peers.network import Network

TODAY = date(2026, 11, 26).toordinal()


def a_network(**people: dict[str, Any]) -> Network:
    """Ada, who reads, Bob, who is read, and three whom both know: two listed and one who is suspended."""
    network = Network()
    links = {"ada": ["cleo", "dan", "eve"], "bob": ["cleo", "dan", "eve"]}
    for name in ("ada", "bob", "cleo", "dan", "eve"):
        given = people.get(name, {})
        network.apply(
            {
                "id": name,
                "properties": {"version": 1, "sort_name": name, "suspended": name == "eve"} | given.get("properties", {}),
                "practised": [], "licensed": [], "groups": given.get("groups", []), "blocks": given.get("blocks", []),
                "connections": [*links.get(name, [other for other in links if name in links[other]]), *given.get("connections", [])],
            },
            1,
        )  # fmt: skip
    return network


def shared(network: Network, after: tuple[str, str] | None = None, first: int = 5) -> tuple[list[str], int]:
    """Names of the connections that Ada and Bob share, and how many there are."""
    rows, total = mutual_of(network, "ada", "bob", TODAY, after=after, first=first)
    return [row["id"] for row in rows], total


def test_shared_connections_come_by_name_a_page_at_a_time() -> None:
    """One more than asked where there are more; who is suspended is left out."""
    network = a_network()
    assert shared(network) == (["cleo", "dan"], 2)
    assert shared(network, first=1) == (["cleo", "dan"], 2)
    assert shared(network, after=("cleo", "cleo")) == (["dan"], 2)
    assert mutual_of(network, "nobody", "bob", TODAY, after=None, first=5) == ([], 0)


def test_whoever_has_a_block_with_the_reader_is_left_out() -> None:
    """On either side; and somebody who blocks the reader shows nothing."""
    assert shared(a_network(cleo={"blocks": ["ada"]})) == (["dan"], 1)
    assert shared(a_network(ada={"blocks": ["dan"]})) == (["cleo"], 1)
    assert shared(a_network(bob={"blocks": ["ada"]})) == ([], 0)


@pytest.mark.parametrize(
    ("audience", "ada", "seen"),
    [
        ("MEMBERS", {}, True), ("NOBODY", {}, False), ("NOBODY", {"connections": ["bob"]}, False),
        ("CONNECTIONS", {}, False), ("CONNECTIONS", {"connections": ["bob"]}, True),
        ("GROUPS", {}, False), ("GROUPS", {"groups": ["g"]}, True), ("GROUPS", {"connections": ["bob"]}, True),
        ("VERIFIED", {}, False),
        ("VERIFIED", {"properties": {"identity_until": "2027-01-01", "practise_until": "2027-01-01"}}, True),
        ("VERIFIED", {"properties": {"identity_until": "2027-01-01", "practise_until": "2026-01-01"}}, False),
    ],
)  # fmt: skip
def test_connections_are_shown_to_their_audience(audience: str, ada: dict[str, Any], seen: bool) -> None:
    """As everywhere else that connections are shown."""
    known = ["ada"] if ada.get("connections") else []
    network = a_network(
        ada=ada, bob={"properties": {"connections_audience": audience}, "groups": ["g"], "connections": known}
    )
    assert shared(network)[1] == (2 if seen else 0)
