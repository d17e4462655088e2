"""The rules of connecting."""

from __future__ import annotations

from datetime import timedelta

from kit import verification

REQUEST_LIFETIME = timedelta(days=90)
MESSAGE_LONGEST = 1000
# How many requests may wait for an answer at a time, by the sender's level.
OPEN_REQUESTS = {verification.UNVERIFIED: 5, verification.IDENTITY: 50, verification.RIGHT_TO_PRACTISE: 200}
