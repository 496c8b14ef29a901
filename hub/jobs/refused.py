"""Why a job is not taken, or its answers are not given."""

from http import HTTPStatus

from hub.errors import ConflictError, HubError, InvalidInputError


class NotDoneError(ConflictError):
    """Answers that are not there, or not in that format, yet."""

    code = "NOT_DONE"


class TooManyJobsError(HubError):
    """A client has as many jobs as it may."""

    code = "TOO_MANY_JOBS"
    status = HTTPStatus.TOO_MANY_REQUESTS


class NotAcceptableError(InvalidInputError):
    """A format in which answers are not written."""

    code = "NOT_ACCEPTABLE"
    status = HTTPStatus.NOT_ACCEPTABLE


class FolderUnavailableError(HubError):
    """The folder of jobs cannot be written."""

    code = "JOBS_UNAVAILABLE"
    status = HTTPStatus.SERVICE_UNAVAILABLE
