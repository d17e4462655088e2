"""What `make up` prints when all is ready."""

from __future__ import annotations

from consilium.home import Home, demo_wanted

DEMO_PASSWORD = "consilium-demo"
DEMO_SIGN_INS = (
    ("maria@demo.example", "cardiologist, verified in Spain and Germany"),
    ("jonas@demo.example", "cardiologist, verified in Germany"),
    ("amina@demo.example", "infectious diseases, verified in Kenya"),
    ("noel@demo.example", "member, unverified"),
    ("vera@demo.example", "verifier"),
    ("vito@demo.example", "a second verifier"),
    ("mod@demo.example", "moderator"),
    ("admin@demo.example", "admin"),
)


def banner(home: Home, seconds: float) -> str:
    """The addresses, the demo sign-ins and a first query to paste."""
    base = f"http://127.0.0.1:{home.gateway_port}"
    lines = [
        "",
        f"Consilium is ready after {seconds:.0f} s.",
        "",
        f"  GraphQL   {base}/graphql",
        f"  profiles  http://127.0.0.1:{home.profiles_port}/openapi.json",
        f"  graph     http://127.0.0.1:{home.graph_port}/openapi.json",
        f"  logs      {home.root / 'log'}",
        "",
    ]
    if demo_wanted():
        lines += [f"Demo sign-ins (password {DEMO_PASSWORD}; this machine only):", ""]
        lines += [f"  {address:<20} {who}" for address, who in DEMO_SIGN_INS]
        lines += ["", "A first query:", ""]
        sign_in = (
            f"  curl -s {base}/graphql -H 'Content-Type: application/json' -d '"
            '{"query":"mutation { signIn(input: {email: \\"maria@demo.example\\", password: \\"consilium-demo\\"}) '
            '{ session { accessToken viewer { professional { name verification } } } } }"}'
            "'"
        )
        lines += [sign_in]
    lines += ["", "Ctrl-C stops everything; the data stays.", ""]
    return "\n".join(lines)
