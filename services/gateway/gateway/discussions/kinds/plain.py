"""The kinds of discussion that have no details of their own."""

from __future__ import annotations

from gateway.discussions.kinds.kind import Kind

DISCUSSION = Kind("DISCUSSION", "Free exchange among the members of a group.")
QUESTION = Kind("QUESTION", "Question that one of its posts can resolve, see `resolveDiscussion`.")
