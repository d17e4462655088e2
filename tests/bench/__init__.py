"""`make bench`: figures of time, on a network of a given size, beside their floor."""
