"""Strict JSON in requests and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

import msgspec
import orjson
from flask import Request, Response, request
from flask.json.provider import JSONProvider
from marshmallow import EXCLUDE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from kit.errors import MAX_ERRORS, Invalid, combined
from kit.sentences import Sentence


class StrictJson(JSONProvider):
    """JSON by orjson: refuses NaN, lone surrogates and bottomless nesting, and is fast. Messages are encoded by msgspec."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Encode to text; datetimes become RFC 3339."""
        return _encoded(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Decode; raises ValueError on anything that is not JSON."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """A JSON response of one object."""
        return Response(_encoded(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


def _raw(value: object) -> msgspec.Raw:
    """JSON that was made before, such as a card from memory, as part of a message."""
    return msgspec.Raw(orjson.dumps(value))


def _encoded(value: Any) -> bytes:
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value, enc_hook=_raw)
    return orjson.dumps(value, default=_fragment, option=orjson.OPT_UTC_Z)


def _fragment(value: Any) -> orjson.Fragment:
    if isinstance(value, msgspec.Struct):
        return orjson.Fragment(msgspec.json.encode(value))
    raise TypeError(f"{type(value).__name__} has no form in JSON.")


class StrictParser(FlaskParser):
    """Reads request bodies with the strict decoder, and reports what is wrong as a problem."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": EXCLUDE, "path": None}

    def parse(self, argmap: Any, req: Request | None = None, *, location: str | None = None, **options: Any) -> Any:
        """The checked arguments; a body goes straight to its schema, which is half the work of the general way."""
        if location != "json" or not isinstance(argmap, Schema):
            return super().parse(argmap, req, location=location, **options)
        found = req or request
        try:
            return argmap.load(self.load_json(found, argmap))
        except ValidationError as error:
            return self.handle_error(error, found, argmap)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The decoded body; an empty one counts as `{}`."""
        data = req.get_data(cache=True)
        if not data:
            return {}
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise Invalid(f"The body is not JSON: {error}.") from error

    def handle_error(self, error: Any, req: Request, schema: Schema, **_: Any) -> NoReturn:
        """Turn marshmallow's messages into failures, each with the path of its field."""
        raise combined(list(islice(_failures(error.messages, ()), MAX_ERRORS))) from error


def _failures(messages: Any, path: tuple[str, ...]) -> Iterator[Invalid]:
    """One failure for each leaf of marshmallow's nested messages, with its path below the body."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _failures(below, path if key in {"json", "query", "_schema"} else (*path, str(key)))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield Invalid(_said(path[-1] if path else "body", str(message)), field=list(path) or None)


def _said(field: str, message: str) -> Sentence:
    """What marshmallow says of a field, as a sentence that has translations."""
    if message == "Missing data for required field.":
        return Sentence("{field} is missing.", field=field)
    if message == "Field may not be null.":
        return Sentence("{field} may not be null.", field=field)
    if message == "Unknown field.":
        return Sentence("There is no field {field}.", field=field)
    if match := _LONGER.fullmatch(message):
        return Sentence("{field} is too long: at most {most}.", field=field, most=match[1])
    if match := _SHORTER.fullmatch(message):
        return Sentence("{field} is too short: at least {least}.", field=field, least=match[1])
    if match := _BETWEEN.fullmatch(message):
        return Sentence("{field} must be {least} to {most}.", field=field, least=match[1], most=match[2])
    if message.startswith(_ONE_OF):
        choices = message.removeprefix(_ONE_OF).rstrip(".")
        return Sentence("{field} must be one of {choices}.", field=field, choices=choices)
    return Sentence("{field} is not valid.", field=field)


# How marshmallow words what its validators refuse.
_LONGER = re.compile(r"Longer than maximum length (\d{1,20})\.")
_SHORTER = re.compile(r"Shorter than minimum length (\d{1,20})\.")
_BETWEEN = re.compile(r"Must be greater than or equal to (-?\d{1,20}) and less than or equal to (-?\d{1,20})\.")
_ONE_OF = "Must be one of: "
