"""Verification: the whole log against itself, its signed heads, and heads kept elsewhere."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson
from joserfc.jwk import Key

from hub.audit import heads
from hub.audit.chain import Chain
from hub.errors import StoreUnavailableError
from hub.oauth import jose
from hub.oauth.jose import BadTokenError
from hub.oauth.keys import Seal
from hub.store.audit import HEADS, KEYS, Head
from hub.store.port import Store

PAGE: Final = 500
"""Rows read at a time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A head that was kept elsewhere: what file it is, what it says, and the key that signed it."""

    name: str
    head: Head
    key: Key


@dataclass(slots=True)
class _Heads:
    """The heads that the log is held against, by day and by row."""

    of_days: dict[str, Head]
    elsewhere: Sequence[Kept]
    seen: set[str] = field(default_factory=set[str])

    def take(self, records: Mapping[str, str], keys: Sequence[Key]) -> Iterator[str]:
        """Take the signed heads of days; yield which of them none of the log's keys signed."""
        for day, text in records.items():
            try:
                self.of_days[day] = heads.read(text, keys)
            except (BadTokenError, KeyError, ValueError, TypeError):
                yield f"the signed head of {day}: no key of this log signed it"

    def row(self, seq: int, hash_: str) -> Iterator[str]:
        """Yield what does not hold of a row by the heads that are kept elsewhere."""
        for kept in self.elsewhere:
            if kept.head.seq == seq and kept.head.hash != hash_:
                yield f"row {seq}: {kept.name} shows another: the log was written anew since"

    def day(self, day: str, seq: int, hash_: str, *, over: bool) -> Iterator[str]:
        """Yield what does not hold of the last row of a day."""
        self.seen.add(day)
        head = self.of_days.get(day)
        if head is None and over:
            yield f"row {seq}: it is the last of {day}, and that day's signed head is missing"
        elif head is not None and (head.seq, head.hash) != (seq, hash_):
            yield f"row {seq}: the signed head of {day} is row {head.seq}, and not as this one"

    def end(self, chain: Chain) -> Iterator[str]:
        """Yield what does not hold of the last row, and which heads are of rows that are not."""
        if chain.day is not None:
            yield from self.day(chain.day, chain.seq, chain.hash, over=False)
        for day in sorted(self.of_days.keys() - self.seen):
            yield f"row {self.of_days[day].seq}: {day} has a signed head, and the log no row of it"
        for kept in self.elsewhere:
            if kept.head.seq > chain.seq:
                end = f"the log ends at row {chain.seq}"
                yield f"row {kept.head.seq}: {kept.name} shows it, and {end}: its end was cut off"


async def verify(
    store: Store, seal: Seal, elsewhere: Sequence[Kept], chain: Chain
) -> AsyncIterator[str]:
    """Read the whole log and yield what does not hold, each with the row that it is about.

    Args:
        store: Where it is.
        seal: Opens the keys that heads are signed with.
        elsewhere: Heads that were kept elsewhere.
        chain: Has what was read once all is; a new one.
    """
    known = (await store.latest()).revision
    records = await store.kept.all(KEYS)
    keys = _keys(records)
    for told in _not_ours(records, keys, seal, [kept.key for kept in elsewhere]):
        yield told
    against = _Heads({}, elsewhere)
    for told in against.take(await store.kept.all(HEADS), list(keys.values())):
        yield told
    async for told in _rows(store, chain, against):
        yield told
    for told in against.end(chain):
        yield told
    if chain.revision is not None and chain.revision < known:
        yield f"row {chain.seq}: behind it revision {known} was written, and no row tells of it"


async def _rows(store: Store, chain: Chain, against: _Heads) -> AsyncIterator[str]:
    """Read row after row until the log's head, and yield what does not hold."""
    head, more = await store.audit.head(), True
    while more or chain.seq < head.seq:
        page = await store.audit.page(chain.after, PAGE)
        for entry in page:
            day, seq, hash_ = chain.day, chain.seq, chain.hash
            told = list(chain.add(entry))
            if day is not None and chain.day != day:
                told = [*against.day(day, seq, hash_, over=True), *told]
            for each in (*told, *against.row(entry.seq, entry.hash)):
                yield each
        if not page and not more:
            break
        more = bool(page)
        head = await store.audit.head()
    for told in chain.end(head):
        yield told
    if (extra := await store.audit.count(chain.seq) - chain.rows) > 0:
        yield f"{extra} more rows lie in the store without a number of their own: put there"


def _keys(records: Mapping[str, str]) -> Mapping[str, Key]:
    """Return the public keys that the log's heads may be signed with, by record."""
    found: dict[str, Key] = {}
    for name, text in records.items():
        try:
            [found[name]] = jose.public_keys({"keys": [orjson.loads(text)["public"]]})
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _not_ours(
    records: Mapping[str, str], keys: Mapping[str, Key], seal: Seal, vouched: Sequence[Key]
) -> Iterator[str]:
    """Yield which keys the hub's secret did not seal, and no head kept elsewhere vouches for."""
    known = {key.thumbprint() for key in vouched}
    for name, text in records.items():
        try:
            own = heads.own_key(name, text, seal).thumbprint()
        except (StoreUnavailableError, ValueError, KeyError, TypeError):
            own = None
        key = keys.get(name)
        if key is None or key.thumbprint() not in {own, *known}:
            yield (
                f"audit key {int(name)}: HUB_KEYS_SECRET does not open it: set the one of the hub, "
                "or give a head that this key signed in --head; else somebody put it there"
            )
