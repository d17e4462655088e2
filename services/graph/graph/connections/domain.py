"""The rules of connecting."""

from __future__ import annotations

from datetime import timedelta

REQUEST_LIFETIME = timedelta(days=90)
MAX_MESSAGE_LENGTH = 1000
