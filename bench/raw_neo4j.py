"""The raw queries in Cypher, over the driver's synchronous session.

Each answers with one record of lists, the quickest form that the driver has.
"""

from collections.abc import Sequence
from typing import Final

from neo4j import Driver, GraphDatabase

from bench.raw import OFFICE, SHOWN, SITE, Fetched, held, seen
from graph_schema.agreements import Signature
from graph_schema.elements import Fact
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.standing import Standing
from hub.store.columns import SIGNATURE_COLUMNS, STATE_COLUMNS, TIE_COLUMNS
from hub.store.neo4j.schema import name, vouched
from hub.store.port import OPEN
from tests.neo4j.server import Address


class RawNeo4j:
    """The driver's synchronous session, one record of lists for each question."""

    def __init__(self, address: Address, revision: int) -> None:
        self._revision = revision
        self._driver: Driver = GraphDatabase.driver(address.url, auth=address.auth)
        self._session = self._driver.session(
            database="neo4j", default_access_mode="READ", fetch_size=-1
        )

    def facts(self, buyer: int, subjects: Sequence[int]) -> Fetched:
        """Return what bears on subjects and a buyer."""
        return self._ask(_AROUND, subjects=list(subjects), buyer=buyer)

    def named(self, references: Sequence[str]) -> Sequence[int]:
        """Return the numbers of nodes that go by references."""
        return self._ask(_NUMBERS, texts=list(references))[0]

    def shared(self, after: int, size: int, day: int) -> Fetched:
        """Return a page of shared subjects."""
        return self._ask(_PAGE, after=after, size=size, day=day)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()
        self._driver.close()

    def _ask(self, text: str, **given: object) -> Fetched:
        [record] = self._session.run(vouched(text), {**given, "revision": self._revision})
        return record.values()


def _part(
    of: str, pattern: str, kind: type[Fact], columns: Sequence[str], *, each: str = "UNWIND {} AS n"
) -> str:
    chosen = ", ".join(f"f.`{column}`" for column in columns)
    return (
        f"CALL ({of}) {{ {each.format(of)} MATCH {pattern.format(name(kind))} "
        f"WITH DISTINCT f WITH properties(f) AS f WHERE {seen('$')} "
        f"RETURN collect([{chosen}]) AS `{name(kind)}` }} "
    )


_AROUND: Final = (
    "CALL () { UNWIND $subjects AS number MATCH (n:Node {number: number}) "
    "RETURN collect(n) AS nodes } MATCH (b:Node {number: $buyer}) "
    + _part("nodes", "(n)-[f:{}]->()", Standing, STATE_COLUMNS)
    + _part("nodes", "(n)<-[f:{}]-()", Worksite, SITE)
    + _part("nodes", "(n)<-[f:{}]-()", Organization, OFFICE)
    + _part("nodes", "(n)-[f:{}]-()", Tie, TIE_COLUMNS)
    + _part("b", "(b)-[f:{}]->()", Signature, SIGNATURE_COLUMNS, each="")
    + "RETURN "
    + ", ".join(f"`{name(kind)}`" for kind in (Standing, Worksite, Organization, Tie, Signature))
)
_NUMBERS: Final = (
    "UNWIND $texts AS text MATCH (r:Reference {text: text})-[:OF]->(n:Node) "
    f"WHERE r.revision_until = {OPEN} RETURN collect(n.number)"
)
_PAGE: Final = (
    "MATCH (n:Shared) WHERE n.number > $after AND n.visible WITH n ORDER BY n.number "
    f"CALL (n) {{ MATCH (n)-[i:IN_FORCE]->() WHERE {held('$')} "
    "RETURN count(DISTINCT i.program) AS held, collect(i) AS states } "
    "WITH n, states WHERE held > 1 WITH n, states LIMIT $size "
    "WITH collect(n) AS nodes, collect(states) AS states "
    "CALL (states) { UNWIND states AS some UNWIND some AS i "
    f"MATCH ()-[f:{name(Standing)}]->() WHERE f.number = i.fact "
    f"RETURN collect([i.effect, i.ended, {', '.join(f'f.{c}' for c in SHOWN)}]) AS held }} "
    + _part("nodes", "(n)<-[f:{}]-()", Worksite, SITE)
    + _part("nodes", "(n)<-[f:{}]-()", Organization, OFFICE)
    + "RETURN [n IN nodes | n.number], held, "
    + ", ".join(f"`{name(kind)}`" for kind in (Worksite, Organization))
)
