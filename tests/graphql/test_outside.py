"""From outside: the audit that the makers of GraphQL over HTTP publish."""

from pathlib import Path
from typing import Final

import pytest

from tests.outside import installed, listening, run

pytestmark = pytest.mark.anyio
HERE: Final = Path(__file__).with_name("outside")


async def test_graphql_over_http_is_spoken_to_the_letter(tmp_path: Path) -> None:
    node = installed(HERE, tmp_path / "outside")
    async with listening(tmp_path / "hub.db") as url:
        told = await run(node, "audit.mjs", url)
    assert told == {"audits": 61, "failed": []}
