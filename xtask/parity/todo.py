"""Flask-Rebar's own todo example in one file: what `crates/router/examples/todo.rs` stands in for.

Routes, schemas, key and store behave as in `examples/todo` of Flask-Rebar. One of its errors is fixed here: its
`update_todo` never imports `errors`, so that a todo that does not exist is a 500 there and not the 404 it means.
"""

import enum

from flask import Flask
from flask_rebar import (
    HeaderApiKeyAuthenticator,
    Rebar,
    RequestSchema,
    ResponseSchema,
    SwaggerV2Generator,
    Tag,
    errors,
)
from marshmallow import fields, pre_dump, pre_load
from werkzeug.routing import BaseConverter, ValidationError

from serving import serve


class TodoType(str, enum.Enum):
    user = "user"
    group = "group"


class TodoTypeConverter(BaseConverter):
    def to_python(self, value):
        try:
            return TodoType(value)
        except ValueError:
            raise ValidationError()

    def to_url(self, value):
        return value.value

    @staticmethod
    def to_swagger():
        return {"type": "string", "enum": [kind.value for kind in TodoType]}


class CreateTodoSchema(RequestSchema):
    complete = fields.Boolean(required=True)
    description = fields.String(required=True)
    type = fields.Enum(TodoType, load_default=TodoType.user)


class UpdateTodoSchema(CreateTodoSchema):
    def __init__(self, **kwargs):
        kwargs.setdefault("partial", True)
        super().__init__(**kwargs)


class GetTodoListSchema(RequestSchema):
    complete = fields.Boolean()


class TodoSchema(ResponseSchema):
    id = fields.Integer(required=True)
    complete = fields.Boolean(required=True)
    description = fields.String(required=True)
    type = fields.Enum(TodoType, required=True)


class Enveloped(ResponseSchema):
    @pre_dump
    @pre_load
    def in_data(self, data, **kwargs):
        return data if type(data) is dict and "data" in data else {"data": data}


class TodoResourceSchema(Enveloped):
    data = fields.Nested(TodoSchema)


class TodoListSchema(Enveloped):
    data = fields.Nested(TodoSchema, many=True)


rebar = Rebar()
generator = SwaggerV2Generator(
    tags=[Tag(name="todo", description="Operations for managing TODO items.")]
)
registry = rebar.create_handler_registry(swagger_generator=generator)

todos = {}


def matching(args):
    return [todo for todo in todos.values() if args.get("complete", todo["complete"]) == todo["complete"]]


@registry.handles(
    rule="/todos",
    method="POST",
    request_body_schema=CreateTodoSchema(),
    response_body_schema={201: TodoResourceSchema()},
    tags=["todo"],
)
def create_todo():
    todo = rebar.validated_body
    todo["id"] = len(todos) + 1
    todos[todo["id"]] = todo
    return todo, 201


@registry.handles(
    rule="/todos",
    method="GET",
    query_string_schema=GetTodoListSchema(),
    response_body_schema=TodoListSchema(),
    tags=["todo"],
)
def get_todos():
    return matching(rebar.validated_args)


@registry.handles(
    rule="/todos/<todo_types:todo_type>",
    method="GET",
    query_string_schema=GetTodoListSchema(),
    response_body_schema=TodoListSchema(),
    tags=["todo"],
)
def get_todos_by_type(todo_type):
    return [todo for todo in matching(rebar.validated_args) if todo["type"] is todo_type]


@registry.handles(
    rule="/todos/<int:todo_id>",
    method="PATCH",
    request_body_schema=UpdateTodoSchema(),
    response_body_schema=TodoResourceSchema(),
    tags=["todo"],
)
def update_todo(todo_id):
    if todo_id not in todos:
        raise errors.NotFound()
    todos[todo_id].update(rebar.validated_body)
    return todos[todo_id]


def create_app():
    app = Flask(__name__)
    app.url_map.converters["todo_types"] = TodoTypeConverter
    generator.register_flask_converter_to_swagger_type("todo_types", TodoTypeConverter)
    authenticator = HeaderApiKeyAuthenticator(header="X-MyApp-Key")
    authenticator.register_key(key="my-api-key")
    registry.set_default_authenticator(authenticator)
    rebar.init_app(app)
    return app


if __name__ == "__main__":
    serve(create_app(), "Todos")
