"""Clients that send lists, look after them, and fetch the answers."""

import io
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from graph_schema.exchange import Line
from hub.oauth.principal import Role, Scope
from hub.sync.intake import Intake, Origin
from hub.sync.run import run
from tests.cli.worlds import BARRED, BUYER, DAY, GOOD, SILENT, WRONG_OS_ID, lines
from tests.conftest import AnyStore
from tests.oauth.served import OPERATOR, Clock, Hub, key_set, served

CSV: Final = "text/csv"
NDJSON: Final = "application/x-ndjson"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER: Final = ("Supplier", "Product", "Note")
ROWS: Final = (
    (GOOD, "jeans", "first"),
    (BARRED, "", "=1+1"),
    (SILENT, "jeans", ""),
    ("wsr:nobody", "jeans", "not known"),
    (WRONG_OS_ID, "jeans", "a wrong letter"),
    (GOOD, "spaceships", "no such product"),
    ("Example Weavers", "jeans", "by its name"),
)
"""Rows of every kind; one names no product."""
ASKED: Final = {"buyer": BUYER, "product": "jeans", "asOf": DAY}
Told = dict[str, Any]


@dataclass
class Sender:
    """A client with its token."""

    hub: Hub
    id: str
    token: str

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        """Send a request with its token."""
        headers = {"authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.hub.http.request(method, path, headers=headers, **more)

    async def send(
        self, body: bytes, media: str = CSV, key: str | None = None, **asked: str
    ) -> httpx.Response:
        """Send a list."""
        headers = {"content-type": media, **({"idempotency-key": key} if key else {})}
        given = {**ASKED, **asked}
        params = {name: value for name, value in given.items() if value}
        return await self.call(
            "POST", "/jobs/eligibility", content=body, headers=headers, params=params
        )

    async def sends(self, body: bytes, media: str = CSV, **more: Any) -> Told:  # noqa: ANN401
        """Send a list that is taken; return its job."""
        answer = await self.send(body, media, **more)
        assert answer.status_code == 202, answer.text
        assert answer.headers["location"] == f"/jobs/{answer.json()['id']}"
        return answer.json()

    async def job(self, id_: str) -> Told:
        """Return a job as it is."""
        answer = await self.call("GET", f"/jobs/{id_}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def over(self, id_: str) -> Told:
        """Return a job once it is over: then its events end."""
        told = await self.call("GET", f"/jobs/{id_}/events")
        assert told.headers["content-type"].startswith("text/event-stream"), told.text
        return orjson.loads(told.text.split("data: ")[-1])

    async def answers(self, id_: str, form: str = "ndjson") -> bytes:
        """Return the answers of a job once it is over."""
        over = await self.over(id_)
        assert over["state"] == "done", over
        answer = await self.call("GET", f"/jobs/{id_}/result", params={"format": form})
        assert answer.status_code == 200, answer.text
        return answer.content

    async def refused(self, *given: Any, **more: Any) -> tuple[int, str, str]:  # noqa: ANN401
        """Send a list that is not taken; return the status, the code and what is said."""
        return problem(await self.send(*given, **more))


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Return the status, the code and what is said of a request that is refused."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert told["status"] == answer.status_code
    return answer.status_code, told["code"], told["detail"]


@asynccontextmanager
async def hub_on(store: AnyStore, folder: Path, clock: Clock | None = None) -> AsyncGenerator[Hub]:
    """Serve a store that is not open yet, with its jobs in a folder."""
    async with served(store, clock, jobs_folder=folder) as hub:
        yield hub


async def fill(hub: Hub) -> None:
    """Import the small graph."""
    told = [Line.model_validate(each) for each in lines()]
    await run(hub.store, Intake(origin=Origin.ADMINISTRATOR, lines=told))


async def brand(hub: Hub, organization: str | None = BUYER, **fields: Any) -> Sender:  # noqa: ANN401
    """Return a client of a brand."""
    given = {
        "role": Role.BRAND, "programs": (), "organization": organization,
        "scopes": (Scope.READ,), "jwks": key_set(OPERATOR), **fields,
    }  # fmt: skip
    client = await hub.register(**given)
    return Sender(hub, client.id, await hub.given(client))


def as_csv(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    """Return rows as CSV."""
    return "".join(f"{','.join(row)}\n" for row in (header, *rows)).encode()


def as_ndjson(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    """Return rows as NDJSON."""
    objects = (dict(zip(header, row, strict=True)) for row in rows)
    return b"".join(orjson.dumps(each) + b"\n" for each in objects)


def as_xlsx(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    """Return rows as a workbook."""
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate((header, *rows)):
            sheet.write_row(number, 0, row)
    return book.getvalue()


def from_ndjson(text: bytes) -> list[Mapping[str, Any]]:
    """Return the rows of NDJSON."""
    return [orjson.loads(line) for line in text.splitlines()]
