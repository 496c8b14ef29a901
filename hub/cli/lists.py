"""A buyer's list out of a file."""

from pathlib import Path

from adapters.kit import gate
from adapters.kit.tables import UnreadableError, tables
from hub.answers.lists import BuyerList, MissingColumnError, listed
from hub.errors import BadDocumentError


def read(path: Path, supplier: str | None, product: str | None) -> BuyerList:
    """Return the list of a CSV or XLSX file; of a workbook the one sheet that names suppliers.

    Args:
        path: The file.
        supplier: The column of the supplier; guessed where not given.
        product: The column of the product; guessed where not given.

    Raises:
        BadDocumentError: It cannot be read, no column says who supplies, or several sheets do.
    """
    try:
        document = gate.read(path)
        found = tables(document, aside=True)
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
        raise BadDocumentError(msg) from error
    except UnreadableError as error:
        msg = f"{path.name}: {error}"
        raise BadDocumentError(msg) from error
    try:
        return listed(found, supplier, product)
    except MissingColumnError as error:
        if error.of == "supplier" and path.suffix.lower() == ".xlsx":
            _check_workbook(path, document)
        msg = f"{path.name}: {error.message}; name one with --{error.of}-column"
        raise BadDocumentError(msg) from error
    except BadDocumentError as error:
        msg = f"{path.name}: {error.message}"
        raise BadDocumentError(msg) from error


def _check_workbook(path: Path, document: bytes) -> None:
    """Refuse a file that is a workbook by its name alone.

    Raises:
        BadDocumentError: It is.
    """
    if not gate.is_workbook(document):
        msg = f"{path.name} is no XLSX workbook; save it as one, or as “CSV UTF-8”"
        raise BadDocumentError(msg)
