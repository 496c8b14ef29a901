"""Texts of SQL for the records beside the graph."""

from typing import Final

PUT_ONCE: Final = (
    "INSERT INTO kept (kind, key, value, expires_at) VALUES (:kind, :key, :value, :expires_at) "
    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, "
    "expires_at = excluded.expires_at WHERE expires_at <= :now"
)
PUT: Final = (
    "INSERT INTO kept (kind, key, value, expires_at) VALUES (:kind, :key, :value, :expires_at) "
    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"
)
GET: Final = "SELECT value FROM kept WHERE kind = :kind AND key = :key AND expires_at > :now"
SOME: Final = (
    "SELECT kept.kind, kept.key, kept.value FROM json_each(:named) j CROSS JOIN kept "
    "ON kept.kind = json_extract(j.value, '$[0]') "
    "AND kept.key = json_extract(j.value, '$[1]') WHERE kept.expires_at > :now"
)
ALL: Final = (
    "SELECT kept.kind, kept.key, kept.value FROM json_each(:kinds) j "
    "CROSS JOIN kept ON kept.kind = j.value WHERE kept.expires_at > :now ORDER BY kept.key"
)
DROP: Final = "DELETE FROM kept WHERE kind = :kind AND key = :key RETURNING expires_at > :now"
SWEEP: Final = (
    "DELETE FROM kept WHERE (kind, key) IN "
    "(SELECT kind, key FROM kept WHERE expires_at <= :now LIMIT 100)"
)
