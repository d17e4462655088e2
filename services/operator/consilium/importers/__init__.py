"""Bringing in real data: streamed, resumable, repeatable, with what was refused written to a file."""
