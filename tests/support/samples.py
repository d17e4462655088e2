"""Values that fit an input, made from its type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)


def sample(kind: Any, text: str, *, only_required: bool = False) -> Any:
    """A value of an input type.

    Args:
        text: what every text says.
        only_required: whether fields are left out that may be.
    """
    inner = get_named_type(kind)
    value: Any
    if isinstance(inner, GraphQLInputObjectType):
        value = {
            name: sample(field.type, text, only_required=only_required)
            for name, field in inner.fields.items()
            if get_named_type(field.type).name != "ID" and (is_non_null_type(field.type) or not only_required)
        }
    elif isinstance(inner, GraphQLEnumType):
        value = next(iter(inner.values))
    else:
        value = {
            "String": text, "Int": 2, "Float": 1.5, "Boolean": True, "LanguageTag": "en", "RegionCode": "DE", "CountryCode": "DE",
            "DateTime": (datetime.now(UTC) + timedelta(days=3)).isoformat(), "Date": "2027-01-01",
        }[inner.name]  # fmt: skip
    wrapped = kind.of_type if is_non_null_type(kind) else kind
    return [value] if is_list_type(wrapped) else value
