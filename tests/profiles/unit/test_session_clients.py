"""What a person reads about the program that signed in."""

from __future__ import annotations

import pytest

from profiles.sessions.domain import MAX_AGENT_LENGTH, describe_client


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 "
            "Edg/142.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
            "Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/142.0.0.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 "
            "Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        ("okhttp/4.12.0", "Unknown program"),
        ("Your bank, please confirm on Linux", "Unknown program on Linux"),
        ("", "Unknown program"),
        (None, "Unknown program"),
        ("x" * MAX_AGENT_LENGTH + "Firefox/1 Windows", "Unknown program"),
    ],
)  # fmt: skip
def test_a_program_has_one_of_the_usual_names(agent: str | None, name: str) -> None:
    """Nothing of what the client wrote itself is shown."""
    assert describe_client(agent) == name
