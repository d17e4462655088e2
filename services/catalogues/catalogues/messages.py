"""Sentences that services write themselves, in the reader's language, from gettext catalogues.

The English sentence stands in the code and is the message's id. Translations stand in
`texts/<language>/LC_MESSAGES/<domain>.po`, one file a language and service. They are read when the service starts, so that
nothing has to be compiled and a file that cannot be read stops the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "texts"
ENGLISH = NullTranslations()


@dataclass(frozen=True)
class Message:
    """A sentence in English, with `{name}` where a value is filled in.

    Args:
        context: what it is for, such as `ReasonCode.SAME_REGION`; the same sentence has a translation for each.
        many: the sentence for any other number than one; None where it does not count.
    """

    context: str
    english: str
    many: str | None = None

    @property
    def code(self) -> str:
        """What stands behind the last dot of the context: a value of an enum, or a part of a page."""
        return self.context.rpartition(".")[2]


def by_code(*messages: Message) -> dict[str, Message]:
    """Messages by the last part of their context."""
    return {message.code: message for message in messages}


class Catalogue:
    """The translations of what one service says."""

    def __init__(self, domain: str, folder: Path = FOLDER) -> None:
        """Read the files of a domain.

        Raises:
            PoFileError: one of them cannot be read.
        """
        files = sorted(folder.glob(f"*/LC_MESSAGES/{domain}.po"))
        self._translations = {file.parts[-3].replace("_", "-"): _read(file) for file in files}
        for tag, translations in self._translations.items():
            wider = next((one for one in _wider(tag) if one != tag and one in self._translations), None)
            if wider:
                translations.add_fallback(self._translations[wider])

    @property
    def languages(self) -> list[str]:
        """The tags of the languages that have a file, and English first."""
        return ["en", *self._translations]

    def nearest(self, language: str | None) -> str | None:
        """The language that a reader of another gets, or None where there is none: `pt` for `pt-BR`."""
        return next((tag for tag in _wider(language or "en") if tag == "en" or tag in self._translations), None)

    def text(self, message: Message, language: str | None, /, **values: object) -> str:
        """A message in a language, or in English where it has no translation."""
        text = self._of(language).pgettext(message.context, message.english)
        return text.format_map(values) if values else text

    def sentence(self, english: str, language: str | None, /, **values: object) -> str:
        """A sentence that has no context, in a language, or in English where it has no translation."""
        text = self._of(language).gettext(english)
        return text.format_map(values) if values else text

    def plural(self, message: Message, count: int, language: str | None, /, **values: object) -> str:
        """A message that counts, in the form that the language has for this number; filled in as `{count}` too."""
        text = self._of(language).npgettext(message.context, message.english, message.many or message.english, count)
        return text.format_map({"count": count, **values})

    def _of(self, language: str | None) -> NullTranslations:
        return self._translations.get(self.nearest(language) or "en", ENGLISH)


def _wider(tag: str) -> Iterator[str]:
    """A tag and those that it is a case of: `pt-BR`, `pt`."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _read(file: Path) -> GNUTranslations:
    """One language's translations; what a translator has marked as fuzzy is left out."""
    compiled = BytesIO()
    with file.open("rb") as stream:
        write_mo(compiled, read_po(stream, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
