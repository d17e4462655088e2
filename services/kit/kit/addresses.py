"""Network addresses as what is counted by them."""

from __future__ import annotations

import ipaddress
import threading
from collections import Counter


def address_key(address: str | None) -> str:
    """What stands for an address: itself, or the /64 network of an IPv6 one, which one customer has."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class Tally:
    """Counts what each of many holds at a time, up to a most; who holds nothing takes no memory."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, key: str, most: int, amount: int = 1) -> bool:
        """Whether one more, or so many, are taken; `leave` follows then."""
        with self._lock:
            if self._counts[key] + amount > most:
                if not self._counts[key]:
                    del self._counts[key]
                return False
            self._counts[key] += amount
            return True

    def leave(self, key: str, amount: int = 1) -> None:
        """One, or so many, have ended."""
        with self._lock:
            self._counts[key] -= amount
            if self._counts[key] <= 0:
                del self._counts[key]

    def count(self, key: str) -> int:
        """How many there are now."""
        return self._counts.get(key, 0)

    def __len__(self) -> int:
        return len(self._counts)
