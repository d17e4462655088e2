"""The GraphQL endpoints: from an HTTP request to its answer, with every limit on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from flask import Response, g, request
from graphql import ExecutionResult, FieldNode, OperationDefinitionNode, OperationType
from werkzeug.exceptions import RequestEntityTooLarge

from gateway import limits, serving
from gateway.context import Context, Services
from gateway.cost import Cost, introspections
from gateway.errors import graphql_error
from gateway.execution import Engine, Prepared, RequestRejected
from gateway.persisted import Documents, NotKnown
from gateway.personal_tokens.client import PersonalTokens, is_personal
from gateway.rates.limiter import Charge, Limiter, RequestRateLimited
from gateway.serving import EVENT_STREAM, GRAPHQL_JSON, Malformed, Parameters
from gateway.session_cookie import CookiePolicy
from gateway.streams.operations import prepared
from gateway.streams.server import Streams
from kit.addresses import Limits, Shares, address_key
from kit.errors import DomainError, OutcomeUnknown, RateLimited, Unauthenticated
from kit.http import CallContext
from kit.tokens import TokenVerifier, bearer
from kit.turns import end_turn, read_later

DEADLINE_SECONDS = 5.0
# Of a text that has to be parsed and validated, in characters; and of the variables of a request, in bytes.
FREE_CHARACTERS, CHARACTERS_A_POINT = 1_000, 10
SCHEMA_POINTS = 2_000  # for reading the schema, or a type of it
EXCHANGE_POINTS = 20  # of the address, for a personal access token that was not exchanged a moment ago
REGISTER_POINTS = 100  # of the address, for a persisted operation that is new; those known are few and shared by all
# Cost that a person, the people of a network address, and those there who are not signed in may each have under way at a time.
# Each operation counts as one of the least at least: what is cheap takes turns as well, because each of forty at a time makes
# somebody else wait for a turn of each processor.
MAX_COST_OF_PERSON, MAX_COST_OF_ADDRESS, MIN_COST = 4_000, 8_000, 1_000
MAX_AGENT_LENGTH = 500
TURNS_OF_ADDRESS = 2  # requests of one address that are read, checked or refused at a time; one of them may be held up
TURN_SECONDS = 3.0  # that an operation waits for others of the same person or address
# Root fields whose answers are the same for everybody, and how many seconds they may be kept.
PUBLIC_SECONDS = {
    "__typename": 3600, "professions": 3600, "specialties": 3600, "regions": 3600, "authorities": 3600,
    "professionsConnection": 3600, "specialtiesConnection": 3600, "regionsConnection": 3600, "authoritiesConnection": 3600,
    "languages": 3600, "instance": 30, "institutions": 60, "institutionsConnection": 60,
}  # fmt: skip


@dataclass(frozen=True)
class Admitted:
    """A request that may be run."""

    context: Context
    prepared: Prepared
    operation: OperationDefinitionNode
    parameters: Parameters
    cost: Cost
    charge: Charge


@dataclass(frozen=True)
class GraphQLEndpoint:
    """Everything a request passes.

    Args:
        introspection: who may read the schema: everybody, members or nobody.
    """

    engine: Engine
    services: Services
    verifier: TokenVerifier
    documents: Documents
    limiter: Limiter
    streams: Streams
    introspection: str
    cookies: CookiePolicy
    personal: PersonalTokens
    shares: Shares = field(default_factory=Shares)

    def graphql(self) -> Response:
        """Answer at /graphql."""
        return _with_cookie(self._guarded(serving.JSON, lambda: self._as_accepted(serving.answer_type(request))))

    def _as_accepted(self, media_type: str) -> Response:
        return self._guarded(media_type, lambda: self._single(media_type))

    def stream(self) -> Response:
        """Answer at /graphql/stream: graphql-sse, distinct connections mode."""
        return _with_cookie(self._guarded(GRAPHQL_JSON, self._streamed))

    def _guarded(self, media_type: str, act: Callable[[], Response]) -> Response:
        """The answer, or the refusal in the form that the client reads; what is refused costs a point at least."""
        try:
            try:
                return act()
            except Exception:
                if not g.get("charged"):
                    self._charge(None, 1)
                raise
        except Malformed as error:
            return serving.malformed(error)
        except RequestEntityTooLarge:
            return serving.malformed(Malformed(f"The body may have at most {limits.MAX_BODY_BYTES} bytes.", 413))
        except NotKnown as unknown:
            return serving.refused(media_type, [unknown.error])
        except RequestRejected as refusal:
            return serving.refused(media_type, refusal.errors)
        except RequestRateLimited as error:
            read_later()
            return serving.refused(media_type, [graphql_error(error)], 429, error.charge.headers())
        except DomainError as error:
            if isinstance(error, RateLimited):
                read_later()
            status = error.status if error.status in {401, 403, 404, 503} else 400
            return serving.refused(media_type, [graphql_error(error)], status)

    def _admit(self) -> Admitted:
        parameters = serving.read_parameters(request)
        try:
            text = self.documents.text(parameters.query, parameters.document_id, parameters.digest)
        except ValueError as error:
            raise Malformed(str(error)) from error
        context = self._context()
        everybody = self.introspection == "everybody"
        introspects = everybody or (self.introspection == "members" and context.caller is not None)
        subject = context.caller.subject if context.caller else None
        if not self.engine.has_cached(text, introspection=introspects):
            self._charge_document(text)
        try:
            found = self.engine.prepare(text, introspection=introspects)
            operation = self.engine.operation(found, parameters.operation)
            values = self.engine.variables(
                operation, parameters.variables, hide_suggestions=self.introspection != "everybody"
            )
            cost = self.engine.cost(found, operation, values)
        except RequestRejected:
            # Parsing and validating cost something too.
            self._charge(subject, 1)
            raise
        if self.documents.registers(parameters.query, parameters.digest):
            self._charge(None, REGISTER_POINTS)
            self.documents.remember(parameters.query, parameters.digest)
        points = max(1, cost.cost) + _variables_points(parameters.variables)
        selected = found.root_fields(operation)
        points += SCHEMA_POINTS * introspections(selected)
        charge = self._charge(subject, points)
        if operation.operation is OperationType.MUTATION:
            self._check(self.limiter.charge_changes(subject, request.remote_addr, selected.total()))
        context.charge = charge
        self._select(context, found)
        return Admitted(context, found, operation, parameters, cost, charge)

    def _charge_document(self, text: str) -> None:
        """Charge the address for parsing and validating a long text that is not cached, before that is done.

        A text of the largest size takes about as long as an operation of half the largest cost.
        """
        points = max(0, len(text) - FREE_CHARACTERS) // CHARACTERS_A_POINT
        if points and len(text) <= limits.MAX_SOURCE_CHARACTERS:
            self._charge(None, points)

    def _charge(self, subject: str | None, points: int) -> Charge:
        g.charged = True
        return self._check(self.limiter.charge(subject, request.remote_addr, points))

    @staticmethod
    def _check(charge: Charge) -> Charge:
        if not charge.taken.allowed:
            raise RequestRateLimited(charge)
        return charge

    def _single(self, media_type: str) -> Response:
        admitted = self._admit()
        kind = admitted.operation.operation
        if kind is OperationType.SUBSCRIPTION:
            raise Malformed("Subscribe at /graphql/stream.", 400)
        if request.method == "GET" and kind is not OperationType.QUERY:
            raise Malformed("Send mutations by POST.", 405, {"Allow": "POST"})
        g.is_mutation = kind is OperationType.MUTATION
        result = self._run(admitted)
        headers = admitted.charge.headers()
        if request.method == "GET" and admitted.context.caller is None and not result.errors:
            kept = _public_seconds(admitted.operation)
            headers |= {"Cache-Control": f"public, max-age={kept}"} if kept else {}
        response = serving.answered(media_type, result, max(1, admitted.cost.cost), headers)
        if (response.content_length or 0) > limits.MAX_ANSWER_BYTES:
            sentence = f"The answer has more than {limits.MAX_ANSWER_BYTES:,} bytes; ask for smaller pages, or for fewer fields."
            raise (
                OutcomeUnknown(f"The change may have been made. {sentence}")
                if g.is_mutation
                else limits.TooComplex(sentence)
            )
        return response

    def _streamed(self) -> Response:
        if EVENT_STREAM not in request.headers.get("Accept", ""):
            raise Malformed(f"This endpoint answers {EVENT_STREAM}; use /graphql for single answers.", 406)
        admitted = self._admit()
        kind, parameters = admitted.operation.operation, admitted.parameters
        if kind is OperationType.MUTATION and request.method == "GET":
            raise Malformed("Send mutations by POST.", 405, {"Allow": "POST"})
        if kind is not OperationType.SUBSCRIPTION:
            body = serving.body_of(self._run(admitted), admitted.context.call.request_id)
            return serving.streamed(iter([serving.event("next", body), serving.COMPLETE]))
        operation = prepared(
            self.engine,
            admitted.prepared,
            admitted.operation,
            variables=parameters.variables,
            name=parameters.operation,
            last_event_id=request.headers.get("Last-Event-ID"),
        )
        try:
            with self._share(admitted):  # to begin; what it waits for afterwards is counted by the streams
                events = self.streams.events(operation, self._context_maker(admitted.context))
        except DomainError:
            read_later()  # to find out whether a stream may begin takes calls to two services
            raise
        return serving.streamed(events, events.start)

    @contextmanager
    def _share(self, admitted: Admitted) -> Iterator[None]:
        """Wait until there is room for an operation beside others of the same person and address.

        People who are signed in share an address's room with each other and not with strangers there.

        Raises:
            RateLimited: there is none in time; nothing was done.
        """
        end_turn()
        caller, amount = admitted.context.caller, max(MIN_COST, admitted.cost.cost)
        address = address_key(request.remote_addr)
        shares: Limits = ((f"strangers:{address}", MAX_COST_OF_ADDRESS),)
        if caller is not None:
            shares = ((f"people:{address}", MAX_COST_OF_ADDRESS), (f"person:{caller.subject}", MAX_COST_OF_PERSON))
        if not self.shares.enter(shares, amount, TURN_SECONDS):
            raise RateLimited(
                "Too many of your operations are under way; wait for one of them.", extra={"retryAfter": 1}
            )
        try:
            yield
        finally:
            self.shares.leave(shares, amount)

    def _run(self, admitted: Admitted) -> ExecutionResult:
        with self._share(admitted):
            result = self.engine.run(
                admitted.prepared, variables=admitted.parameters.variables, operation=admitted.parameters.operation,
                context=admitted.context, hide_suggestions=self.introspection != "everybody",
            )  # fmt: skip
        if admitted.context.asks_too_much:
            read_later()
        return result

    def _context(self) -> Context:
        call = CallContext(
            request_id=g.request_id,
            deadline=time.monotonic() + DEADLINE_SECONDS,
            language=request.headers.get("Accept-Language"),
            client=request.remote_addr,
        )
        context = Context(
            self.services, call, accept_language=call.language, agent=_agent(),
            idempotency_key=request.headers.get("Idempotency-Key"), session_cookie=self.cookies.read(request),
        )  # fmt: skip
        g.session_cookie = context.session_cookie
        self._identify(context, lambda: bearer(request.headers.get("Authorization")), charged=True)
        return context

    @staticmethod
    def _select(context: Context, prepared: Prepared) -> None:
        """Let the services know what the operation selects."""
        context.fields = prepared.field_names
        context.call = replace(context.call, fields=prepared.optional_parts)

    def _identify(self, context: Context, read: Callable[[], str | None], *, charged: bool = False) -> None:
        """Act as the person whose token it is; what is wrong with it is told where somebody has to be signed in.

        Args:
            charged: whether exchanging a personal access token costs something; that of a stream's next event does not.
        """
        try:
            token = read()
            if token is None:
                return
            context.bearer = token
            if is_personal(token):
                # It is exchanged again when what it was exchanged for is over.
                token = self._exchanged(token, context.call, charged=charged)
                context.become(self.verifier.verify(token).subject, token)
            else:
                caller = self.verifier.verify(token)
                context.become(caller.subject, token, expires_at=caller.expires_at)
        except RequestRateLimited:
            raise
        except DomainError as error:
            context.token_error = error

    def _exchanged(self, token: str, call: CallContext, *, charged: bool) -> str:
        """The access token for a personal one; another one where that of before has ended because something has changed."""
        known = self.personal.known(token)
        if known is not None:
            with suppress(Unauthenticated):
                self.verifier.verify(known)
                return known
        if charged:
            self._charge(None, EXCHANGE_POINTS)
        return self.personal.exchange(token, call)

    def _context_maker(self, first: Context) -> Callable[[], Context]:
        """Makes contexts for the events of a stream, after the request itself is over; each checks the token again."""
        token = first.bearer if first.caller else None

        def make() -> Context:
            call = replace(first.call, deadline=time.monotonic() + DEADLINE_SECONDS)
            context = Context(self.services, call, accept_language=first.accept_language, fields=first.fields)
            context.token_error, context.charge = first.token_error, first.charge
            self._identify(context, lambda: token)
            return context

        return make


def _with_cookie(response: Response) -> Response:
    """An answer with what a mutation did with the session's cookie; also one that says that the outcome is not known."""
    cookie = g.get("session_cookie")
    if cookie is not None and cookie.header is not None:
        response.headers["Set-Cookie"] = cookie.header
    return response


def _agent() -> str | None:
    """What the client says that it is, as far as one header of a call between services can hold it."""
    text = request.headers.get("User-Agent", "")[:MAX_AGENT_LENGTH]
    return text if text.isascii() and text.isprintable() and text else None


def _variables_points(variables: dict[str, Any] | None) -> int:
    """What a request costs for what it carries beside an operation's text: free texts, which the services look through.

    Raises:
        Malformed: they nest so deeply that nothing could be done with them.
    """
    try:
        size = len(orjson.dumps(variables)) if variables else 0
    except orjson.JSONEncodeError as error:
        raise Malformed("`variables` nest too deeply.") from error
    return max(0, size - FREE_CHARACTERS) // CHARACTERS_A_POINT


def _public_seconds(operation: OperationDefinitionNode) -> int:
    """How long anybody may keep the answer; 0 where something in it is not for everybody."""
    kept = [
        PUBLIC_SECONDS.get(node.name.value, 0) if isinstance(node, FieldNode) else 0
        for node in operation.selection_set.selections
    ]
    return min(kept, default=0)
