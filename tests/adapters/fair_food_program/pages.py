"""The page of participating buyers and growers, as tests make it."""

from collections.abc import Sequence
from typing import Final

from hub.store.port import Store
from tests.adapters.documents import html, tag
from tests.sync.steps import ask

FFP: Final = "ffp"
FEED: Final = "participants"
FLORIDA: Final = (
    "Ag-Mart",
    "Kern Carpenter Farms",
    "Lipman Family Farms",
    "Pacific Tomato Growers",
    "Alderman Farms",
)
BUYERS: Final = ("Aramark", "Bon Appétit Management Company", "Walmart")
DAY: Final = "Updated November 16, 2026"


def shown(
    *groups: str, buyers: Sequence[str] = BUYERS, day: str = DAY, growers: Sequence[str] = FLORIDA
) -> bytes:
    """Return the page, with further groups in markup behind the growers of Florida."""
    return html(
        "<nav><ul><li>About</li><li>Donate</li></ul></nav>",
        tag("h1", "Fair Food Program: Participating Buyers and Growers"),
        tag("p", "Who takes part in the program.", day),
        tag("h2", "Participating Growers"),
        tag("p", "These growers have agreed to the Code."),
        tag("h3", "Tomatoes - Florida"),
        f"<ul>{tag('li', *growers)}</ul>",
        *groups,
        tag("h2", "Participating Buyers"),
        f"<ul>{tag('li', *buyers)}</ul>",
        "<footer><p>Contact us</p></footer>",
    )


async def bought(store: Store, grower: str, on: str, product: str = "tomatoes") -> str:
    """Return whether Walmart may buy from a grower on a day."""
    return await ask(store, f"wsr:{grower}", on, buyer="wsr:walmart", product=product)
