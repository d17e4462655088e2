"""Search and ranking in memory, held to a reference in plain Python on small random networks that keep changing."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from catalogues import specialties
from graph.peers import ranking
from graph.peers.columns import Links, Posting, slots
from graph.peers.network import Network, PeerCriteria
from graph.peers.order import in_order
from graph.peers.ranking import Viewer, bounded, pool, rank, reasons
from graph.peers.storage import day
from kit import practice

TODAY = "2026-11-21"
DAY = day(TODAY)
CODES = ["cardiology", "internal-medicine", "neurology", "emergency-medicine"]
COUNTRIES = ["DE", "FR", "ES", "KE", "IN"]
TAGS = ["de", "fr", "es", "en"]
DATES = ["", "2026-11-20", "2026-11-21", "9999-12-31"]
AUDIENCES = ["NOBODY", "CONNECTIONS", "GROUPS", "VERIFIED", "MEMBERS"]
Row = dict[str, Any]


def a_row(chance: random.Random, number: int, everybody: list[str]) -> Row:
    """A person as the graph reads them."""
    some = lambda values, most: chance.sample(values, chance.randint(0, most))  # noqa: E731
    countries = some(COUNTRIES, 2)
    return {
        "id": everybody[number],
        "properties": {
            "version": chance.choice((0, 1, 1, 1, 1)), "suspended": chance.random() < 0.1, "claimed": chance.random() < 0.9,
            "sort_name": chance.choice(("ada", "ada l", "adalbert the great", "adalbert the small", "bo")),
            "search_text": chance.choice(("ada lovelace", "bo derek", "ada bo")),
            "places": countries, "languages": some(TAGS, 2), "language_keys": [], "interests": some(["ai", "ecg"], 2),
            "profession": chance.choice(("2211", "2212", None)),
            "practice_status": chance.choice((None, None, *practice.STATUSES)),
            "identity_until": chance.choice(DATES), "practise_until": chance.choice(DATES),
            "joined_at": chance.choice(("2020-01-01T00:00:00Z", "2026-11-01T00:00:00Z")),
            "changed_at": chance.choice((1_500_000_000_000, 1_790_000_000_000)),
            "connections_audience": chance.choice(AUDIENCES), "groups_audience": chance.choice(AUDIENCES),
        },
        "practised": [[code, chance.choice(DATES)] for code in some(CODES, 2)],
        "licensed": [[country, chance.choice(DATES)] for country in countries[:1]],
        "connections": [], "groups": some(["g1", "g2", "g3"], 2), "blocks": [],
    }  # fmt: skip


class Model:
    """The same people in dicts."""

    def __init__(self, chance: random.Random, size: int) -> None:
        self.chance = chance
        self.everybody = [f"{n:03}" for n in range(size)]
        self.rows = {own: a_row(chance, n, self.everybody) for n, own in enumerate(self.everybody)}
        for one in self.everybody:
            for other in chance.sample(self.everybody, 4):
                if one != other:
                    self.connect(one, other)
            if chance.random() < 0.2:
                self.rows[one]["blocks"] = [chance.choice([o for o in self.everybody if o != one])]

    def connect(self, one: str, other: str) -> None:
        """Connect two, or part them where they are."""
        for a, b in ((one, other), (other, one)):
            row = self.rows[a]["connections"]
            (row.remove if b in row else row.append)(b)

    def listed(self, own: str) -> bool:
        """Whether somebody can be found at all."""
        properties = self.rows[own]["properties"]
        return bool(properties["version"] > 0 and not properties["suspended"])

    def blocked_pair(self, one: str, other: str) -> bool:
        """Whether either blocks the other."""
        return other in self.rows[one]["blocks"] or one in self.rows[other]["blocks"]

    def country(self, own: str) -> str:
        """Where somebody practises first."""
        return (self.rows[own]["properties"]["places"] or [""])[0]

    def near(self, viewer: str, hops: int) -> set[str]:
        """Who is at most so many connections away."""
        found, edge = set(), {viewer}
        for _ in range(hops):
            step = {other for one in edge for other in self.rows[one]["connections"]}
            edge = {other for other in step - found if self.listed(other)}
            found |= step
        return found - {viewer}

    def status(self, own: str) -> str | None:
        """What somebody's practice status is shown as."""
        properties = self.rows[own]["properties"]
        return properties["practice_status"] or ("PRACTISING" if properties["profession"] else None)

    def matches(self, criteria: PeerCriteria, own: str) -> bool:
        """Whether somebody is found."""
        row, properties = self.rows[own], self.rows[own]["properties"]
        viewer = self.rows[criteria.viewer]
        words = f" {properties['search_text']}"
        return bool(
            self.listed(own) and own != criteria.viewer and not self.blocked_pair(own, criteria.viewer)
            and (criteria.include_unclaimed or properties["claimed"])
            and (not criteria.specialties or any(
                c in criteria.specialties and (not criteria.specialty_verified or u >= TODAY) for c, u in row["practised"]))
            and (criteria.places is None or set(criteria.places) & set(properties["places"]))
            and (not criteria.languages or set(criteria.languages) & set(properties["languages"]))
            and (not criteria.professions or properties["profession"] in criteria.professions)
            and self.status(own) in (criteria.practice_statuses or (None, "TRAINEE", "PRACTISING"))
            and (not criteria.interests or set(criteria.interests) & set(properties["interests"]))
            and (criteria.licensed_in is None or (properties["identity_until"] >= TODAY and any(
                c in criteria.licensed_in and u >= TODAY for c, u in row["licensed"])))
            and (criteria.level is None or properties["identity_until"] >= TODAY)
            and (criteria.level != "RIGHT_TO_PRACTISE" or properties["practise_until"] >= TODAY)
            and (criteria.outside is None or (properties["places"] and criteria.outside not in properties["places"]))
            and all(f" {word}" in words for word in criteria.words)
            and not (criteria.exclude_connected and own in viewer["connections"])
            and (criteria.within_hops is None or own in self.near(criteria.viewer, criteria.within_hops))
        )  # fmt: skip

    def sees(self, viewer: str, own: str, field: str) -> bool:
        """Whether the viewer belongs to a field's audience."""
        audience = self.rows[own]["properties"][field]
        properties = self.rows[viewer]["properties"]
        connected = own in self.rows[viewer]["connections"] and self.listed(own)
        co_member = bool(set(self.rows[viewer]["groups"]) & set(self.rows[own]["groups"]))
        verified = min(properties["identity_until"], properties["practise_until"]) >= TODAY
        return {
            "NOBODY": False, "CONNECTIONS": connected, "GROUPS": connected or co_member,
            "VERIFIED": connected or verified, "MEMBERS": True,
        }[audience]  # fmt: skip

    def score(self, viewer: str, own: str) -> tuple[int, int, set[str]]:
        """Score, mutual connections, and the codes of the reasons."""
        me, you = self.rows[viewer], self.rows[own]
        mine, yours = me["properties"], you["properties"]
        friends = {one for one in me["connections"] if self.listed(one)}
        mutual = len(friends & set(you["connections"])) if self.sees(viewer, own, "connections_audience") else 0
        groups = len(set(me["groups"]) & set(you["groups"])) if self.sees(viewer, own, "groups_audience") else 0
        interests = len(set(mine["interests"]) & set(yours["interests"]))
        languages = len(set(mine["languages"]) & set(yours["languages"]))
        own_codes, other_codes = {c for c, _ in me["practised"]}, {c for c, _ in you["practised"]}
        same = bool(own_codes & other_codes)
        close = {r.code for c in own_codes for r in specialties.related(c)} - own_codes
        related = not same and bool(close & other_codes)
        region = bool(set(mine["places"]) & set(yours["places"]))
        covered = {self.country(one) for one in friends} | set(mine["places"]) | {""}
        bridge = self.country(own) not in covered
        identity = yours["identity_until"] >= TODAY
        newcomer = identity and yours["joined_at"] > "2026-08"
        score = (
            (30 if identity and yours["practise_until"] >= TODAY else 10 if identity else 0)
            + 8 * min(mutual, 5) + min(max(mutual - 5, 0), 20) + 6 * min(groups, 3) + 4 * min(interests, 3)
            + 5 * min(languages, 2) + 20 * same + 10 * related + 8 * region + 12 * bridge + 4 * newcomer
            - (50 if yours["changed_at"] < 1_600_000_000_000 else 0)
        )  # fmt: skip
        named = {
            "MUTUAL_CONNECTIONS": mutual, "SAME_SPECIALTY": same, "RELATED_SPECIALTY": related, "SHARED_GROUPS": groups,
            "BRIDGES_COUNTRY": bridge, "SHARED_INTERESTS": interests, "SHARED_LANGUAGE": languages,
            "SAME_REGION": region, "NEWCOMER": newcomer,
        }  # fmt: skip
        return score, mutual, {code for code, counts in named.items() if counts}


