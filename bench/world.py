"""A made-up world of any size, in lines of the exchange format: the same for the same seed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bench import buyers, law
from bench.chances import Chances
from bench.histories import Story, history
from bench.law import Program
from bench.statements import POOLED, balance, described, farms, links, pool, pool_of, tie
from bench.suppliers import BLOCK, Supplier, run_length, supplier
from graph_schema.codes import TieKind
from graph_schema.elements import Fact
from graph_schema.exchange import Line
from graph_schema.parties import Organization

CHUNK: Final = 100 * BLOCK
"""Suppliers written at once."""
_RUN_BY_A_COMPANY: Final = 0.8
"""Share of the sites of which it is known who runs them."""
_IN_A_GROUP: Final = 3
"""Sites above which a company belongs to a group."""

_Said = tuple[Program, Fact]


@dataclass(frozen=True, slots=True)
class World:
    """A world of so many suppliers."""

    suppliers: int
    seed: int = 1

    def chunks(self, size: int = CHUNK) -> Iterator[list[Line]]:
        """Yield what is told of it, each chunk after those that make what it names."""
        yield [*law.lines(), *buyers.lines(self.seed)]
        for begin in range(0, self.suppliers, size):
            some = [self.supplier(n) for n in range(begin, min(begin + size, self.suppliers))]
            yield [
                Line(program=program.code, fact=fact, about=program.about)
                for program, fact in self._told(some)
            ]

    def supplier(self, number: int) -> Supplier:
        """Return a supplier by number."""
        return supplier(self.seed, number)

    def _told(self, some: Iterable[Supplier]) -> Iterator[_Said]:
        """Yield what is said of some suppliers, then of the companies and pools tied to them."""
        companies: dict[tuple[int, Program], Supplier] = {}
        pools: dict[int, Program] = {}
        for each in some:
            chances = Chances(self.seed, "facts", each.number)
            for place, program in enumerate(each.programs):
                yield from ((program, fact) for fact in _facts(each, place, chances))
            if not each.organization and chances.comes(_RUN_BY_A_COMPANY):
                companies |= {(each.operator, program): each for program in each.programs}
                yield from _operated(each)
            home = each.programs[0]
            if home.code == POOLED:
                pools[pool_of(each.number)] = home
                delivers = tie(TieKind.DELIVERS_TO, each.reference, pool(pool_of(each.number)))
                yield home, delivers
        for (_, program), each in companies.items():
            yield program, _company_described(each)
        yield from _groups(companies)
        for number, program in pools.items():
            yield from ((program, fact) for fact in balance(self.seed, number))


def _facts(each: Supplier, place: int, chances: Chances) -> Iterator[Fact]:
    """Yield what one of a supplier's programs says of it; the first says who buys from it."""
    program = each.programs[place]
    yield described(each, program)
    if place == 0:
        yield from links(each, chances)
        yield from farms(each, chances) if each.organization else ()
    yield from history(
        Story(
            subject=each.called(program),
            program=program,
            troubled=each.troubled[place],
            steady=each.disagreed,
            chances=chances,
        )
    )


def _operated(each: Supplier) -> Iterator[_Said]:
    """Yield who runs a site, as each of its programs says."""
    for program in each.programs:
        yield program, tie(TieKind.OPERATED_BY, each.called(program), _company(each.operator))


def _company(number: int) -> str:
    return f"wsr:bench-company-{number}"


def _company_described(each: Supplier) -> Organization:
    """Return the company that runs a supplier's site."""
    name = f"Bench Company {each.operator}"
    return Organization(reference=_company(each.operator), name=name, country=each.country)


def _groups(companies: Iterable[tuple[int, Program]]) -> Iterator[_Said]:
    """Yield the groups of companies that run many sites."""
    made: dict[tuple[int, Program], None] = {}
    for company, program in companies:
        if run_length(company) > _IN_A_GROUP:
            group = company // BLOCK
            made[group, program] = None
            yield program, tie(TieKind.PART_OF, _company(company), _group(group))
    for group, program in made:
        yield program, Organization(reference=_group(group), name=f"Bench Group {group}")


def _group(number: int) -> str:
    return f"wsr:bench-group-{number}"
