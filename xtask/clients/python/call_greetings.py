"""The greetings, with the errors of Flask-Rebar."""

from typing import assert_type

from greetings.api.greetings import (
    get_generic_greeting,
    get_index,
    get_personalised_greeting,
    send_greeting,
)
from greetings.client import AuthenticatedClient, Client
from greetings.models import Error, Guest, Message


def call(url: str, key: str) -> None:
    client = AuthenticatedClient(
        base_url=url, token=key, prefix="", auth_header_name="X-MyApp-ApiKey"
    )
    index = get_index.sync(client=client)
    assert_type(index, Error | Message | None)
    assert index == Message("Hello, Being!"), index

    generic = get_generic_greeting.sync(client=client)
    assert generic == Message("Hello, Generic Person!"), generic

    personal = get_personalised_greeting.sync(client=client, name="Ada & Co")
    assert personal == Message("Hello, Ada & Co"), personal

    ada = Guest(name="Ada", age=36)
    sent = send_greeting.sync_detailed(client=client, body=ada)
    assert_type(sent.parsed, Error | Guest | None)
    assert sent.status_code == 201 and sent.parsed == ada, sent

    rejections(url, client)


def rejections(url: str, client: AuthenticatedClient) -> None:
    stranger = AuthenticatedClient(
        base_url=url, token="wrong", prefix="", auth_header_name="X-MyApp-ApiKey"
    )
    unknown = get_generic_greeting.sync_detailed(client=stranger)
    assert unknown.status_code == 401 and isinstance(unknown.parsed, Error), unknown
    assert_type(unknown.parsed.message, str)

    wrong = send_greeting.sync_detailed(
        client=client,
        body=Guest(name="Ada", age="36"),  # type: ignore[arg-type]
    )
    assert wrong.status_code == 400 and isinstance(wrong.parsed, Error), wrong
    assert wrong.parsed.errors, wrong
    assert wrong.parsed.errors.additional_keys == ["age"], wrong


def type_errors(client: Client) -> None:
    """Never called: mypy has to refuse each line."""
    get_generic_greeting.sync(client=client)  # type: ignore[arg-type]
    Guest(name="Ada")  # type: ignore[call-arg]
    Guest(name="Ada", age=36, shoe_size=38)  # type: ignore[call-arg]
