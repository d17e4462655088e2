"""The operator's command line. Each module here adds its commands to `main` when it is imported."""

from consilium.cli import accounts, audit, authorities, databases, imports, keys, system, texts
from consilium.cli.root import main

__all__ = ["accounts", "audit", "authorities", "databases", "imports", "keys", "main", "system", "texts"]
