"""The kinds of discussion that have no details of their own."""

from __future__ import annotations

from gateway.discussions.kinds.kind import Kind

DISCUSSION = Kind("DISCUSSION", "An exchange.")
QUESTION = Kind("QUESTION", "A question, which a post may resolve.")
