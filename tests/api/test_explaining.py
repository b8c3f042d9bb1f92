"""The API explains a field to whoever may read it, and its statement to who designs."""

from tests.api.calling import Caller

SIZE = "/explain/field?entity=zebra&field=size"


def test_a_field_is_explained(ada: Caller) -> None:
    found = ada.get(SIZE)

    assert found.status == 200
    assert (found.body["name"], found.body["mode"], found.body["inputs"]) == ("zebra.size", "given", [])


def test_what_is_no_field_is_not_found(ada: Caller) -> None:
    found = ada.get("/explain/field?entity=zebra&field=siez")

    assert (found.status, found.body["code"]) == (404, "field.unknown")
    assert 'Did you mean "zebra.size"?' in found.body["detail"]


def test_both_names_are_asked_for(ada: Caller) -> None:
    assert ada.get("/explain/field?entity=zebra").status == 400
    assert ada.get(f"{SIZE}&more=1").status == 400
