"""Lists of names, dated anew each week, and what they leave known: for tests of sightings."""

from adapters.kit.adapter import Adapter
from graph_schema.standing import Standing
from hub.store.port import Store
from hub.sync.intake import Report
from tests.sync.programs import Document, sites, table
from tests.sync.steps import begin, facts, push

SITES = [f"exa:{number}" for number in range(1, 4)]
ALWAYS = ("exa:9", "listed")
"""A site on every list, so that none is empty."""
DAYS = ("2020-01-06", "2020-01-13", "2020-01-20", "2020-01-27", "2020-02-03")
"""The days of weekly lists."""
ONE, TWO, THREE, FOUR, FIVE = DAYS


async def start(store: Store, alpha: Adapter) -> None:
    """Sync the record and the sites, by a list that shows no standing."""
    await begin(store, alpha)
    await push(store, alpha, sites(*SITES, "exa:9"), complete=False)


def names(day: str, *shown: tuple[str, str], **columns: str) -> Document:
    """Return the list of a day: who was seen on it, as what."""
    rows = ({"subject": site, "state": word, "observed": day, **columns} for site, word in shown)
    return table("standings", rows)


async def listed(store: Store, alpha: Adapter, day: str, *shown: str) -> Report:
    """Push the complete list of a day; each site told as `exa:1` or `exa:1 closed`."""
    told = [(site, word or "listed") for site, _, word in (each.partition(" ") for each in shown)]
    return await push(store, alpha, names(day, *told, ALWAYS), dated=day, confirmed=True, at=FIVE)


async def states(store: Store, *subjects: str) -> set[tuple[str, str, str, str | None]]:
    """Return the states that sites are known to have held: since when seen, until when."""
    return {
        (site, row["state"], row["since"] or row["observed"], row["until"])
        for site in subjects or SITES
        for row in await facts(store, Standing, "subject", site)
    }
