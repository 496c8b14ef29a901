"""Signatories' pages that tests make, and what they say."""

from collections.abc import Iterable, Mapping

from graph_schema.agreements import Signature
from hub.store.port import Store
from tests.adapters.documents import html, intake, tag
from tests.sync.steps import facts


def signed(title: str, countries: Mapping[str, Iterable[str]], *more: str) -> bytes:
    """Return a page in columns: each country in bold, its companies as text or links below it.

    Args:
        title: Its heading.
        countries: Companies by country.
        more: Further markup at its end.
    """
    columns = "".join(
        "<div class='ezcol-one-quarter'>"
        f"<p><strong>{country}</strong><br>"
        + "<br>".join(f"<a href='#'>{company}</a>" for company in companies)
        + "</p></div>"
        for country, companies in countries.items()
    )
    menu = "<nav><h4>Bangladesh</h4><h4>Pakistan</h4><b>Sweden</b></nav>"
    return html(menu, tag("h1", title), columns, *more, "<footer>The Accord</footer>")


def told(program: str, *documents: bytes, dated: str | None) -> set[tuple[str, str]]:
    """Return the organisations that pages name, each with the agreement it signed."""
    found = intake(program, "signatories", *documents, dated=dated)
    assert found.problems == []
    return {
        (line.fact.organization, line.fact.agreement)
        for line in found.lines
        if isinstance(line.fact, Signature)
    }


async def since(store: Store, organization: str) -> list[str]:
    """Return since when an organisation's signatures hold that pages brought."""
    found = await facts(store, Signature, "organization", organization)
    return [row["since"] for row in found if row["feed"] == "signatories"]
