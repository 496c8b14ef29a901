"""The executor: graphql-core's, which fetches below root fields, and renders columns at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from hub.graphql.columns import Columns
from hub.graphql.fetched import Fetches
from hub.graphql.prefetch import prefetch
from hub.graphql.rendered import Render, UnusualError, render

Completes: TypeAlias = Callable[..., Any]


class _Roots:
    """The fields of a query, answered beside each other.

    Where one that is never null fails, all of them are waited for: what is told of the others must
    not depend on which was quicker.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._running = 0
        self._failed: dict[int, Exception] = {}
        self._all_done = asyncio.Event()

    def beside(self, found: Awaitable[object]) -> Awaitable[object]:
        """Return a field's value as one of all."""
        self._begun += 1
        self._running += 1
        self._all_done.clear()
        return self._waited(self._begun, found)

    async def _waited(self, place: int, found: Awaitable[object]) -> object:
        try:
            return await found
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised below
            self._failed[place] = error
        finally:
            self._running -= 1
            if self._running == 0:
                self._all_done.set()
        await self._all_done.wait()
        raise self._failed[min(self._failed)]


class HubExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes operations of the hub's schema."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - graphql-core's own
        super().__init__(*args, **kwargs)
        self._roots = _Roots()
        self._writers: dict[tuple[Any, int], tuple[list[FieldDetails], Render | None]] = {}

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,  # noqa: ANN401
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Execute a field; the value of one that was fetched is there, whatever its arguments.

        They are read once, for all parents: to read them again for each would take as long as all
        else that is done with a row. Nothing below what was fetched is awaited.
        """
        if not isinstance(source, Fetches) or path.key not in source.found:
            executes = cast("Completes", super().execute_field)
            found = executes(parent_type, source, field_details_list, path, position_context)
            if path.prev is None and isinstance(found, Awaitable):
                return self._roots.beside(cast("Awaitable[object]", found))
            return found
        nodes = [each.node for each in field_details_list]
        field = parent_type.fields[nodes[0].name.value]
        info = cast("Any", self.build_resolve_info(field, nodes, parent_type, path))
        value = source.found[str(path.key)]
        try:
            return self.complete_value(
                field.type, field_details_list, info, path, value, position_context
            )
        except Exception as error:  # noqa: BLE001 - whatever is wrong is this field's error
            self.handle_field_error(error, field.type, field_details_list, path)
            return None

    def complete_value(
        self,
        return_type: Any,  # noqa: ANN401
        field_details_list: list[FieldDetails],
        info: Any,  # noqa: ANN401
        path: Path,
        result: Any,  # noqa: ANN401
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Complete a value; below a root field, everything selected is fetched first.

        What is never null is completed as what may be, to which it comes here a second time.
        """
        completes = cast("Completes", super().complete_value)
        below = path.prev is not None or isinstance(return_type, GraphQLNonNull)
        if below or result is None or isinstance(result, Exception):
            return completes(return_type, field_details_list, info, path, result, position_context)

        async def fetched() -> object:
            await prefetch(self, return_type, field_details_list, [result])
            done = completes(return_type, field_details_list, info, path, result, position_context)
            return await cast("Awaitable[object]", done) if isinstance(done, Awaitable) else done

        return fetched()

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: list[FieldDetails],
        info: Any,  # noqa: ANN401
        path: Path,
        result: Any,  # noqa: ANN401
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Complete a list; one kept as columns is rendered without an object for each row."""
        if isinstance(result, Columns):
            columns = cast("Columns[Any]", result)
            rendered = self._rendered(return_type, field_details_list, columns)
            if rendered is not None:
                return rendered
            result = columns.rows()
        completes = cast("Completes", super().complete_list_value)
        return completes(return_type, field_details_list, info, path, result, position_context)

    def complete_list_item_value(
        self,
        item: Any,  # noqa: ANN401
        complete_results: list[Any],
        item_type: Any,  # noqa: ANN401
        field_details_list: list[FieldDetails],
        info: Any,  # noqa: ANN401
        item_path: Path,
        position_context: Any,  # noqa: ANN401
    ) -> bool:
        """Complete an item of a list: it is rendered at once, unless something in it is unusual.

        Then this item alone is completed step by step, and what is wrong is told at its place.
        """
        write = self._writer(item_type, field_details_list)
        if write is not None:
            try:
                complete_results.append(write(item))
            except UnusualError:
                pass
            else:
                return False
        completes = cast("Completes", super().complete_list_item_value)
        return completes(
            item, complete_results, item_type, field_details_list, info, item_path, position_context
        )

    def _writer(self, of: Any, details: list[FieldDetails]) -> Render | None:  # noqa: ANN401
        """Return what renders values of a type, made once an operation; none if nothing does."""
        key = (of, id(details))
        if key not in self._writers:
            try:
                write = render(self, of, details)
            except UnusualError:
                write = None
            # With the list itself, so that its id is no other's while the operation runs.
            self._writers[key] = (details, write)
        return self._writers[key][1]

    def _rendered(
        self,
        return_type: GraphQLList[Any],
        details: list[FieldDetails],
        result: Columns[Any],
    ) -> list[dict[str, object]] | None:
        """Return the rows as they are written; none where columns do not hold what is selected."""
        named = get_named_type(return_type)
        if not isinstance(named, GraphQLObjectType):
            return None
        selected = self.collect_subfields(named, details).grouped_field_set
        fields = {key: below[0].node.name.value for key, below in selected.items()}
        if not result.suffice(set(fields.values())):
            return None
        keys = tuple(fields)
        columns = [result.columns[name] for name in fields.values()]
        return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]
