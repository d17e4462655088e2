"""Paths and introductions: their figures, and what others are told of a step."""

from __future__ import annotations

from datetime import timedelta

MAX_PATH_LENGTH = 4
MAX_OPEN_INTRODUCTIONS = 10
LIFETIME = timedelta(days=30)
MAX_MESSAGE_LENGTH = 1000
PENDING, FORWARDED, ENDED = "PENDING", "FORWARDED", "ENDED"
