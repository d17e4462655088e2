"""The kinds of discussion that have no details of their own."""

from __future__ import annotations

from graph.discussions.kinds.kind import Kind

DISCUSSION = Kind("DISCUSSION")
QUESTION = Kind("QUESTION")  # a post resolves it
