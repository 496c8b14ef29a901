"""Updates: what changes is told to who subscribed, as it happens."""
