"""Tests of the audit log: what it tells, who may read it, and that no tampering goes unseen."""
