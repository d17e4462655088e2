"""marshmallow fields that do not guess: 1.9 is no integer and "on" no boolean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma


class Text(ma.fields.String):
    """A text; `longest` bounds what is read before any rule of its own applies (code points).

    NUL is refused, which PostgreSQL can neither store nor compare with.
    """

    def __init__(self, *, longest: int = 20_000, **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.Length(max=longest), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if isinstance(text, str) and "\x00" in text:
            raise ma.ValidationError("Must not hold control characters.")
        return text


class Whole(ma.fields.Integer):
    """A whole number in a range, both ends included."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=ma.validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(ma.fields.Boolean):
    """True or false, nothing that merely looks like one."""

    truthy = {True}
    falsy = {False}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Texts(ma.fields.List):
    """A short list of texts."""

    def __init__(self, *, most: int = 50, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(Text(longest=longest), validate=ma.validate.Length(max=most), **kwargs)


class Rows(ma.fields.Field):
    """A batch of objects that are checked elsewhere, row by row; marshmallow would cost as much as all the rest."""

    def __init__(self, *, most: int, least: int = 1, **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.Length(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise ma.ValidationError("Must be a list of objects.")
        return value


class Time(ma.fields.AwareDateTime):
    """A time with its zone, in UTC; what lies outside of the years 1 to 9999 there is refused."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class PageSchema(ma.Schema):
    """`first` (1 to 100) and `after` of a keyset page."""

    first = Whole(1, 100, load_default=20)
    after = Text(longest=2000, load_default=None, allow_none=True)
    count = Flag(load_default=False)


class PageOrOneSchema(PageSchema):
    """A page, or, with `id`, what of the list has this id."""

    id = ma.fields.UUID(load_default=None, allow_none=True)
