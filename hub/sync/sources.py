"""Where lines come from: a program's record, an operator's file, an exchange file."""

from adapters.kit.adapter import RECORD, Adapter
from adapters.kit.tables import UnreadableError
from hub.errors import BadDocumentError
from hub.sync.intake import Intake, Origin


def record(adapter: Adapter) -> Intake:
    """Return the bundled record of a program.

    Raises:
        BadDocumentError: It is broken; the message names the file and the row.
    """
    try:
        parsed = adapter.record()
    except UnreadableError as error:
        raise BadDocumentError(str(error)) from error
    if parsed.problems:
        problem = parsed.problems[0]
        msg = f"the record of {adapter.program}, {problem.place}: {problem.message}"
        raise BadDocumentError(msg)
    return Intake(
        origin=Origin.RECORD,
        lines=parsed.lines,
        program=adapter.program,
        feed=RECORD,
        complete=True,
        kinds=frozenset(parsed.kinds),
    )
