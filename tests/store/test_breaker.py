"""A store that is away is not asked by everybody who comes."""

from dataclasses import dataclass

import pytest

from hub.errors import StoreLostError, StoreUnavailableError
from hub.store.breaker import AGAIN, FAILURES, WITHIN, Breaker


@dataclass
class Clock:
    """Tells a time that tests turn."""

    now: float = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


class Calls:
    """A breaker, and how many calls came through it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.through = 0
        self._breaker = Breaker(self.clock)

    def ask(self, error: Exception | None = None) -> None:
        """Make a call, which may fail."""
        with self._breaker.call():
            self.through += 1
            if error is not None:
                raise error

    def fail(self, times: int) -> None:
        """Make calls that are not answered."""
        for _ in range(times):
            with pytest.raises(StoreLostError):
                self.ask(StoreLostError("away"))


@pytest.fixture
def calls() -> Calls:
    """Return a breaker of a store that is there."""
    return Calls()


def refused(calls: Calls) -> bool:
    """Return whether a call is refused at once."""
    before = calls.through
    try:
        calls.ask()
    except StoreUnavailableError:
        assert calls.through == before
        return True
    return False


def test_a_few_failures_stop_nobody(calls: Calls) -> None:
    calls.fail(FAILURES - 1)
    assert not refused(calls)
    calls.fail(FAILURES - 1)
    assert not refused(calls)


def test_after_several_all_are_refused_but_one_now_and_then(calls: Calls) -> None:
    calls.fail(FAILURES)
    assert refused(calls)
    calls.clock.now += AGAIN
    calls.fail(1)
    assert refused(calls)
    calls.clock.now += 10 * WITHIN
    calls.fail(1)
    assert refused(calls)
    calls.clock.now += AGAIN
    assert not refused(calls)
    assert not refused(calls)


def test_failures_far_apart_stop_nobody(calls: Calls) -> None:
    for _ in range(3 * FAILURES):
        calls.fail(1)
        calls.clock.now += WITHIN
    assert not refused(calls)


def test_a_refusal_is_an_answer(calls: Calls) -> None:
    for _ in range(2 * FAILURES):
        with pytest.raises(StoreUnavailableError):
            calls.ask(StoreUnavailableError("wrong password"))
    assert not refused(calls)


def test_who_gives_up_while_it_finds_out_leaves_it_to_the_next(calls: Calls) -> None:
    calls.fail(FAILURES)
    calls.clock.now += AGAIN
    with pytest.raises(TimeoutError):
        calls.ask(TimeoutError())
    assert refused(calls)
    calls.clock.now += AGAIN
    assert not refused(calls)
