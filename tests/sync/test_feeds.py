"""A feed is named as its program declares it."""

import pytest

from adapters.kit.adapter import adapters
from hub.errors import InvalidInputError
from hub.sync.sources import feed_file


def test_a_feed_that_the_program_does_not_have_is_named_with_those_it_has() -> None:
    adapter = adapters()["lesotho-agreement"]
    with pytest.raises(InvalidInputError, match="lesotho-agreement has no feed 'weekly'") as found:
        feed_file(adapter, "weekly", [("list.csv", b"name\n")])
    assert "its feeds are" in found.value.message
    assert "operator" in found.value.message
