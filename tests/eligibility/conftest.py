"""What the rule's tests share."""

import pytest


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Run async tests on asyncio alone."""
    return "asyncio"
