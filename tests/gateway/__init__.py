"""Gateways of others before the hub, started from npm."""
