"""gateway: the public GraphQL API. It has no database; it checks, executes and asks the two services."""
