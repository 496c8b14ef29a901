"""The rule's state that a kept standing is."""

from hub.eligibility.facts import State
from hub.store.port import Row
from hub.store.rows import partial


def state(row: Row) -> State:
    """Return the rule's state that a row holds."""
    return State(
        number=row["number"],
        subject=row["subject"],
        program=row["program"],
        track=row["track"],
        word=row["state"],
        first=row["begins_first"],
        last=row["begins_last"],
        confirmed=row["confirmed"],
        max_age=row["max_age"],
        until=partial(row, "until"),
        announced_until=partial(row, "announced_until"),
        products=frozenset(row["products"]),
        regions=frozenset(row["regions"]),
        feed=row["feed"],
    )
