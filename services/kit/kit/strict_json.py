"""Strict JSON in requests and answers."""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec
import orjson
from flask import Request, Response, request
from flask.json.provider import JSONProvider
from marshmallow import EXCLUDE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from kit.errors import Invalid


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
        """Turn marshmallow's messages into one problem that names the first wrong field."""
        field, message = _first_message(error.messages)
        raise Invalid(message, field=field) from error


def _first_message(messages: Any, path: tuple[str, ...] = ()) -> tuple[list[str] | None, str]:
    """The first leaf of marshmallow's nested messages, with its path below the body."""
    while isinstance(messages, dict) and messages:
        key, messages = next(iter(messages.items()))
        if key not in {"json", "query", "_schema"}:
            path = (*path, str(key))
    message = messages[0] if isinstance(messages, list) and messages else messages
    text = str(message) if isinstance(message, str) else "is not valid"
    return list(path) or None, f"{path[-1]}: {text}" if path else text
