"""How people stand to the viewer, and whether they practise."""

from __future__ import annotations

from gateway.fields import enum

ConnectionState = enum(
    "ConnectionState",
    "How the viewer and a person are connected.",
    {
        "NONE": "The viewer and the person are not connected.",
        "SELF": "It is the viewer.",
        "REQUESTED_BY_ME": "The viewer has asked.",
        "REQUESTED_BY_THEM": "They have asked the viewer.",
        "CONNECTED": "The viewer and the person are connected.",
        "BLOCKED_BY_ME": "The viewer has blocked them.",
    },
)
PracticeStatus = enum(
    "PracticeStatus",
    "Whether a person practises, as they or a register say.",
    {
        "TRAINEE": "The person is a student, resident or other trainee.",
        "PRACTISING": "The person practises the profession.",
        "NOT_PRACTISING": "A register says that the person does not practise, and not why.",
        "RETIRED": "The person has retired.",
        "DECEASED": "A register says that the person has died.",
    },
)
