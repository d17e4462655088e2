"""What messages to whoever asks to hide a directory profile say: subject and text of each."""

from __future__ import annotations

from catalogues.messages import Message

HIDING = (
    (
        Message("hiding-requested", "Your request to hide a profile"),
        Message(
            "hiding-requested",
            "Somebody asked {instance} to show the directory profile of {profile} to nobody, and gave this address for "
            "the answer. A "
            "verifier looks at the request, and you will be told what was decided. If you did not ask, do nothing, or write to "
            "{contact}.",
        ),
    ),
    (
        Message("hiding-done", "The profile is hidden"),
        Message(
            "hiding-done",
            "The directory profile of {profile} at {instance} is shown to nobody any more, and later imports leave it "
            "hidden. If this "
            "is a mistake, write to {contact}.",
        ),
    ),
    (
        Message("hiding-declined", "The profile stays"),
        Message(
            "hiding-declined",
            "The directory profile of {profile} at {instance} stays. The verifier wrote: {reason}\n\nYou can ask again "
            "with what was "
            "missing, or write to {contact}.",
        ),
    ),
)
