"""Caches are bounded by entries and by bytes."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogues import languages, regions, specialties
from gateway import limits
from gateway.execution import MAX_DOCUMENT_BYTES, MAX_DOCUMENTS, TOKEN_BYTES, Engine, RequestRejected, _document_bytes
from gateway.persisted import MAX_FILE_BYTES, MAX_TEXTS, LocalTexts, digest_of
from gateway.schema import schema
from kit.caches import BoundedCache


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 40))))
def test_neither_bound_is_ever_passed(puts: list[tuple[int, int]]) -> None:
    """Whatever is put, and what is held is the newest that was put under its key."""
    cache: BoundedCache[int, int] = BoundedCache(10, bytes=100, size=lambda _, value: value)
    newest: dict[int, int] = {}
    for key, value in puts:
        cache.put(key, value)
        newest[key] = value
        assert len(cache) <= 10
        assert cache.bytes <= 100
        held = {known: cache.get(known) for known in newest}
        assert all(found in {None, newest[known]} for known, found in held.items())


def test_the_longest_unused_goes_first_and_what_is_too_large_is_not_held() -> None:
    """Reading is using."""
    cache: BoundedCache[str, int] = BoundedCache(2, bytes=100, size=lambda _, value: value)
    for key in "ab":
        cache.put(key, 1)
    cache.get("a")
    cache.put("c", 1)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 1)
    cache.put("a", 101)
    assert cache.get("a") is None


def test_threads_share_a_cache() -> None:
    """Without losing count."""
    cache: BoundedCache[int, int] = BoundedCache(50, bytes=1_000, size=lambda *_: 7)

    def work(start: int) -> None:
        for n in range(3_000):
            cache.put((start + n) % 97, n)
            cache.get(n % 97)

    threads = [threading.Thread(target=work, args=(n * 31,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache) == 50
    assert cache.bytes == 350


def test_documents_of_a_stranger_stay_under_their_bytes() -> None:
    """Of nearly the most tokens, valid or not: counted by their tokens, so that fewer of them stay than of short ones."""
    bounds = {"bytes": MAX_DOCUMENT_BYTES // 20, "size": _document_bytes}
    engine = Engine(schema(), True, BoundedCache(MAX_DOCUMENTS, **bounds))  # type: ignore[arg-type]
    codes = ", ".join(f'"{n}"' for n in range(900))
    for n in range(12):
        query = f"query Q{n} {{ peers(filter: {{specialties: [{codes}]}}, first: 1) {{ nodes {{ id }} }} }}"
        engine.prepare(query, introspection=True)
        with pytest.raises(RequestRejected):
            engine.prepare(query.replace("{ id }", "{ nope }"), introspection=False)
    assert engine.documents.bytes <= MAX_DOCUMENT_BYTES // 20
    assert len(engine.documents) < 8
    assert TOKEN_BYTES * limits.MAX_TOKENS * 100 < MAX_DOCUMENT_BYTES


def test_texts_of_a_stranger_stay_under_their_bytes() -> None:
    """The longest that are taken."""
    texts = LocalTexts()
    for n in range(2 * MAX_FILE_BYTES // 40_000):
        text = f"# {n}".ljust(10_000)
        texts.put(digest_of(text), text)
    assert texts._texts.bytes <= MAX_FILE_BYTES
    assert len(texts._texts) < MAX_TEXTS


def test_codes_that_strangers_invent_do_not_stay() -> None:
    """Of regions, specialties and languages."""
    for n in range(12_000):
        regions.expand(f"XX-{n}")
        specialties.narrower(f"specialty-{n}")
        specialties.titles("x" * (n % 500))
    for a in range(60):
        for b in range(26):
            tag = f"en-{chr(65 + a % 26)}{chr(65 + b)}"
            languages.locale(f"en-Abc{chr(97 + a % 26)}-{chr(65 + a % 26)}{chr(65 + b)}")
            specialties.specialty_name("cardiology", tag)
    for function in (
        regions.expand, specialties.narrower, specialties.titles, specialties.related, languages.locale,
        specialties.specialty_name,
    ):  # fmt: skip
        info = function.cache_info()  # type: ignore[attr-defined]
        assert info.maxsize is not None
        assert info.currsize <= info.maxsize <= 10_000
