"""The documentation is tested: what it shows is what the hub answers."""
