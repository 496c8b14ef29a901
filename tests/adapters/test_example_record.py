"""The example world as it is said: labelled, the same for everybody, and only ever added to."""

import subprocess
import sys
from datetime import date
from typing import Final

import pytest

from adapters.kit.adapter import adapters
from adapters.kit.example import TOLD, horizon
from graph_schema.days import PartialDate
from graph_schema.parties import Organization, Worksite
from graph_schema.programs import Commodity, FactSource, Mechanism, Program
from graph_schema.standing import StateRule
from tests.adapters.example_world import LATER, PRESENT, buyers, described, lines, suppliers

ALWAYS_KNOWN: Final = (
    Program, Commodity, FactSource, StateRule, Mechanism, Organization, Worksite,
)  # fmt: skip


def test_it_has_the_size_it_claims() -> None:
    found = lines(PRESENT)
    assert 290 <= len(suppliers(found)) <= 330
    assert len(buyers(found)) == 40


@pytest.mark.parametrize("day", [PRESENT, LATER])
def test_every_name_and_source_says_example(day: date) -> None:
    for line in lines(day):
        assert line.about.sources or isinstance(line.fact, Commodity | FactSource)
        match line.fact:
            case FactSource() as source:
                assert source.title.startswith("Example world (made up)")
                assert (source.publisher or "").startswith("Example")
                assert source.url is None
            case Commodity() | Mechanism():
                pass
            case fact:
                named = (getattr(fact, name, None) for name in ("name", "city"))
                aliases: tuple[str, ...] = getattr(fact, "aliases", ())
                assert all("Example" in text for text in (*named, *aliases) if text is not None)


def test_no_number_and_no_place_could_be_a_real_one() -> None:
    for reference, fact in described(lines(PRESENT)).items():
        assert reference.startswith("wsr:example-")
        assert all(number.startswith(("exp:", "exg:")) for number in fact.external_ids)
        if isinstance(fact, Worksite):
            assert (fact.address, fact.latitude, fact.longitude) == (None, None, None)


def test_products_are_those_of_the_real_programs() -> None:
    """Whoever is synced first describes a product: it must not matter who is."""
    real = {
        line.fact.reference: line.fact
        for adapter in adapters().values()
        if not adapter.manifest.example
        for line in adapter.record().lines
        if isinstance(line.fact, Commodity)
    }
    made_up = [line.fact for line in lines(PRESENT) if isinstance(line.fact, Commodity)]
    assert {fact.reference for fact in made_up} & set(real)
    assert all(real.get(fact.reference, fact) == fact for fact in made_up)


@pytest.mark.parametrize("day", [PRESENT, LATER])
def test_facts_are_known_from_their_beginning_or_a_little_later(day: date) -> None:
    for line in lines(day):
        known = line.about.known_on
        if isinstance(line.fact, ALWAYS_KNOWN):
            assert known is None
            continue
        assert known is not None
        assert known <= horizon(day)
        began: PartialDate | None = getattr(line.fact, "since", None)
        assert began is None or began.first <= known.toordinal()


def test_a_later_world_begins_with_the_earlier_one() -> None:
    earlier, later = lines(PRESENT), lines(LATER)
    assert {repr(line) for line in earlier} < {repr(line) for line in later}


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 10, 1), TOLD),
        (date(2026, 12, 31), TOLD),
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2028, 6, 30), date(2028, 4, 1)),
        (date(1999, 1, 1), TOLD),
    ],
)
def test_the_world_changes_at_the_start_of_a_quarter(day: date, told: date) -> None:
    assert horizon(day) == told


def test_the_world_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "import hashlib\n"
        "from datetime import date\n"
        "from adapters import example_garments, example_produce\n"
        "made = [*example_garments.record(date(2028, 2, 1)),\n"
        "        *example_produce.record(date(2028, 2, 1))]\n"
        "text = repr([line.unfolded() for line in made])\n"
        "print(len(made), hashlib.sha256(text.encode()).hexdigest())\n"
    )
    seen = {
        subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(seen) == 1
