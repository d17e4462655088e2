"""What the graph decides about discussions and posts; one module for each part."""
