"""Where subscriptions come in: who may hold how many, and what each of them is told."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Final

from graphql import GraphQLError
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import PreExecutionError

from hub.answers.desk import Desk
from hub.errors import HubError, InvalidTokenError
from hub.graphql import errors
from hub.graphql.context import Request
from hub.graphql.http import Door, NotAllowedError
from hub.graphql.limits import budgets
from hub.graphql.rates import Account
from hub.graphql.schema import schema
from hub.graphql.tail import Tail
from hub.graphql.updates.held import Held
from hub.graphql.visitor import Known, Visitor
from hub.http.readiness import StoppingError
from hub.http.refused import RateLimitedError
from hub.oauth.ledger import Clock
from hub.oauth.principal import Principal
from hub.settings import Environment, Settings

ENDING: Final = (InvalidTokenError, StoppingError)
"""What ends the connection, and not only the subscription."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a subscription is told.

    Attributes:
        body: An answer as it is written; of one that was refused its errors alone.
        refused: Whether it was refused, so that nothing follows.
    """

    body: Mapping[str, Any]
    refused: bool = False


class UpdatesDoor:
    """Where subscriptions come in, by whatever transport."""

    def __init__(self, settings: Settings, beside: Door, tail: Tail, clock: Clock) -> None:
        """Open a door.

        Args:
            settings: How the hub is served.
            beside: Where queries come in, out of whose rates subscriptions are.
            tail: Where they wait.
            clock: Tells whether tokens have expired.
        """
        self.tail = tail
        self.clock = clock
        self._rates = beside.rates
        self._documents = beside.documents
        self._open = settings.environment is Environment.DEV
        self._budgets = budgets(settings.anonymous_cost, settings.anonymous_rows)
        self.held = Held()

    def account(self, principal: Principal, address: str) -> Account:
        """Return the account of who connects."""
        return self._rates.account(principal, address)

    async def answers(
        self,
        desk: Desk,
        known: Known,
        token: str | None,
        account: Account,
        asked: Mapping[str, Any],
    ) -> AsyncGenerator[Told]:
        """Yield what a subscription is told, as long as it may be and has a budget.

        Raises:
            InvalidTokenError: Its token is not taken any more.
            StoppingError: The hub is about to stop.
        """
        visitor = Visitor(self.tail, known, token, account)
        principal = await visitor.principal()
        request = Request(
            desk, principal=principal, budget=self._budgets.of(principal), request_id=token_hex(8)
        )
        request.tells_schema = self._open or principal.client is not None
        request.visitor = visitor
        query, request.refusal = self._documents.settled(asked, principal)
        try:
            async with account.turn():
                source = await schema.subscribe(
                    query,
                    variable_values=asked.get("variables"),
                    operation_name=asked.get("operationName"),
                    context_value=request,
                )
            async with aclosing(source):
                async for result in source:
                    told = _told(result, request)
                    if told.refused and not visitor.charged:
                        account.charge(request.cost)
                    yield told
                    if told.refused:
                        return
                    account.charge(request.cost_told)
                    account.check()
        except ENDING:
            raise
        except (HubError, GraphQLError) as error:  # of reading it, or of its rate
            if not (visitor.charged or isinstance(error, RateLimitedError)):
                account.charge(request.cost)
            plain = error if isinstance(error, GraphQLError) else _wrapped(error)
            yield Told({"errors": errors.shown([plain], request.id)}, refused=True)


def _told(result: Any, request: Request) -> Told:  # noqa: ANN401 - strawberry's own of two kinds
    """Return what is told of a result.

    Raises:
        InvalidTokenError: It is none to be told, but the end.
        StoppingError: Likewise.
    """
    failed = [_error(each) for each in result.errors or ()]
    told = errors.shown(failed, request.id) if failed else None
    if isinstance(result, PreExecutionError) or any(not each.path for each in failed):
        return Told({"errors": told}, refused=True)
    body = {"data": result.data, "extensions": {"cost": request.cost_told}}
    return Told({"errors": told, **body} if told else body)


def _error(error: GraphQLError) -> GraphQLError:
    """Return an error as it is to be told.

    Raises:
        InvalidTokenError: It is none to be told, but the end.
        StoppingError: Likewise.
    """
    if isinstance(error.original_error, ENDING):
        raise error.original_error
    if isinstance(error.original_error, InvalidOperationTypeError):
        return _wrapped(
            NotAllowedError("subscriptions alone are taken here; send all else by POST")
        )
    return error


def _wrapped(error: HubError) -> GraphQLError:
    return GraphQLError(error.message, original_error=error)


def ended(error: HubError) -> int:
    """Return the code with which a socket is closed for an error."""
    return _CODES.get(type(error), 1011)


_CODES: Final[Mapping[type[HubError], int]] = {
    InvalidTokenError: 4403,
    StoppingError: 1012,
    RateLimitedError: 4429,
}
