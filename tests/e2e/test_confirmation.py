"""Confirm first: nobody is seen or heard before they have confirmed their address, and then at once."""

from __future__ import annotations

from kit.clock import new_id
from tests.support.network import codes
from tests.support.stack import PASSWORD, Stack

FOUND = "query($t: String!, $h: String!) { peers(filter: {text: $t}, first: 5) { totalCount } professional(by: {handle: $h}) { name } }"
SENTENCE = "Confirm your e-mail address first"


def address() -> str:
    """An address that nobody has."""
    return f"{new_id()}@people.example"


def test_a_person_is_seen_by_others_from_their_confirmation_on(stack: Stack) -> None:
    """They fill in their profile before; the first read after it shows them, and the tokens that are out go on."""
    name, email, maria = f"Xenia Wartet{new_id()[-6:]}", address(), stack.sign_in("maria")
    token = stack.sign_up_only(name, email, ["DE"])
    shape = "professional { id handle headline } userErrors { code field message }"
    done = stack.change("updateProfile", shape, token, headline="Kardiologin", specialties=["cardiology"])
    assert codes(done) == []
    person = done["professional"]
    assert person["headline"] == "Kardiologin"
    assert codes(stack.change("setVisibility", "viewer { email }", token, field="LANGUAGES", audience="NOBODY")) == []

    def seen() -> tuple[int, str | None]:
        found = stack.data(FOUND, maria, t=name, h=person["handle"])
        return found["peers"]["totalCount"], found["professional"] and found["professional"]["name"]

    by_id = "query($id: ID!) { node(id: $id) { id } professional(by: {id: $id}) { name } }"
    assert seen() == (0, None)
    assert stack.data(by_id, maria, id=person["id"]) == {"node": None, "professional": None}
    assert codes(stack.change("requestConnection", "__typename", maria, to=person["id"])) == ["NOT_FOUND"]
    refused = stack.change("joinGroup", "membership { state }", token, group=person["id"])
    assert codes(refused) != []
    jonas = stack.data('{ professional(by: {handle: "jonas-lindner"}) { id } }', maria)["professional"]["id"]
    refused = stack.change("requestConnection", "__typename", token, to=jonas)
    assert codes(refused) == ["FORBIDDEN"]
    assert refused["userErrors"][0]["message"].startswith(SENTENCE)

    mailed = stack.mailed(email, "confirm-address")
    assert codes(stack.change("confirmEmail", "session { accessToken }", None, token=mailed, password=PASSWORD)) == []
    assert seen() == (1, name)
    assert codes(stack.change("requestConnection", "__typename", token, to=jonas)) == []  # the token from before
    assert stack.data("{ viewer { emailConfirmed connections { totalCount } } }", token)["viewer"] == {
        "emailConfirmed": True, "connections": {"totalCount": 0},
    }  # fmt: skip


def test_an_unconfirmed_profile_adds_no_institution_to_the_catalogue(stack: Stack) -> None:
    """Everybody reads the catalogue, so its new names come from people who have confirmed their address."""
    name = f"Klinik {new_id()[-8:]}"
    token = stack.sign_up_only("Ohne Klinik", address(), ["DE"])
    found = "query($t: String!) { institutions(text: $t, first: 5) { id name } }"
    shape = "professional { institutions { institution { name } } }"
    refused = stack.change("updateProfile", shape, token, institutions=[{"name": name}])
    (error,) = refused["userErrors"]
    assert (error["code"], error["field"]) == ("FORBIDDEN", ["institutions", "0", "name"])
    assert error["message"].startswith(SENTENCE)
    assert stack.data(found, None, t=name)["institutions"] == []
    confirmed = stack.sign_up("Mit Klinik", address(), ["DE"])
    assert codes(stack.change("updateProfile", shape, confirmed, institutions=[{"name": name}])) == []
    known = stack.change("updateProfile", shape, token, institutions=[{"name": name}])
    assert codes(known) == []
    assert known["professional"]["institutions"] == [{"institution": {"name": name}}]


def test_an_unconfirmed_account_uses_its_rights(stack: Stack) -> None:
    """It changes its password, takes its data with it, and goes."""
    email = address()
    token = stack.sign_up_only("Geht Wieder", email, ["DE"])
    changed = stack.change(
        "changePassword", "viewer { email }", token, current="a long pass phrase", password="another long phrase"
    )
    assert codes(changed) == []
    assert codes(stack.change("exportMyData", "__typename", token)) == []
    assert codes(stack.change("eraseMe", "__typename", token, confirm=email)) == []
