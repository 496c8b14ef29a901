"""Documents at addresses, as if they stood on the internet: what a fetcher is replaced with."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from adapters.kit.fetch import Fetched, Fetcher, FetchError, Mark
from tests.sync.programs import Document

HOST: Final = "list.example"
"""The host that the made-up feed allows."""
FEEDS: Final = f"""
[feeds.list]
about = "the list of sites on the program's own page"
hosts = ["{HOST}"]
max_age_days = 30
"""
"""Added to a `program.toml`: a feed of the program's own, in the form of the template."""


@dataclass(frozen=True)
class Shelf(Fetcher):
    """Fetches what a test has put at an address; what a feed does not allow is refused as ever.

    Attributes:
        documents: What stands where: its name is the last part of the address.
        asked: The addresses fetched, each with the mark it was asked with.
    """

    documents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: list[tuple[str, Mark | None]] = field(default_factory=list[tuple[str, Mark | None]])

    def put(self, document: Document) -> str:
        """Put a document at an address of its name; return the address."""
        name, content = document
        url = f"https://{HOST}/{name}"
        self.documents[url] = content
        return url

    async def fetch(self, url: str, hosts: Collection[str], known: Mark | None = None) -> Fetched:
        """Return the document at an address, unless it is as it was; its mark is its content."""
        self._allowed(url, frozenset(hosts))
        self.asked.append((url, known))
        if url not in self.documents:
            msg = f"{url} answers 404 Not Found"
            raise FetchError(msg)
        document = self.documents[url]
        mark = Mark(etag=f'"{hash(document)}"')
        name = url.rpartition("/")[2]
        return Fetched(name, None if known == mark else document, mark)
