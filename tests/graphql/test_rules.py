"""Deny by default: the hub does not start with a field of which nobody said who may ask for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from graphql import build_schema

from hub.graphql.rules import RULES, NoRuleError, asked, check
from hub.graphql.schema import schema, text

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = "from hub.cli.main import app; app()"
STORE: Final = "sqlite:///hub.db"
PLANTED: Final = {
    "Query.contacts": (
        "questions/search.py",
        "class Lookups:\n",
        "    @strawberry.field(description='Planted.')\n"
        "    def contacts(self) -> str:\n        return 'everybody'\n",
    ),
    "Mutation.drop": (
        "mutations/facts.py",
        "class FactMutations:\n",
        "    @strawberry.mutation(description='Planted.')\n"
        "    def drop(self) -> str:\n        return 'everything'\n",
    ),
    "Subscription.told": (
        "questions/updates.py",
        "class Subscription:\n",
        "    @strawberry.subscription(description='Planted.')\n"
        "    async def told(self) -> AsyncGenerator[str, None]:\n        yield 'all'\n",
    ),
    "Organization.phone": (
        "types/nodes.py",
        "class Organization(Subject):\n",
        "    @strawberry.field(description='Planted.')\n"
        "    def phone(self) -> str:\n        return 'a number'\n",
    ),
}
"""What is added to the schema: the module, the class, and the field."""


def test_the_hub_does_not_start_with_a_field_without_a_rule(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for package in ("graph_schema", "hub", "adapters"):
        ignored = shutil.ignore_patterns("__pycache__", "explorer_files", "node_modules")
        shutil.copytree(ROOT / package, tree / package, ignore=ignored)
    for module, place, field in PLANTED.values():
        path = tree / "hub" / "graphql" / module
        code = path.read_text(encoding="utf-8")
        assert code.count(place) == 1
        path.write_text(code.replace(place, place + field), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", COMMAND, "serve", "--port", "0", "--demo", "--store", STORE],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    told, end = done.stderr.split(": no rule says who may; ")
    assert end == "give one in hub/graphql/rules.py\n"
    assert set(told.removeprefix("✗ ").split(", ")) == PLANTED.keys()
    assert not (tmp_path / "hub.db").exists()


def test_every_field_has_a_rule_and_every_rule_a_field() -> None:
    schema.check()
    ruled = [
        (kind, field)
        for kind, fields in RULES.items()
        for named in fields.values()
        for field in named.split()
    ]
    assert len(ruled) == len(set(ruled))
    assert set(ruled) <= set(asked(build_schema(text())))


def test_all_that_has_no_rule_is_named() -> None:
    bare = build_schema("type Query { a: Int b: Secret } type Secret { c: Int }")
    with pytest.raises(NoRuleError, match=r"Query\.a, Query\.b, Secret\.c: no rule"):
        check(bare)
