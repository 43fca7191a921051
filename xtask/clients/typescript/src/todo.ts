/** The todo example, with the errors of Flask-Rebar. */

import assert from "node:assert/strict";
import createClient from "openapi-fetch";

import type { components, paths } from "../generated/todo.js";
import { holds, type Same } from "./types.js";

type Schemas = components["schemas"];

export async function todo(baseUrl: string, key: string): Promise<void> {
  const client = createClient<paths>({ baseUrl, headers: { "X-MyApp-Key": key } });

  // What has a default may be left out of a request.
  const made = await client.POST("/todos", { body: { complete: false, description: "Find product market fit" } });
  holds<Same<typeof made.data, Schemas["TodoResource"] | undefined>>();
  assert.equal(made.response.status, 201);
  assert.ok(made.data);
  const { id, ...rest } = made.data.data;
  holds<Same<typeof id, number>>();
  holds<Same<(typeof rest)["type"], "user" | "group">>();
  assert.deepEqual(rest, { complete: false, description: "Find product market fit", type: "user" });

  const changed = await client.PATCH("/todos/{todo}", {
    params: { path: { todo: id } },
    body: { complete: true, type: "group" },
  });
  assert.deepEqual(changed.data?.data, { ...rest, id, complete: true, type: "group" });

  const done = await client.GET("/todos", { params: { query: { complete: true } } });
  holds<Same<typeof done.data, Schemas["TodoList"] | undefined>>();
  assert.ok(done.data?.data.some((todo) => todo.id === id));
  const open = await client.GET("/todos", { params: { query: { complete: false } } });
  assert.ok(open.data?.data.every((todo) => todo.id !== id));

  const ofGroups = await client.GET("/todos/{todo}", { params: { path: { todo: "group" } } });
  assert.ok(ofGroups.data?.data.every((todo) => todo.type === "group"));

  await rejections(client, createClient<paths>({ baseUrl }));
}

type Client = ReturnType<typeof createClient<paths>>;

async function rejections(client: Client, stranger: Client): Promise<void> {
  const unknown = await stranger.GET("/todos");
  holds<Same<typeof unknown.error, Schemas["Error"] | undefined>>();
  assert.equal(unknown.response.status, 401);
  assert.equal(typeof unknown.error?.message, "string");

  const missing = await client.PATCH("/todos/{todo}", { params: { path: { todo: 1_000_000 } }, body: {} });
  holds<Same<typeof missing.error, Schemas["Error"] | undefined>>();
  assert.equal(missing.response.status, 404);
  assert.equal(typeof missing.error?.message, "string");

  // @ts-expect-error: it is complete or it is not
  const wrong = await client.POST("/todos", { body: { complete: "nearly", description: "Win" } });
  assert.equal(wrong.response.status, 400);
  const errors: Schemas["Error"]["errors"] = wrong.error?.errors ?? {};
  assert.deepEqual(Object.keys(errors), ["complete"]);
}

/** Never called: each line has to be refused by the compiler. */
export async function typeErrors(client: Client): Promise<void> {
  // @ts-expect-error: todos are a user's or a group's
  await client.GET("/todos/{todo}", { params: { path: { todo: "nothing" } } });
  // @ts-expect-error: todos are changed by their number
  await client.PATCH("/todos/{todo}", { params: { path: { todo: "group" } }, body: {} });
  // @ts-expect-error: a new todo has no number
  const numbered: Schemas["CreateTodo"] = { id: 1, complete: false, description: "Win" };
  await client.POST("/todos", { body: numbered });
  // @ts-expect-error: a filter has no such member
  await client.GET("/todos", { params: { query: { done: true } } });
  // @ts-expect-error: an error has no such member
  void (await client.GET("/todos")).error?.violations;
}
