"""What requests about notifications may hold."""

from __future__ import annotations

import marshmallow as ma

from graph.people.schemas import Delivery
from kit.fields import Flag, PageSchema, Rows, Text, Texts


class NotificationPage(PageSchema):
    """A page of one's notifications."""

    unread_only = Flag(load_default=False, allow_none=True)


class Taken(ma.Schema):
    """Notifications that the profiles service sends, in its own shape: `outbox.store.OutboxStore.add_notification`."""

    notifications = Rows(most=1000, required=True)
    position = ma.fields.Nested(Delivery, load_default=None)


class Read(ma.Schema):
    """Up to which notification one has read."""

    up_to = Text(required=True, longest=100)


class NotificationsById(ma.Schema):
    """Notifications by id."""

    ids = Texts(required=True, most=100)
