"""What services say to each other: a typed message for each answer, used by the service that writes it and the one that reads it.

A message is an allow-list: what it does not declare is not sent. JSON between two releases differs by fields alone; a new field
has a default, so that a service of the release before can leave it out, and nobody reads a field that is not declared.
"""
