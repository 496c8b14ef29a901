"""Trusted issuers of tokens, as a setting names them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Algorithm = Literal["ES256", "PS256", "EdDSA", "Ed25519", "RS256"]
STRONG: Final[Sequence[Algorithm]] = ("ES256", "PS256", "EdDSA", "Ed25519")
"""Algorithms that need no opting in."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def _address(url: str) -> str:
    """Return an address of https, or of this machine.

    Raises:
        ValueError: It is neither.
    """
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.username:
        msg = f"{url!r} is no address that begins with https://"
        raise ValueError(msg)
    return url


Address = Annotated[str, AfterValidator(_address)]


class Issuer(BaseModel):
    """Who may give tokens, where its keys are, and what its tokens look like."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    issuer: Address
    """The `iss` of its tokens, to the letter."""
    jwks_uri: Address | None = None
    """Where its keys are fetched from: there alone, without redirects."""
    jwks: Mapping[str, Any] | None = None
    """Its keys themselves, instead."""
    audience: str | None = None
    """The `aud` of its tokens; default: HUB_PUBLIC_URL."""
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = tuple(STRONG)
    """What its tokens may be signed with; RS256 must be named."""
    typ: Literal["at+jwt", "any"] = "at+jwt"
    """The `typ` of its tokens (RFC 9068); `any` for providers that do not say it."""
    client_claim: str = "client_id"
    """The claim that names the client: `azp` or `appid` with some providers."""
    scope_claim: str = "scope"
    """The claim that lists scopes: `scp` with some providers."""
    jti_claim: str = "jti"
    """The claim that names the token: `uti` with some providers."""

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> Self:
        if (self.jwks_uri is None) == (self.jwks is None):
            msg = "an issuer has either jwks_uri or jwks"
            raise ValueError(msg)
        return self

    @property
    def encrypted(self) -> bool:
        """Whether all its addresses begin with https."""
        return all(url.startswith("https://") for url in (self.issuer, self.jwks_uri) if url)
