"""The chain: row after row, what does not hold of it.

Each row is looked at beside the one before it alone, so that a log of any length is read in bounded
memory. Of a row that was changed, the row itself is named where its hash tells, and else the first
row that does not fit behind it.
"""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from hub.store.audit import Entry, Head
from hub.store.deeds import sha256

BEGINNING: Final = -(2**62)
"""Before every row that there may be, in its place or not."""


class _Row(BaseModel):
    """What every row says."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)

    seq: int
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
    actor: str
    client: str | None
    action: str
    programs: list[str]
    subject: str | None
    before: str | None
    after: str | None
    revision: int | None
    request_id: str
    previous_hash: str
    reason: str | None = None


class Chain:
    """The rows that were read so far, and whether the next one follows them."""

    def __init__(self) -> None:
        self.after = BEGINNING
        """The number after which the next rows are to be read."""
        self.rows = 0
        self.seq = 0
        self.hash = Head().hash
        self.first_day: str | None = None
        self.day: str | None = None
        self.revision: int | None = None
        self._at = ""
        self._sound = True

    def add(self, entry: Entry) -> Iterator[str]:
        """Take the next row; yield what does not hold of it."""
        self.rows += 1
        self.after = entry.seq
        if type(entry.seq) is not int or entry.seq <= self.seq:
            yield f"row {entry.seq}: there is no such row in the log; somebody put it there"
            return
        yield from self._missing(entry.seq - 1)
        said = _said(entry)
        if said is None:
            yield (
                f"row {entry.seq}: it does not read as it was written (its hash is of another "
                "text, or it is a row of another place): it was changed"
            )
        else:
            yield from self._follows(entry, said)
        self._take(entry, said)

    def end(self, head: Head) -> Iterator[str]:
        """Yield what does not hold of the last row, by the head that the store keeps."""
        if head.seq > self.seq:
            yield from self._missing(head.seq)
        elif head.seq < self.seq:
            yield f"row {self.seq}: the log ends at row {head.seq}; somebody put it behind the end"
        elif head.hash != self.hash and self._sound:
            yield f"row {self.seq}: it is not the row that the log ended with: it was changed"

    def _missing(self, up_to: int) -> Iterator[str]:
        """Yield which rows there should be before those that follow a number."""
        if up_to > self.seq:
            first = self.seq + 1
            which = f"row {first}" if first == up_to else f"rows {first} to {up_to}"
            yield f"{which}: missing; removed from the log"
            self.seq, self.revision, self._sound = up_to, None, False

    def _follows(self, entry: Entry, said: _Row) -> Iterator[str]:
        """Yield what does not hold of a row that is as it was written, behind the row before it."""
        if self._sound and said.previous_hash != self.hash:
            yield (
                f"row {self.seq}: row {entry.seq} follows another row than this: this one was "
                "changed, or every row from the next on was written anew"
                if self.seq
                else f"row {entry.seq}: it follows another row, and there is none before it"
            )
        elif self._sound and said.at < self._at:
            yield f"row {entry.seq}: it is earlier than the row before it"
        made = said.revision
        if made is not None and self.revision is not None and made != self.revision + 1:
            yield (
                f"row {entry.seq}: it tells of revision {made}, the row before of "
                f"{self.revision}: something was written that no row tells of"
            )
        shown_to = sorted(map(str, entry.programs))
        if shown_to != said.programs:
            shown = ", ".join(shown_to) or "nobody"
            yield f"row {entry.seq}: it is shown to operators of {shown}, whom it does not name"

    def _take(self, entry: Entry, said: _Row | None) -> None:
        self.seq, self.hash, self._sound = entry.seq, entry.hash, said is not None
        if said is None:
            self.revision = None
            return
        self._at, self.day = said.at, said.at[:10]
        self.first_day = self.first_day or self.day
        if said.revision is not None:
            self.revision = said.revision


def _said(entry: Entry) -> _Row | None:
    """Return what a row says; none where that is not what was written as the row of its number."""
    try:
        if sha256(entry.text) != entry.hash:
            return None
        said = _Row.model_validate_json(entry.text)
    except (ValueError, AttributeError):
        return None
    return said if said.seq == entry.seq else None