def some_filter(chance: random.Random, viewer: str) -> PeerCriteria:
    """A filter with some of the conditions."""
    maybe = lambda value, none: value if chance.random() < 0.3 else none  # noqa: E731
    return PeerCriteria(
        viewer=viewer, today=TODAY, professions=maybe(["2211"], ()), specialties=maybe(CODES[:2], ()),
        specialty_verified=chance.random() < 0.3, places=maybe(["DE", "FR"], None), languages=maybe(["de", "en"], ()),
        level=maybe(chance.choice(("IDENTITY", "RIGHT_TO_PRACTISE")), None), licensed_in=maybe(["DE", "ES"], None),
        interests=maybe(["ai"], ()), words=maybe(["ad", "bo"][: chance.randint(1, 2)], ()),
        exclude_connected=chance.random() < 0.3, include_unclaimed=chance.random() < 0.3,
        practice_statuses=maybe(chance.sample(practice.SEARCHED, 2), ()),
        within_hops=maybe(chance.randint(1, 3), None), outside=maybe("DE", None),
    )  # fmt: skip


def check(model: Model, network: Network) -> None:
    """Search, order, scores and reasons are those of the reference, for one viewer and one filter."""
    chance = model.chance
    viewer = chance.choice(model.everybody)
    criteria = some_filter(chance, viewer)
    found = network.select(criteria)
    expected = {own for own in model.everybody if model.matches(criteria, own)}
    assert {network.ids[slot] for slot in found} == expected
    seen = Viewer.of(network, viewer, DAY)
    ranked = rank(network, seen, found, DAY)
    for number, slot in enumerate(found.tolist()):
        score, mutual, codes = model.score(viewer, network.ids[slot])
        assert (int(ranked.score[number]), int(ranked.mutual[number])) == (score, mutual)
        assert {reason["code"] for reason in reasons(network, seen, ranked, number)} == codes
    by_hand = sorted(
        (-model.score(viewer, own)[0], model.rows[own]["properties"]["sort_name"], own) for own in expected
    )
    walked: list[tuple[int, str, str]] = []
    after = None
    while page := in_order(network, found, -ranked.score, by_name=True, after=after, first=3):
        walked += [(-int(ranked.score[n]), network.names[slot], network.ids[slot]) for n, slot in page]
        after = walked[-1]
    assert walked == by_hand


