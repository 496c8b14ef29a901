"""A small world of two made-up programs, and how tests write: through the sync engine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

from graph_schema.elements import Fact
from graph_schema.exchange import Line
from hub.store.deeds import Action, Actor, By, Deed
from hub.store.port import OPEN, PUBLIC, Moment, Row, Store, Viewer
from hub.sync.intake import Intake, Origin, Report
from hub.sync.receipt import Asked
from hub.sync.run import run
from hub.sync.withdraw import Withdrawal, withdraw

CURRENT_OS_ID: Final = "os:BD2020021QK28YZ"
MERGED_OS_ID: Final = "os:BD2019086HB8VVT"
"""Facts source S214: the second was merged into the first."""

DEED: Final = Deed(By(Actor.SHELL, request="a test"), Action.IMPORT)
"""What the audit log tells of a generation that a test makes by hand."""
_WORDS: Final = (
    ("listing", "listed", "GOOD_STANDING", ()),
    ("listing", "closed", "CLOSED", ()),
    ("repair", "on track", "FINDINGS", ()),
    ("repair", "behind", "AT_RISK", ()),
    ("stage", "barred", "INELIGIBLE", ("cleared",)),
    ("stage", "cleared", "NO_EFFECT", ()),
)


def program(code: str, **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return the lines of a program with six words, one agreement, and a product."""
    return [
        {
            "program": code,
            "programRecord": {"code": code, "name": f"Program {code}", "scheme": code, **fields},
        },
        {
            "program": code,
            "commodity": {
                "reference": "wsr:garments",
                "name": "Garments",
                "aliases": ["clothes"],
            },
        },
        {
            "program": code,
            "commodity": {"reference": "wsr:jeans", "name": "Jeans", "parent": "wsr:garments"},
        },
        *(
            {
                "program": code,
                "stateRule": {
                    "track": track,
                    "state": state,
                    "effect": effect,
                    "liftedBy": list(lifted),
                },
            }
            for track, state, effect, lifted in _WORDS
        ),
        {
            "program": code,
            "agreement": {
                "reference": f"{code}:a1",
                "name": f"Agreement of {code}",
                "inForceFrom": "2013-01-01",
                "term": "OPEN",
                "clauses": [
                    {"duty": "TERMINATE_INELIGIBLE", "text": "Stop.", "products": ["garments"]}
                ],
            },
        },
    ]


