"""Contacts planted in a document: neither the store nor any message or log may ever hold them."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from adapters.kit.adapter import OPERATOR
from hub.errors import BadDocumentError
from hub.store.deeds import By
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from hub.sync import proposal
from hub.sync.document import Document, Form
from hub.sync.intake import Report
from hub.sync.making import Sending
from hub.sync.propose import propose
from hub.sync.receipt import Asked
from hub.sync.sent import read
from tests.adapters.documents import adapter, outcome
from tests.sync.steps import begin, whole

EMAIL: Final = "planted.person@example.org"
PHONE: Final = "+880 1700 000 042"
PERSON: Final = "Planted Person"
PHONES: Final = (PHONE, "1700 000 042")
PLANTED: Final = (EMAIL, PHONE, PERSON, "planted.person", PHONES[1])
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
    """Propose and sync documents in turn, and see to it that nothing planted is kept or told.

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
    kept: list[str] = []
    waiting: list[str] = []
    try:
        await begin(store, adapter("international-accord"), adapter(program))
        for document in documents:
            try:
                content, records = await _proposed(store, program, feed, document, dated)
                kept += records
                waiting += content
                report = await outcome(store, program, feed, document, dated=dated, confirmed=True)
            except BadDocumentError as error:
                told.append(error.message)
            else:
                reports.append(report)
        kept += [line.decode() for line in await whole(store)]
    finally:
        await store.close()
    found = [*told, *map(repr, reports), *kept, caplog.text, *_bytes(folder)]
    for text in planted:
        assert not [each for each in found if text.casefold() in each.casefold()], text
        # Numbers stay in what an operator says itself, for they may call a supplier.
        hidden = [] if feed == OPERATOR and text in PHONES else waiting
        assert not [each for each in hidden if text.casefold() in each.casefold()], text
    return reports


async def _proposed(
    store: Store, program: str, feed: str, document: bytes, dated: str | None
) -> tuple[list[str], list[str]]:
    """Return what waits, and what else is kept; a document must say what it said when applied."""
    day = date.fromisoformat(dated) if dated else None
    what = Document(Form.DOCUMENT, feed, "document", day)
    by = By.of("office", "a test")
    asked = Asked.of("office", hashlib.sha256(document).hexdigest(), "a document")
    made = await propose(store, adapter(program), Sending(program, what, document, by, asked))
    content = await proposal.document(store, made)
    assert content is not None
    before, after = (
        read(program, adapter(program), what, each, by) for each in (document, content)
    )
    assert [*before.lines] == [*after.lines]
    assert [each.place for each in before.problems] == [each.place for each in after.problems]
    assert (before.dated, before.missing, before.notes) == (after.dated, after.missing, after.notes)
    kinds = (proposal.kind(program), proposal.DIFFERENCE, proposal.EFFECTS)
    records = [text for kind in kinds for text in (await store.kept.all(kind)).values()]
    every = await proposal.every(store, program)
    documents = [await proposal.document(store, each) or b"" for each in every]
    return [each.decode(errors="replace") for each in documents], records


def _bytes(folder: Path) -> Iterator[str]:
    """Yield all that is written in a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert paths
    for path in paths:
        with closing(path.open("rb")) as file:
            yield file.read().decode("latin-1")
