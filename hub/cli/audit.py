"""`hub audit`: is the log of who changed what as it was written?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from hub.audit import heads
from hub.audit.chain import Chain
from hub.audit.verify import Kept
from hub.audit.verify import verify as check
from hub.cli.clients import registered
from hub.cli.console import DECIDE, ERR, OUT, StoreOption, fail, plain, run, settings
from hub.errors import InvalidInputError
from hub.oauth.keys import Seal
from hub.store.audit import Head
from hub.written import whole

app = typer.Typer(no_args_is_help=True, help="The log of who changed what: verify, head.")

_MOST_BYTES: Final = 65_536
_MOST_SHOWN: Final = 20


@app.command("verify")
def verify(
    head: Annotated[
        list[Path] | None,
        typer.Option(
            "--head",
            help="A head kept elsewhere; may be repeated.",
            metavar="FILE",
            show_default="",
        ),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Read the whole log and name every row that was changed, removed or put there.

    Example: `hub audit verify --head head-2026-11-22.json`

    Exit codes: 0 all of it holds, 2 bad input or no store, 3 something does not hold.
    """
    elsewhere = [_kept(path) for path in head or ()]
    chosen = settings(store)
    chain = Chain()

    async def checked() -> int:
        count = 0
        async with registered(store) as found:
            seal = Seal(chosen, await found.key())
            async for told in check(found, seal, elsewhere, chain):
                count += 1
                if count <= _MOST_SHOWN:
                    plain(f"✗ {told}")
        return count

    if count := run(checked):
        if count > _MOST_SHOWN:
            plain(f"… and {count - _MOST_SHOWN} more")
        ERR.print(
            "the log is not as it was written: let nobody write, keep the store as it is, and "
            "compare it with a backup; docs/running.md tells how"
        )
        raise typer.Exit(DECIDE)
    rows = "1 row" if chain.rows == 1 else f"{chain.rows} rows"
    since = f", head {chain.hash}, since {chain.first_day}" if chain.rows else ""
    plain(f"✓ {rows}{since}")


@app.command("head")
def head_(
    file: Annotated[Path, typer.Argument(help="Where to; - for stdout.", metavar="FILE")] = Path(
        "-"
    ),
    store: StoreOption = None,
) -> None:
    """Write the signed head of the log, to be kept where who can write the store cannot.

    Example: `hub audit head head-2026-11-22.json`

    Exit codes: 0 written, 2 no store, nothing was ever written, or the file cannot be written.
    """
    chosen = settings(store)

    async def exported() -> tuple[Head, bytes]:
        async with registered(store) as found:
            at, told = await heads.export(found, chosen, datetime.now(UTC))
            return at, orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)

    async def written() -> Head:
        at, text = await exported()
        if str(file) == "-":
            OUT.file.write(text.decode())
        else:
            with whole(file) as partial:
                partial.write_bytes(text)
        return at

    at = run(written)
    ERR.print(f"row {at.seq} of {at.day}, hash {at.hash}")


def _kept(path: Path) -> Kept:
    """Return the head of a file."""
    try:
        with path.open("rb") as file:
            return Kept(str(path), *heads.read_exported(file.read(_MOST_BYTES)))
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}")
    except InvalidInputError as error:
        fail(f"{path}: {error.message}")