def site(code: str, number: object, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the line of a worksite in Bangladesh, unless told otherwise."""
    reference = f"{code}:s{number}"
    given = {"reference": reference, "name": f"Site {number}", "country": "BD", **fields}
    return {"program": code, "worksite": given}


def company(code: str, name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the line of a company."""
    given = {"reference": f"{code}:{name}", "name": name.title(), **fields}
    return {"program": code, "organization": given}


def said(code: str, word: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the line of any fact; `from_` is written `from`."""
    given = {key.rstrip("_"): value for key, value in fields.items()}
    return {"program": code, word: given}


def standing(code: str, subject: str, state: str, since: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the line of a standing, published unless told otherwise."""
    given = {"subject": subject, "state": state, "since": since, "published": True, **fields}
    return {"program": code, "standing": given}


def world() -> list[dict[str, Any]]:
    """Return two programs that share a site and disagree on it, and one of all that can be said."""
    return [
        *program("alpha"),
        *program("beta"),
        company("alpha", "buyer", country="SE", roles=["BUYER"], aliases=["Åhléns & Söner"]),
        company("alpha", "group", country="KR"),
        company("alpha", "pool", country="US"),
        company("beta", "shop", country="US"),
        site("alpha", 1, externalIds=[CURRENT_OS_ID, MERGED_OS_ID], city="Dhaka"),
        site("alpha", 2, country="PK", products=["jeans"]),
        site("alpha", 3),
        site("beta", 9, externalIds=["alpha:s1"], aliases=["Ninth Site"]),
        said("alpha", "tie", kind="PART_OF", from_="alpha:s1", to="alpha:group"),
        said("alpha", "tie", kind="DELIVERS_TO", from_="alpha:s2", to="alpha:pool"),
        said(
            "alpha",
            "signature",
            organization="alpha:buyer",
            agreement="alpha:a1",
            since="2013-05-13",
            options=["knit"],
            coversGroup=True,
        ),
        said(
            "beta",
            "signature",
            organization="beta:shop",
            agreement="beta:a1",
            since="2014-01-01",
            until="2016-01-01",
        ),
        standing("alpha", "alpha:s1", "listed", "2014-01-01", confirmedOn="2020-01-01"),
        standing("alpha", "alpha:s1", "on track", "2015-03-01"),
        standing("alpha", "alpha:s2", "listed", "2015-01-01", products=["jeans"]),
        standing("alpha", "alpha:s3", "listed", "2015-01-01"),
        standing("alpha", "alpha:s3", "closed", "2017-02-01"),
        standing("beta", "beta:s9", "barred", "2016-01-01", announcedUntil="2016-12-31"),
        said(
            "alpha",
            "sourcing",
            buyer="alpha:buyer",
            supplier="alpha:s1",
            since="2016",
            published=True,
        ),
        said("alpha", "sourcing", buyer="beta:shop", supplier="alpha:s1", since="2016-05"),
        said(
            "alpha",
            "volume",
            pool="alpha:pool",
            product="jeans",
            kind="ENROLLED_SUPPLY",
            since="2018-01-01",
            until="2019-01-01",
            quantity=120,
            unit="t",
        ),
        said("alpha", "confirmation", on="2018-06-30", tracks=["listing"]),
        said("alpha", "mechanism", name="complaint line", presence="YES"),
        said("alpha", "figure", metric="audits", subject="sites", value=12.5, unit="audits"),
        said("alpha", "source", reference="S1", title="A list"),
    ]


def lines(given: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return lines of the exchange format."""
    return [Line.model_validate(each) for each in given]


async def write(
    store: Store,
    given: Sequence[Mapping[str, Any]],
    *,
    on: str = "2020-01-01",
    origin: Origin = Origin.ADMINISTRATOR,
    **how: Any,  # noqa: ANN401
) -> Report:
    """Write lines through the sync engine, recorded on a day at noon."""
    now = datetime.fromisoformat(f"{on}T12:00:00").replace(tzinfo=UTC)
    return await run(store, Intake(origin=origin, lines=lines(given), **how), now=now)


async def withdrawn(store: Store, fact: int) -> None:
    """Withdraw a fact that alpha said."""
    alpha = await number(store, "program:alpha")
    what = Withdrawal(alpha, fact, "it", "r", "wrong")
    await withdraw(store, what, Asked.of("client", f"key {fact}", "it"))


async def moment(
    store: Store,
    viewer: Viewer = PUBLIC,
    *,
    known_at: int = OPEN - 1,
    revision: int | None = None,
) -> Moment:
    """Return the newest moment of a store, or an earlier one."""
    latest = await store.latest()
    return Moment(latest.revision if revision is None else revision, known_at, viewer)


async def number(store: Store, reference: str) -> int:
    """Return the number of the node that goes by a reference."""
    [found] = await numbers(store, reference)
    return found


async def numbers(store: Store, *references: str) -> list[int]:
    """Return the numbers of the nodes that go by references."""
    _, found = await store.resolve(references)
    missing = [text for text, known in zip(references, found, strict=True) if known is None]
    assert not missing
    return [known.node for known in found if known is not None]


async def exported(store: Store) -> list[tuple[type[Fact], Row]]:
    """Return all facts there ever were."""
    return [each async for each in store.export()]


def plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value in which lists and tuples, and true and 1, are the same."""
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        return {key: plain(each) for key, each in given.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in cast("Sequence[Any]", value)]
    return int(value) if isinstance(value, bool) else value


def by_row(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return columns as rows, in an order of their own."""
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return sorted((plain(row) for row in rows), key=repr)