@pytest.mark.parametrize("seed", range(12))
def test_search_and_ranking_are_those_of_the_reference_while_people_change(seed: int) -> None:
    """A new network, then one that takes over change after change, connections and erasures among them."""
    chance = random.Random(seed)
    model = Model(chance, 40)
    network = Network()
    for row in model.rows.values():
        network.apply(row, 1)
    for _ in range(25):
        check(model, network)
        changed = set(chance.sample(model.everybody, 3))
        for own in changed:
            links = {name: model.rows[own][name] for name in ("connections", "blocks")}
            model.rows[own] = a_row(chance, model.everybody.index(own), model.everybody) | links
        one, other = chance.sample(model.everybody, 2)
        model.connect(one, other)
        for own in sorted(changed | {one}):  # the other side follows by itself
            network.apply(model.rows[own], 1)
    gone = chance.choice(model.everybody)
    network.erase(gone, 1)
    model.everybody.remove(gone)
    del model.rows[gone]
    for row in model.rows.values():
        for name in ("connections", "blocks"):
            row[name] = [one for one in row[name] if one != gone]
    for _ in range(10):
        check(model, network)
    assert network.connections.total == sum(len(row["connections"]) for row in model.rows.values())
    assert network.groups.total == network.members.total == sum(len(row["groups"]) for row in model.rows.values())


