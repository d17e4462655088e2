"""Loading the demo network through the services' own interfaces."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from consilium.client import OperatorClient
from consilium.seed.connections import connections
from consilium.seed.credentials import credentials
from consilium.seed.discussions import TALKS, discussions
from consilium.seed.groups import groups, own_id
from consilium.seed.people import SOURCE, people
from consilium.seed.scenes import scenes
from kit.errors import Invalid

BATCH = 200
STEPS = 14


def seed_if_empty(environment: Mapping[str, str], console: Console) -> bool:
    """Load the demo network when nobody is there yet, or when an earlier load was cut off.

    Returns:
        whether it was loaded.
    """
    client = OperatorClient(environment)
    present, demo = client.people_count(SOURCE)
    # A store with other people in it is somebody's own; one with part of the demo was cut off, and repeating is harmless.
    if (present and not demo) or (demo == len(people()) and not _cut_off(client)):
        return False
    seed(client, console)
    return True


def _cut_off(client: OperatorClient) -> bool:
    """Whether the last discussion is missing: asked with a post that is refused for its author if it is there."""
    last = own_id("discussion", f"{TALKS[-1][0]}/{len(TALKS) - 1}")
    probe = {"ref": "probe", "id": last, "discussion": last, "author": last, "body": "-", "language": "en"}
    return "discussion" in str(client.import_rows("posts", [probe])["rejected"][0]["reason"])


def seed(client: OperatorClient, console: Console) -> None:
    """Load the demo network; what is there already stays.

    Raises:
        Invalid: a row was refused, which is a mistake in the seed.
    """
    everybody = people()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        if not console.is_terminal:
            console.print("Loading the demo network ...")
        task = progress.add_task("The demo network", total=STEPS)
        ids: dict[str, str] = {}
        for start in range(0, len(everybody), BATCH):
            answer = client.import_people(SOURCE, [person.row for person in everybody[start : start + BATCH]])
            _refuse(answer)
            ids |= answer["ids"]
        progress.advance(task)
        rows = credentials(everybody, ids)
        for start in range(0, len(rows), BATCH):
            client.add_demo_credentials(
                {"credentials": rows[start : start + BATCH], "verifier": ids["vera"], "second_verifier": ids["vito"]}
            )
        progress.advance(task)
        client.wait_for_graph()
        progress.advance(task)
        made, memberships = groups(everybody, ids)
        members: dict[str, list[str]] = {group["ref"]: [group["owner"]] for group in made}
        for row in memberships:
            members[row["ref"].split("/")[0]].append(row["person"])
        opened, posts = discussions(members)
        more = scenes(ids, members)
        for kind, found in (
            ("connections", connections(everybody, ids)),
            ("groups", made),
            ("memberships", memberships),
            ("discussions", opened),
            ("posts", posts),
            *more.items(),
        ):
            for start in range(0, len(found), 1000):
                _refuse(client.import_rows(kind, found[start : start + 1000]))
            progress.advance(task)


def _refuse(answer: dict[str, object]) -> None:
    if answer["rejected"]:
        raise Invalid(f"The demo network has rows that the services refuse: {str(answer['rejected'])[:500]}")
