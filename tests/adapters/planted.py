"""Contacts planted in a document: neither the store nor any message or log may ever hold them."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from hub.errors import BadDocumentError
from hub.store.embedded.store import EmbeddedStore
from hub.sync.intake import Report
from tests.adapters.documents import adapter, outcome
from tests.sync.steps import begin, whole

EMAIL: Final = "planted.person@example.org"
PHONE: Final = "+880 1700 000 042"
PERSON: Final = "Planted Person"
PLANTED: Final = (EMAIL, PHONE, PERSON, "planted.person", "1700 000 042")
"""Texts, none of which may stand anywhere, whatever became of the document."""


async def assert_nowhere(
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    program: str,
    feed: str,
    documents: Sequence[bytes],
    *,
    planted: Sequence[str] = PLANTED,
    dated: str | None = None,
) -> list[Report]:
    """Sync documents one after another and see to it that nothing planted is kept or told.

    Args:
        folder: An empty folder, where the store is kept; every byte of it is searched.
        caplog: What is logged.
        program: Its code.
        feed: Its feed.
        documents: The files; each must hold all that is planted.
        planted: The texts.
        dated: The day of which they speak, where a person says so.

    Returns:
        What became of those that were not refused.
    """
    caplog.set_level(logging.DEBUG)
    store = EmbeddedStore(str(folder / "hub.db"))
    await store.open()
    reports: list[Report] = []
    told: list[str] = []
    try:
        await begin(store, adapter("international-accord"), adapter(program))
        for document in documents:
            try:
                report = await outcome(store, program, feed, document, dated=dated, confirmed=True)
            except BadDocumentError as error:
                told.append(error.message)
            else:
                reports.append(report)
        kept = [line.decode() for line in await whole(store)]
    finally:
        await store.close()
    found = [*told, *map(repr, reports), *kept, caplog.text, *_bytes(folder)]
    for text in planted:
        assert not [each for each in found if text.casefold() in each.casefold()], text
    return reports


def _bytes(folder: Path) -> Iterator[str]:
    """Yield all that is written in a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert paths
    for path in paths:
        with closing(path.open("rb")) as file:
            yield file.read().decode("latin-1")
