"""What an operation may cost before it is run: measured after fragments are expanded, each fragment once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from kit.errors import Invalid

MAX_BODY_BYTES = 100_000
MAX_SOURCE_CHARACTERS = 10_000
MAX_TOKENS = 1_000
MAX_DEPTH = 15
MAX_ALIASES = 15
MAX_ROOT_FIELDS = 10
MAX_DIRECTIVES = 10
MAX_REPEATS = 10  # of one key in a selection set, fragments not counted
MAX_PAIRS = 3_000  # of fields under one key that validation compares with each other, fragments expanded
MAX_FIELDS_SEEN = 10_000  # while counting these, over all definitions of a document
MAX_ANSWER_BYTES = 5_000_000  # of a query's answer
MAX_OBJECTS = 50_000  # of a query's answer; of 100 bytes each, they are the largest answer
MAX_ERRORS = 5  # that are answered for an operation that is not valid


class TooComplex(Invalid):
    """The operation is above a limit."""

    code = "QUERY_TOO_COMPLEX"


@dataclass
class Objects:
    """Counts the objects of an answer while it is made, so that neither its time nor its memory depends on estimates alone."""

    left: int = MAX_OBJECTS

    def take(self) -> None:
        """Count one more.

        Raises:
            TooComplex: they are too many.
        """
        self.left -= 1
        if self.left < 0:
            raise TooComplex(f"The answer has more than {MAX_OBJECTS:,} objects; ask for smaller pages.")


@dataclass(frozen=True)
class Measure:
    """Of a selection set: levels below it, and how many aliases, fields and directives stand in it when expanded.

    Args:
        repeats: how often one key stands in the same selection set, at most; fragments are not expanded for this.
    """

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    directives: int = 0
    repeats: int = 0


class _Measurer:
    """Measures selection sets; a fragment is measured once, so that a bomb of them costs nothing."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Measure] = {}
        self._open: set[str] = set()

    def measure(self, selections: SelectionSetNode | None, nested: int = 0) -> Measure:
        if selections is None:
            return Measure()
        if nested > 2 * MAX_DEPTH + 5:
            raise TooComplex(f"The operation nests deeper than {MAX_DEPTH} levels.")
        depth = aliases = fields = directives = 0
        keys = Counter((node.alias or node.name).value for node in selections.selections if isinstance(node, FieldNode))
        repeats = max(keys.values(), default=0)
        for node in selections.selections:
            directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                below = self.measure(node.selection_set, nested + 1)
                # Fields of introspection count for their depth elsewhere, by graphql-core's own rule.
                own = 0 if node.name.value.startswith("__") else 1 + below.depth
                depth = max(depth, own)
                aliases += below.aliases + (node.alias is not None)
                directives += below.directives
                repeats = max(repeats, below.repeats)
                fields += 1
            else:
                if isinstance(node, FragmentSpreadNode):
                    inside = self._fragment(node.name.value, nested + 1)
                else:
                    assert isinstance(node, InlineFragmentNode)
                    inside = self.measure(node.selection_set, nested + 1)
                depth = max(depth, inside.depth)
                aliases += inside.aliases
                fields += inside.fields
                directives += inside.directives
                repeats = max(repeats, inside.repeats)
        return Measure(depth, aliases, fields, directives, repeats)

    def _fragment(self, name: str, nested: int) -> Measure:
        if name not in self._known:
            definition = self._fragments.get(name)
            if definition is None or name in self._open:
                return Measure()  # validation refuses unknown fragments and cycles
            self._open.add(name)
            self._known[name] = self.measure(definition.selection_set, nested)
            self._open.discard(name)
        return self._known[name]


def _operations(document: DocumentNode) -> Iterator[Measure]:
    """What each operation of a document measures, in their order."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    measurer = _Measurer(fragments)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield measurer.measure(definition.selection_set)


def measure(document: DocumentNode) -> Measure:
    """The largest of each, over all operations of a document."""
    found = list(_operations(document))
    return Measure(*(max((getattr(one, part.name) for one in found), default=0) for part in fields(Measure)))


class _Pairs:
    """Counts the pairs of fields that validation compares, because they would stand under the same key of an answer.

    graphql-core compares each with each, and what is selected below them: 4 kB of inline fragments that select the same
    three fields took 0.4 s. Fields merge across fragments, whatever their types; each fragment counts once in a set.
    """

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._count = self._seen = 0

    def check(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> None:
        """Count the pairs of one definition; validation looks at fragments for themselves too.

        Raises:
            TooComplex: there are more than `MAX_PAIRS`, or the fields of the document come up in too many places.
        """
        self._count = 0
        self._merge([definition.selection_set])

    def _merge(self, sets: list[SelectionSetNode], level: int = 0) -> None:
        """Count the pairs in selection sets that are merged, and below them."""
        if level > MAX_DEPTH:
            return
        keys: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        waiting = [node for one in sets for node in one.selections]
        while waiting:
            node = waiting.pop()
            self._add(0)
            if isinstance(node, FieldNode):
                keys.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                waiting += node.selection_set.selections
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                found = self._fragments.get(node.name.value)
                waiting += found.selection_set.selections if found else ()
        for nodes in keys.values():
            self._add(len(nodes) * (len(nodes) - 1) // 2)
            inner = [node.selection_set for node in nodes if node.selection_set]
            if inner:
                self._merge(inner, level + 1)

    def _add(self, pairs: int) -> None:
        self._count += pairs
        self._seen += 1
        if self._count > MAX_PAIRS or self._seen > MAX_FIELDS_SEEN:
            raise TooComplex(f"The operation repeats fields too often: more than {MAX_PAIRS:,} pairs of them merge.")


def check(document: DocumentNode) -> None:
    """Refuse a document of which an operation is above a limit.

    Raises:
        TooComplex: with the limit's figure.
    """
    for found in _operations(document):
        for name, value, most in (
            ("levels", found.depth, MAX_DEPTH),
            ("aliases", found.aliases, MAX_ALIASES),
            ("root fields", found.fields, MAX_ROOT_FIELDS),
            ("directives", found.directives, MAX_DIRECTIVES),
            ("fields under one key of a selection set", found.repeats, MAX_REPEATS),
        ):
            if value > most:
                raise TooComplex(f"An operation may have at most {most} {name}; this one has {value}.")
    pairs = _Pairs(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            pairs.check(definition)
