"""A list answered row by row, as buyers keep them: suppliers by reference or name, any products."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

from graph_schema.codes import Reason, Verdict
from hub.answers.desk import Sitting
from hub.answers.eligibility import Answers, eligibility_list, in_short
from hub.answers.lists import is_reference
from hub.answers.names import by_names
from hub.errors import BadDocumentError, HubError, InvalidInputError

AT_ONCE: Final = 1_000
"""Rows asked about at a time, so that progress is seen and others have their turn."""
_SENTENCES: Final = 50
"""Sentences made at a time, likewise."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks.

    Attributes:
        called: How it calls its supplier.
        product: What it is about.
        problem: Why it cannot be taken; none where it can.
    """

    called: str
    product: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What becomes of a row: a verdict with its reason and a sentence, or a problem."""

    verdict: Verdict | None = None
    reason: Reason | None = None
    summary: str | None = None
    problem: HubError | None = None


async def checked(
    sitting: Sitting,
    buyer: str,
    rows: Sequence[Wanted],
    done: Callable[[int], object] | None = None,
    *,
    sentences: bool,
) -> list[Checked]:
    """Return what becomes of each row; what is wrong with one spoils no other.

    Args:
        sitting: As known when, and who asks.
        buyer: Who buys.
        rows: What is asked.
        done: Is told how many more rows are answered.
        sentences: Whether each row has its sentence; these take longer than the verdicts.

    Raises:
        InvalidReferenceError: The buyer's reference is none.
        UnknownReferenceError: Nothing goes by the buyer's reference.
    """
    found = [Checked(problem=BadDocumentError(row.problem or "")) for row in rows]
    products = await _products(sitting, {row.product for row in rows if row.problem is None})
    by_product: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        product = products[row.product] if row.problem is None else found[index].problem
        if isinstance(product, int):
            by_product.setdefault(product, []).append(index)
        else:
            found[index] = Checked(problem=product)
    if done:
        done(len(rows) - sum(map(len, by_product.values())))
    called = (rows[index].called for indexes in by_product.values() for index in indexes)
    names = await by_names(sitting, (text for text in called if text and not is_reference(text)))
    groups = (
        indexes[at : at + AT_ONCE]
        for indexes in by_product.values()
        for at in range(0, len(indexes), AT_ONCE)
    )
    for some in groups:
        asked = [names.get(rows[index].called, rows[index].called) for index in some]
        product = rows[some[0]].product
        answers = await _asked(sitting, buyer, product, asked, sentences=sentences)
        for index, each in zip(some, answers, strict=True):
            found[index] = each
        if done:
            done(len(some))
    return found


async def _products(
    sitting: Sitting, texts: AbstractSet[str]
) -> Mapping[str, int | InvalidInputError]:
    """Return the number of each product, however it is spelled, or why it is none."""
    found: dict[str, int | InvalidInputError] = {}
    for text in texts:
        try:
            found[text] = sitting.product(text).number
        except InvalidInputError as error:
            found[text] = error
            await asyncio.sleep(0)  # it takes long to find what is like it
    return found


async def _asked(
    sitting: Sitting,
    buyer: str,
    product: str,
    suppliers: Sequence[str | HubError],
    *,
    sentences: bool,
) -> Sequence[Checked]:
    """Return the answers for some suppliers; where none goes by a name, why not."""
    references = [each for each in suppliers if isinstance(each, str)]
    answers = await eligibility_list(sitting, buyer, references, product)
    told = iter(await _explained(sitting, answers) if sentences else _short(answers))
    return [next(told) if isinstance(each, str) else Checked(problem=each) for each in suppliers]


def _short(answers: Answers) -> list[Checked]:
    """Return answers without their sentences."""
    columns = zip(answers.verdicts, answers.reasons, answers.problems, strict=True)
    return [Checked(verdict, reason, None, problem) for verdict, reason, problem in columns]


async def _explained(sitting: Sitting, answers: Answers) -> list[Checked]:
    """Return answers with their sentences."""
    found: list[Checked] = []
    for index, each in enumerate(_short(answers)):
        answered = answers.answered(index)
        found.append(replace(each, summary=in_short(sitting, answered)) if answered else each)
        if not index % _SENTENCES:
            await asyncio.sleep(0)
    return found
