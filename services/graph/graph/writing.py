"""The stores of one writing transaction."""

from __future__ import annotations

from dataclasses import dataclass

from graph.audit.store import AuditWriter
from graph.db import Transaction
from graph.discussions.store import DiscussionWriter
from graph.groups.store import GroupWriter
from graph.keys.store import FencedCipher
from graph.moderation.store import ModerationWriter
from graph.notifications.store import NotificationWriter
from kit.cipher import FieldCipher


@dataclass(frozen=True)
class Writing:
    """What use-cases about discussions and moderation write with, all in one transaction.

    Args:
        cipher: encrypts what is held, with a key that cannot be retired meanwhile.
    """

    groups: GroupWriter
    discussions: DiscussionWriter
    notifications: NotificationWriter
    moderation: ModerationWriter
    audit: AuditWriter
    cipher: FencedCipher

    @classmethod
    def of(cls, tx: Transaction, cipher: FieldCipher) -> Writing:
        """The stores of a transaction."""
        fenced = FencedCipher(tx, cipher)
        return cls(
            GroupWriter(tx), DiscussionWriter(tx, fenced), NotificationWriter(tx), ModerationWriter(tx), AuditWriter(tx), fenced,
        )  # fmt: skip
