"""The todo example, with problem details: every violation has its place."""

from typing import assert_type

from todo_problem.api.todo import create_todo, get_todos, update_todo
from todo_problem.client import AuthenticatedClient
from todo_problem.models import CreateTodo, Location, Problem, TodoList, UpdateTodo
from todo_problem.types import UNSET


def call(url: str, key: str) -> None:
    client = AuthenticatedClient(
        base_url=url, token=key, prefix="", auth_header_name="X-MyApp-Key"
    )
    new = CreateTodo(complete="nearly", description=7)  # type: ignore[arg-type]
    wrong = create_todo.sync_detailed(client=client, body=new)
    assert wrong.status_code == 400 and isinstance(wrong.parsed, Problem), wrong
    assert wrong.parsed.violations, wrong
    found = {it.pointer: (it.location, it.code) for it in wrong.parsed.violations}
    assert found == {
        "/complete": (Location.BODY, "type"),
        "/description": (Location.BODY, "type"),
    }, found

    missing = update_todo.sync_detailed(client=client, todo=1_000_000, body=UpdateTodo())
    assert missing.status_code == 404 and isinstance(missing.parsed, Problem), missing
    assert_type(missing.parsed.status, int)
    assert missing.parsed.violations is UNSET, missing

    stranger = AuthenticatedClient(
        base_url=url, token="wrong", prefix="", auth_header_name="X-MyApp-Key"
    )
    unknown = get_todos.sync_detailed(client=stranger)
    assert unknown.status_code == 401 and isinstance(unknown.parsed, Problem), unknown

    todos = get_todos.sync(client=client)
    assert_type(todos, Problem | TodoList | None)
    assert todos == TodoList([]), todos
