"""Documents that a hub should refuse, each made larger or smaller by one number."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

Grows = Callable[[int], str]
REVISION: Final = "revision { id }"
FIELD: Final = "eligibility(buyer: 1, supplier: 1, product: 1) { rulings { verdict } }"


def _chain(size: int) -> str:
    """Return fragments that each spread the next one twice."""
    links = "".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(size))
    return f"{{ ...f0 }} {links} fragment f{size} on Query {{ {REVISION} }}"


def _ladder(size: int) -> str:
    """Return fragments that each spread the next one under two fields."""
    links = "".join(
        f"fragment f{n} on Agreement {{ under {{ ...f{n + 1} }} supersedes {{ ...f{n + 1} }} }} "
        for n in range(size)
    )
    return f"{{ agreement(id: 1) {{ ...f0 }} }} {links} fragment f{size} on Agreement {{ id }}"


def _lattice(size: int) -> str:
    """Return fragments that each spread all that follow."""
    links = "".join(
        f"fragment f{n} on Query {{ {' '.join(f'...f{m}' for m in range(n + 1, 20))} x{n} }} "
        for n in range(20)
    )
    return "{ ...f0 } " + links + f"# {'x' * size}"


def _cycle(size: int) -> str:
    """Return fragments that spread each other in a circle."""
    links = "".join(f"fragment f{n} on Query {{ ...f{(n + 1) % size} }} " for n in range(size))
    return f"{{ ...f0 }} {links}"


def _spread(size: int) -> str:
    """Return a wide fragment that is spread in many places."""
    places = " ".join(f"p{n} {{ ...wide }}" for n in range(size))
    return f"{{ {places} }} fragment wide on Program {{ {' '.join(f'f{n}' for n in range(size))} }}"


def _introspection(size: int) -> str:
    """Return a question about types of fields of types."""
    return f"{{ __schema {{ types {'{ fields { type ' * size}{{ name }}{' } }' * size} }} }}"


QUERIES: Final[Mapping[str, Grows]] = {
    "deep": lambda n: "{ a " * n + "}" * n,
    "deep without fields": lambda n: "{ " + "... { " * n + REVISION + " }" * n + " }",
    "deep below a type": lambda n: f"{{ agreement(id: 1) {'{ under ' * n}{{ id }}{' }' * n} }}",
    "deep among values": lambda n: f"{{ search(text: {'[' * n}{']' * n}, first: 1) {{ id }} }}",
    "deep among types": lambda n: f"query ($a: {'[' * n}Int{']' * n}) {{ {REVISION} }}",
    "wide": lambda n: f"{{ {REVISION * n} }}",
    "wide below a type": lambda n: "{ revision { " + " ".join(f"f{m}" for m in range(n)) + " } }",
    "alike": lambda n: "{ revision { " + "id " * n + "} }",
    "alike with arguments": lambda n: "{ " + " ".join([FIELD] * n) + " }",
    "aliases": lambda n: "{ revision { " + " ".join(f"a{m}: id" for m in range(n)) + " } }",
    "chain of fragments": _chain,
    "ladder of fragments": _ladder,
    "lattice of fragments": _lattice,
    "circle of fragments": _cycle,
    "fragment that spreads itself": lambda n: "{ ...a } fragment a on Query { " + "...a " * n + "}",
    "fragment that is spread everywhere": _spread,
    "fragments that nobody spreads": lambda n: f"{{ {REVISION} }} " + " ".join(
        f"fragment f{m} on Query {{ {REVISION} }}" for m in range(n)
    ),
    "flood of directives": lambda n: "{ revision { id " + "@skip(if: false) " * n + "} }",
    "flood of unknown directives": lambda n: "{ revision { id " + "@a " * n + "} }",
    "directives of an operation": lambda n: f"query {'@a ' * n} {{ {REVISION} }}",
    "directives of variables": lambda n: f"query ($a: Int {'@a ' * n}) {{ {REVISION} }}",
    "directives of a fragment": lambda n: (
        f"{{ ...f }} fragment f on Query {'@a ' * n} {{ {REVISION} }}"
    ),
    "operations": lambda n: " ".join(f"query Q{m} {{ {REVISION} }}" for m in range(n)),
    "variables": lambda n: f"query ({' '.join(f'$v{m}: Int' for m in range(n))}) {{ {REVISION} }}",
    "list of values": lambda n: f'{{ nodes(ids: [{chr(34) * 2 + " "} {"1 " * n}]) {{ nothing }} }}',
    "long text": lambda n: f'{{ search(text: "{"x" * 16 * n}", first: 1) {{ edges {{ no }} }} }}',
    "long name": lambda n: f"{{ {'x' * 16 * n} }}",
    "long comment": lambda n: f"{{ nothing }} # {'x' * 16 * n}",
    "giant number": lambda n: f"{{ programs(first: {'9' * 16 * n}) {{ nothing }} }}",
    "types": lambda n: " ".join(f"type T{m} {{ a: Int }}" for m in range(n)),
    "introspection": _introspection,
    "costly": lambda n: (
        "{ programs(first: 500) { nodes { " + "agreements(first: 500) { nodes { program { " * n
        + "id" + " } } }" * n + " } } }"
    ),
    "pages beside each other": lambda n: "{ " + " ".join(
        f"a{m}: programs(first: 500) {{ nodes {{ id name }} }}" for m in range(n)
    ) + " }",
}  # fmt: skip
"""Queries that are refused, however large, and large ones unread."""


def _sent(query: str = "{ revision { id } }", **more: Any) -> bytes:  # noqa: ANN401
    return orjson.dumps({"query": query, **more})


MEGABYTE: Final = "x" * 1024 * 1024
_ONE: Final = b'{"query": "{ revision { id } }", "variables": '
BODIES: Final[Mapping[str, bytes]] = {
    "a megabyte of query": _sent(MEGABYTE),
    "a megabyte of string": _sent(variables={"a": MEGABYTE}),
    "a megabyte of comment": _sent("{ revision { id } } #" + MEGABYTE),
    "a megabyte of name": _sent(operationName=MEGABYTE),
    "a megabyte of extension": _sent(extensions={"a": MEGABYTE}),
    "a megabyte of brackets": b"[" * 1024 * 1024,
    "a megabyte of spaces": b" " * 1024 * 1024,
    "deep variables": _sent(variables={"a": orjson.Fragment(b"[" * 200 + b"]" * 200)}),
    "deeper variables": _ONE + b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "deep objects": _ONE + b'{"a": ' * 500 + b"1" + b"}" * 500 + b"}",
    "many items": _sent(variables={"a": [0] * 20_000}),
    "many lists": _sent(variables={"a": [[]] * 20_000}),
    "many names": _sent(variables={f"v{n}": 0 for n in range(20_000)}),
    "many extensions": _sent(extensions={f"v{n}": [0] for n in range(20_000)}),
    "deep extensions": _sent(extensions={"a": orjson.Fragment(b"[" * 200 + b"]" * 200)}),
    "giant number": _ONE + b'{"a": ' + b"9" * 5_000 + b"}}",
    "giant negative number": _ONE + b'{"a": -' + b"9" * 100_000 + b"}}",
    "giant exponent": _ONE + b'{"a": 1e999999}}',
    "no number": _ONE + b'{"a": NaN}}',
    "no end": _ONE + b'{"a": Infinity}}',
    "not UTF-8": b'{"query": "{ \xc3\x28 }"}',
    "half of a surrogate": b'{"query": "{ revision { id } }", "variables": {"a": "\\ud800"}}',
    "surrogate as UTF-8": b'{"query": "\xed\xa0\x80"}',
    "too long for UTF-8": b'{"query": "\xc0\xaf"}',
    "UTF-16": '{"query": "{ revision { id } }"}'.encode("utf-16"),
    "UTF-32": '{"query": "{ revision { id } }"}'.encode("utf-32"),
    "mark of the byte order": b"\xef\xbb\xbf" + _sent(),
    "NUL": b'{"query": "\x00"}',
    "escaped NUL": b'{"query": "\\u0000"}',
    "batch": b"[" + _sent() + b"]",
    "batch of a thousand": b"[" + b",".join([_sent()] * 1_000) + b"]",
    "trailing query": _sent() + _sent(),
    "a number": b"1",
    "compressed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03" + b"\x00" * 9,
}
"""Bodies that are no request, or one that asks for too much."""