def test_pages_are_exact_where_thousands_share_a_score_and_the_beginning_of_a_name() -> None:
    """The quick cut by numbers never drops somebody whom the exact order would show."""
    chance = random.Random(7)
    network = Network()
    size = 3000
    for number in range(size):
        slot = network.slot(f"{chance.randrange(10**9):09}-{number}")
        network.describe(slot, {"sort_name": f"dr anna {chance.randrange(500)}" if number % 3 else "bo", "version": 1})
    found = slots(range(size))
    major = np.asarray([chance.choice((1, 1, 1, 2, 3)) for _ in range(size)], np.int64)
    for by_name in (True, False):
        exact = sorted((int(major[s]), network.names[s] if by_name else "", network.ids[s]) for s in range(size))
        walked, after = [], None
        while page := in_order(network, found, major, by_name=by_name, after=after, first=101):
            walked += [(int(major[s]), network.names[s] if by_name else "", network.ids[s]) for _, s in page]
            after = walked[-1]
        assert walked == exact


def test_mutual_connections_are_counted_alike_from_either_side() -> None:
    """Which side is read depends on how much there is to read, and must not show."""
    chance = np.random.default_rng(3)
    size = 500
    one = chance.integers(0, size, 6000).astype(np.int32)
    two = chance.integers(0, size, 6000).astype(np.int32)
    pairs = np.unique(np.stack([np.minimum(one, two), np.maximum(one, two)])[:, one != two], axis=1)
    links = Links.of(np.concatenate([pairs[0], pairs[1]]), np.concatenate([pairs[1], pairs[0]]), size)
    for slot in (3, 400):
        links.link(slot, 499)
        links.link(499, slot)
    for viewer in (0, 3, 250):
        for wanted in (slots(range(size)), slots([499]), slots([400, 401])):
            row = links.row(viewer)
            by_hand = [len(set(row.tolist()) & set(links.row(int(w)).tolist())) for w in wanted]
            assert links.common(row, wanted, size, links).tolist() == by_hand


def test_a_posting_takes_changes_and_knows_days() -> None:
    """Who has a term, and who has it today."""
    posting = Posting(slots([1, 5, 9]), slots([10, 20, 30]))
    posting.put(5, 40)
    posting.put(7, 5)
    posting.drop(9)
    assert posting.everybody().tolist() == [1, 5, 7]
    assert posting.on(11).tolist() == [5]


def test_only_a_bounded_number_is_ranked_and_those_near_are_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those not near, who joined last."""
    monkeypatch.setattr(ranking, "RANKED", 10)
    network = Network()
    for number in range(100):
        row = a_row(random.Random(1), 0, [f"{number:03}"])
        row["properties"] |= {"version": 1, "suspended": False, "joined_at": f"2026-01-01T00:{number % 60:02}:00Z"}
        network.apply(row | {"groups": [], "connections": ["000"] if number == 5 else []}, 1)
    found = slots(range(100))
    chosen = bounded(network, Viewer.of(network, "000", DAY), found)
    assert len(chosen) == 11
    assert 5 in chosen
    assert {network.ids[slot] for slot in chosen} == {"005", *(f"{n:03}" for n in range(50, 60))}


def test_suggestions_are_people_one_does_not_know_and_newcomers_are_reserved_places() -> None:
    """Nobody connected, blocked or left out; the reserved are verified newcomers or of rare countries."""
    chance = random.Random(5)
    model = Model(chance, 60)
    network = Network()
    for row in model.rows.values():
        network.apply(row, 1)
    for viewer in model.everybody[:10]:
        left_out = {network.slot_of[own] for own in model.everybody[50:]}
        chosen = pool(network, Viewer.of(network, viewer, DAY), left_out, DAY)
        main, reserved = ({network.ids[s] for s in part.found} for part in (chosen.main, chosen.reserved))
        assert main or reserved
        for own in main | reserved:
            assert own not in model.rows[viewer]["connections"]
            assert own != viewer
            assert own not in model.everybody[50:]
            assert model.listed(own)
            assert model.status(own) in {None, "TRAINEE", "PRACTISING"}
            assert not model.blocked_pair(own, viewer)
        assert all("NEWCOMER" not in model.score(viewer, own)[2] for own in main)
        assert not main & reserved
