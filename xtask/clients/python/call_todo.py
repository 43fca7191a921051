"""The todo example, with the errors of Flask-Rebar."""

from typing import assert_type

from todo.api.todo import create_todo, get_todos, get_todos_by_type, update_todo
from todo.client import AuthenticatedClient
from todo.models import (
    CreateTodo,
    Error,
    GetTodosByTypeTodo,
    TodoList,
    TodoResource,
    TodoType,
    UpdateTodo,
)


def call(url: str, key: str) -> None:
    client = AuthenticatedClient(
        base_url=url, token=key, prefix="", auth_header_name="X-MyApp-Key"
    )
    # What has a default may be left out of a request.
    new = CreateTodo(complete=False, description="Find product market fit")
    made = create_todo.sync_detailed(client=client, body=new)
    assert_type(made.parsed, Error | TodoResource | None)
    assert made.status_code == 201 and isinstance(made.parsed, TodoResource), made
    todo = made.parsed.data
    assert_type(todo.id, int)
    assert_type(todo.type_, TodoType)
    assert todo.type_ is TodoType.USER and not todo.complete, todo

    change = UpdateTodo(complete=True, type_=TodoType.GROUP)
    changed = update_todo.sync(client=client, todo=todo.id, body=change)
    assert isinstance(changed, TodoResource), changed
    assert changed.data.complete and changed.data.type_ is TodoType.GROUP, changed

    done = get_todos.sync(client=client, complete=True)
    assert_type(done, Error | TodoList | None)
    assert isinstance(done, TodoList), done
    assert todo.id in [it.id for it in done.data], done
    still_open = get_todos.sync(client=client, complete=False)
    assert isinstance(still_open, TodoList), still_open
    assert todo.id not in [it.id for it in still_open.data], still_open

    of_groups = get_todos_by_type.sync(GetTodosByTypeTodo.GROUP, client=client)
    assert isinstance(of_groups, TodoList), of_groups
    assert {it.type_ for it in of_groups.data} == {TodoType.GROUP}, of_groups

    rejections(url, client)


def rejections(url: str, client: AuthenticatedClient) -> None:
    stranger = AuthenticatedClient(
        base_url=url, token="wrong", prefix="", auth_header_name="X-MyApp-Key"
    )
    unknown = get_todos.sync_detailed(client=stranger)
    assert unknown.status_code == 401 and isinstance(unknown.parsed, Error), unknown

    missing = update_todo.sync_detailed(client=client, todo=1_000_000, body=UpdateTodo())
    assert missing.status_code == 404 and isinstance(missing.parsed, Error), missing
    assert_type(missing.parsed.message, str)


def type_errors(client: AuthenticatedClient) -> None:
    """Never called: mypy has to refuse each line."""
    get_todos_by_type.sync("nothing", client=client)  # type: ignore[arg-type]
    update_todo.sync(client=client, todo="group", body=UpdateTodo())  # type: ignore[arg-type]
    CreateTodo(id=1, complete=False, description="Win")  # type: ignore[call-arg]
    UpdateTodo(complete=None)  # type: ignore[arg-type]
