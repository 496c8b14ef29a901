"""One program is one folder. A folder with a `program.toml` is an adapter; nothing lists it."""
