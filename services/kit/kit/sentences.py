"""Sentences for people, which can be said in their language though another service wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class Sentence(str):
    """A sentence in English, with what is needed to say it in another language.

    It is the text with its values filled in, wherever a text is expected. Translations stand in
    `catalogues/texts/<language>/LC_MESSAGES/problems.po` under the sentence with its gaps; the gateway chooses the language.

    >>> Sentence("{field} needs at least {shortest} characters.", field="name", shortest=3)
    'name needs at least 3 characters.'
    """

    template: str
    values: Mapping[str, str | int]

    __slots__ = ("template", "values")

    def __new__(cls, template: str, /, **values: str | int) -> Self:
        """Fill the values in."""
        made = super().__new__(cls, template.format_map(values) if values else template)
        made.template, made.values = template, values
        return made


def read_sentence(text: str, told: object) -> str:
    """The sentence that another service has written; the text alone where it tells no more.

    Args:
        text: the sentence in English.
        told: what it says of the sentence, if anything.
    """
    if not isinstance(told, dict) or not isinstance(told.get("values"), dict):
        return text
    return Sentence(str(told.get("template")), **told["values"])
