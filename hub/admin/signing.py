"""New keys for what the hub signs: its tokens, where it gives any, and heads of the audit log."""

import time
from dataclasses import dataclass

from joserfc.jwk import ECKey

from hub.audit import heads
from hub.oauth import keys
from hub.oauth.keys import Seal, SigningKey
from hub.settings import Settings
from hub.store.deeds import By
from hub.store.port import Store


@dataclass(frozen=True, slots=True)
class Rotated:
    """New keys.

    Attributes:
        tokens: That for tokens, and when the one before it is gone, in seconds since 1970; none
            where the hub gives no tokens.
        audit: That for the heads of the audit log.
    """

    tokens: tuple[SigningKey, int] | None
    audit: ECKey


async def rotate(store: Store, settings: Settings, by: By) -> Rotated:
    """Make new keys for somebody.

    Raises:
        InvalidInputError: The last rotation is not over yet.
    """
    seal = Seal(settings, await store.key())
    tokens = None
    if settings.gives_tokens:
        tokens = await keys.rotate(store.kept, seal, time.time(), by)
    return Rotated(tokens, await heads.rotate(store.kept, seal, by))
