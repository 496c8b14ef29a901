"""The empty template of a program."""

from datetime import UTC, datetime

from starlette.responses import Response

from adapters.kit.blank import blank
from graph_schema.days import FOR_EVER
from graph_schema.standing import StateRule
from hub.answers.desk import Desk
from hub.errors import UnknownReferenceError
from hub.http.media import XLSX


async def template(desk: Desk, code: str) -> Response:
    """Return the operator's template of a program, with its own words as choices.

    Raises:
        UnknownReferenceError: There is no such program.
    """
    sitting = await desk.sit()
    found = next((each for each in sitting.law.programs.values() if each.code == code), None)
    if found is None:
        raise UnknownReferenceError(code)
    today = datetime.now(UTC).toordinal()
    rules = [
        row
        for row in await desk.store.facts_at(StateRule, "program", [found.number], sitting.moment)
        if today < (row["until"] or FOR_EVER)
    ]
    words = {
        "state": list(dict.fromkeys(row["state"] for row in rules)),
        "track": list(dict.fromkeys(row["track"] for row in rules)),
        "product": sorted(each.name for each in sitting.law.commodities.values()),
    }
    named = f'attachment; filename="{code}-template.xlsx"'
    return Response(blank(words), headers={"content-disposition": named}, media_type=XLSX)
