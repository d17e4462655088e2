"""Compares names of people, whatever their script, order, titles and spelling."""

from kit.names.compare import Likeness, compare
from kit.names.search_keys import search_keys

__all__ = ["Likeness", "compare", "search_keys"]
