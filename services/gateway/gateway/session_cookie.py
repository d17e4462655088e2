"""The refresh token of a page of the same site, in a cookie that no script can read.

A page asks for it with the header `Consilium-Session: cookie`. Browsers ask before they send that header to another origin, so that
no form, image or link of a stranger can use the cookie, and requests without it never see it. What is checked besides:

- `Origin` is the gateway's own or one that the operator allows: a sister domain of the same site is not, and `null` never is;
- `Sec-Fetch-Site` says that the page is of the same site, where the browser says anything;
- the cookie's prefix `__Host-`, with which no sister domain can set or overwrite it, and that it came once.

The cookie signs nobody in by itself: it is read by the operations about sessions only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import Request

from gateway.origins import Origins
from kit import clock
from kit.errors import DomainError, Forbidden, Invalid

HEADER, MODE = "Consilium-Session", "cookie"
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,200}")


class SessionCookie:
    """The cookie of one request, and what the answer does with it.

    Args:
        name: the cookie's name.
        secure: whether it goes over TLS only.
        token: the refresh token that came; None where none did.
        refusal: why this page has no cookie; None for one that may.
    """

    def __init__(self, name: str, *, secure: bool, token: str | None, refusal: DomainError | None) -> None:
        self._name, self._secure, self._token, self._refusal = name, secure, token, refusal
        self.header: str | None = None

    def require(self) -> str | None:
        """The refresh token that came; None where none did.

        Raises:
            DomainError: this page is not one that may have it.
        """
        if self._refusal is not None:
            raise self._refusal
        return self._token

    def keep(self, token: str, until: datetime) -> None:
        """Let the answer store a refresh token until it ends."""
        self._set(token, max(0, int((until - clock.now()).total_seconds())))

    def forget(self) -> None:
        """Let the answer delete the cookie."""
        self._set("", 0)

    def _set(self, value: str, seconds: int) -> None:
        secure = "; Secure" if self._secure else ""
        self.header = f"{self._name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


@dataclass(frozen=True)
class CookiePolicy:
    """Whose pages have a session in a cookie, and how it is named.

    Args:
        public_url: where the API is; without TLS, in development, the cookie has neither the prefix nor `Secure`, and the port
            in its name, because browsers share the cookies of all ports.
        origins: whose pages may use the API.
    """

    public_url: str
    origins: Origins

    @property
    def secure(self) -> bool:
        """Whether the API is reached over TLS, as it is in production."""
        return self.public_url.startswith("https://")

    @property
    def name(self) -> str:
        """The cookie's name."""
        return (
            "__Host-consilium-session" if self.secure else f"consilium-session-{urlsplit(self.public_url).port or 80}"
        )

    def read(self, request: Request) -> SessionCookie | None:
        """The cookie of a request; None where the page does not ask for one."""
        asked = request.headers.get(HEADER)
        if asked is None:
            return None
        return SessionCookie(
            self.name, secure=self.secure, token=self._token(request), refusal=self._refusal(request, asked)
        )

    def _refusal(self, request: Request, asked: str) -> DomainError | None:
        if asked != MODE:
            return Invalid(f"The header {HEADER} reads `{MODE}`, or is left out.")
        if not self.origins.allows(request.headers.get("Origin")):
            return Forbidden("A session in a cookie is for pages in a browser that the operator allows (Origin).")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "same-site"}:
            return Forbidden(
                "A session in a cookie is for pages of the same site; others keep their tokens in memory. In development open "
                "the page under the same host name as the API: localhost and 127.0.0.1 are two sites."
            )
        return None

    def _token(self, request: Request) -> str | None:
        """The token that came in the cookie; None where it came twice, because then somebody else has set one too."""
        pairs = [pair.strip().partition("=") for pair in request.headers.get("Cookie", "").split(";")]
        found = [value for name, _, value in pairs if name == self.name]
        return found[0] if len(found) == 1 and _TOKEN.fullmatch(found[0]) else None
