"""Paths and introductions: their figures, and what others are told of a step."""

from __future__ import annotations

from datetime import timedelta

LONGEST_PATH = 4
MOST_OPEN = 10
LIFETIME = timedelta(days=30)
MESSAGE_LONGEST = 1000
PENDING, FORWARDED, ENDED = "PENDING", "FORWARDED", "ENDED"
