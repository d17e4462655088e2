"""Languages by BCP 47 tag, as a catalogue."""

from __future__ import annotations

import graphene

from catalogues import languages
from gateway.catalogue.entries import Entry, code_of
from gateway.context import of
from gateway.paging import connection_type
from gateway.scalars import LANGUAGE, LanguageTag
from gateway.things import Node, resolve_global_id


class Language(graphene.ObjectType):
    """A language, or its variant of a region or script."""

    class Meta:
        interfaces = (Node,)

    tag = LanguageTag(
        required=True,
        description="The tag of the language, which inputs take, for example `pt-BR`. Unique in the catalogue.",
    )
    name = graphene.String(
        required=True,
        language=LANGUAGE,
        description="The name of the language in the reader's, for example `Portugiesisch`; in English where CLDR has none.",
    )
    local_name = graphene.String(
        description="What the language calls itself, for example `português`; null where CLDR does not know."
    )

    resolve_id = staticmethod(resolve_global_id("Language"))

    @staticmethod
    def resolve_tag(root: Entry, _info: object) -> str:
        return code_of(root)

    @staticmethod
    def resolve_name(root: Entry, info: object, language: str | None = None) -> str:
        return languages.name(code_of(root), of(info).language(language))

    @staticmethod
    def resolve_local_name(root: Entry, _info: object) -> str | None:
        return languages.local_name(code_of(root))


LanguageConnection = connection_type("Language", lambda: Language, "languages")
