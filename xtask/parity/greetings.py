"""The greetings as a Flask-Rebar service: what `crates/greetings` stands in for."""

from flask import Flask
from flask_rebar import HeaderApiKeyAuthenticator, Rebar, RequestSchema, ResponseSchema
from marshmallow import fields

from serving import serve

rebar = Rebar()
registry = rebar.create_handler_registry()
authenticator = HeaderApiKeyAuthenticator(header="X-MyApp-ApiKey")


class MessageSchema(ResponseSchema):
    message = fields.String(required=True)


class AddresseeSchema(RequestSchema):
    name = fields.String(required=True)


class GuestSchema(RequestSchema):
    name = fields.String(required=True)
    age = fields.Integer(required=True)
    height = fields.Integer()


@registry.handles(rule="/", response_body_schema=MessageSchema())
def get_index():
    return {"message": "Hello, Being!"}


@registry.handles(
    rule="/generic_greeting",
    response_body_schema=MessageSchema(),
    authenticators=authenticator,
)
def get_generic_greeting():
    return {"message": "Hello, Generic Person!"}


@registry.handles(
    rule="/personalised_greeting",
    query_string_schema=AddresseeSchema(),
    response_body_schema=MessageSchema(),
    authenticators=authenticator,
)
def get_personalised_greeting():
    return {"message": "Hello, " + rebar.validated_args["name"]}


@registry.handles(
    rule="/send_greeting",
    method="POST",
    request_body_schema=GuestSchema(),
    response_body_schema={201: GuestSchema()},
    authenticators=authenticator,
)
def send_greeting():
    return rebar.validated_body, 201


def create_app():
    app = Flask(__name__)
    authenticator.register_key(key="parity-key")
    rebar.init_app(app)
    return app


if __name__ == "__main__":
    serve(create_app(), "Greetings")
