"""Tests: they mirror the tree, and show behaviour through public doors."""
