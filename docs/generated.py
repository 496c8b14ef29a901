"""The parts of these pages that are written from the code: data dictionary, what is bundled.

`python -m tests.docs refresh` writes them; a test checks that they are as they would be written.
"""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from textwrap import dedent
from typing import Final

from adapters.kit.adapter import adapters
from graph_schema import codes
from graph_schema.agreements import Agreement, Signature
from graph_schema.elements import Element, Fact, Field, fields
from graph_schema.exchange import FACTS, Bookkeeping, Provenance
from graph_schema.parties import Organization, Worksite
from graph_schema.programs import FactSource, Figure
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import Standing

_HERE: Final = Path(__file__).parent
_BUNDLED: Final = re.compile(r"(?<=<!-- begin: what is bundled -->\n)[\s\S]*?(?=<!-- end -->)")
_COUNTED: Final[Sequence[tuple[str, type[Fact]]]] = (
    ("agreements", Agreement),
    ("signatures", Signature),
    ("organisations", Organization),
    ("worksites", Worksite),
    ("standings", Standing),
    ("links", SourcingLink),
    ("figures", Figure),
    ("sources", FactSource),
)
_CALLED: Final = {
    codes.Kind.PROGRAM: "a program",
    codes.Kind.ORGANIZATION: "an organisation",
    codes.Kind.WORKSITE: "a worksite",
    codes.Kind.AGREEMENT: "an agreement",
    codes.Kind.COMMODITY: "a product",
}


def parts() -> Iterator[tuple[Path, str]]:
    """Yield the pages that are written from the code, wholly or in part, as they should be."""
    yield _HERE / "data-dictionary.md", dictionary()
    record = _HERE / "record.md"
    yield record, _BUNDLED.sub(f"\n{bundled()}\n", record.read_text(encoding="utf-8"))


def dictionary() -> str:
    """Return the data dictionary: every fact, every field, every closed list of words."""
    facts = (f"{_fact(fact)}\n" for fact in FACTS)
    lists = (f"{_list(enum)}\n" for enum in _enums())
    return "\n".join((_BEGINNING, *facts, _PROVENANCE, _LISTS, *lists)).rstrip() + "\n"


def bundled() -> str:
    """Return a table of how many facts of each kind the record of each program has."""
    rows: list[tuple[str, ...]] = []
    for adapter in adapters().values():
        if not adapter.manifest.example:
            counts = Counter(type(line.fact) for line in adapter.record().lines)
            numbers = (str(counts[fact]) for _, fact in _COUNTED)
            rows.append((adapter.manifest.name, f"`{adapter.program}`", *numbers))
    columns = ("program", "code", *(column for column, _ in _COUNTED))
    return _table(columns, rows, numbers_from=2)


def _fact(fact: type[Fact]) -> str:
    about = [inspect.getdoc(fact) or "", ""]
    key = ", ".join(f"`{_alias(fact, name)}`" for name in fact.key)
    sent = "operators and the record" if fact.sent else "the record and the administrator"
    about.append(
        f"Table `{fact.table}` · sent by {sent} · the same fact where it has the same {key}"
    )
    rows = [
        (f"`{field.alias}`", _form(field), "yes" if field.required else "", _text(field.doc))
        for field in fields(fact)
    ]
    columns = ("field", "form", "required", "meaning")
    return "\n".join([f"## {fact.word}", "", *about, "", _table(columns, rows)])


def _alias(fact: type[Fact], name: str) -> str:
    return next(field.alias for field in fields(fact) if field.name == name)


def _form(field: Field) -> str:
    """Return how a field is written, in words."""
    form = str(field.form)
    if field.enum is not None:
        form = f"one of [{field.enum.__name__}](#{field.enum.__name__.lower()})"
    elif field.refers is not None:
        kinds = " or ".join(_CALLED[kind] for kind in field.refers.kinds)
        by_code = field.refers.kinds == (codes.Kind.PROGRAM,)
        form = (
            f"{'code' if by_code else 'name' if field.refers.by_name else 'reference'} of {kinds}"
        )
    return f"list: {form}" if field.many else form


def _list(enum: type[StrEnum]) -> str:
    documented = _documented(enum)
    rows = [(f"`{word}`", _text(documented.get(word.name, ""))) for word in enum]
    table = _table(("word", "meaning"), rows) if documented else ", ".join(r[0] for r in rows)
    return "\n".join([f"### {enum.__name__}", "", inspect.getdoc(enum) or "", "", table])


def _enums() -> Iterator[type[StrEnum]]:
    for _, found in inspect.getmembers(codes, inspect.isclass):
        if issubclass(found, StrEnum) and found is not StrEnum:
            yield found


def _documented(enum: type[StrEnum]) -> dict[str, str]:
    """Return what stands below each word of a closed list, by the word's name."""
    [declared] = ast.parse(dedent(inspect.getsource(enum))).body
    found: dict[str, str] = {}
    last = ""
    for node in declared.body if isinstance(declared, ast.ClassDef) else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            last = node.targets[0].id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = str(node.value.value)
    return found


def _described(model: type[Element]) -> str:
    """Return the fields of a model that is no fact, those it inherits left out."""
    inherited = {name for base in model.__bases__ for name in getattr(base, "model_fields", ())}
    rows = [
        (f"`{declared.alias or name}`", _text(declared.description or ""))
        for name, declared in model.model_fields.items()
        if name not in inherited
    ]
    return _table(("field", "meaning"), rows)


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], numbers_from: int | None = None
) -> str:
    rule = [
        "---:" if numbers_from is not None and at >= numbers_from else "---"
        for at in range(len(columns))
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, rule, *rows))


def _text(doc: str) -> str:
    return " ".join(doc.split()).replace("|", "&#124;")


_BEGINNING: Final = """\
# Data dictionary

Every fact the hub can hold, written from `graph_schema/` by `docs/generated.py`; it is never
edited by hand. The same declarations make the SQL tables, the Neo4j schema, the GraphQL types, the
exchange format (NDJSON) and the operators' tables, so the names below are the names everywhere.

How a value is written:

| form | in JSON | in a table's cell |
| --- | --- | --- |
| text, number, integer | as it is | as it is |
| boolean | `true`, `false` | `true`, `yes`, `1` or `false`, `no`, `0` |
| day | `"2026-11-22"` | `2026-11-22` |
| partial date | `"2016-12-02"`, `"2016-12"`, `"2016-Q4"`, `"2016"`, `"2016-04/2016-06"`, \
`"../2016-04-04"` | the same, without quotes |
| reference | `"os:BD2020021QK28YZ"`, `"ffp:0042"` | the same, without quotes |
| list | `["a", "b"]` | a&#124;b |
"""
_PROVENANCE: Final = f"""\
## Beside every fact

A line of the exchange format and a row of a table may say where the fact comes from:

{_described(Provenance)}

An export adds what the hub keeps, so that an empty store filled from it answers alike:

{_described(Bookkeeping)}
"""
_LISTS: Final = """\
## Closed lists of words
"""
