/** The todo example, with problem details: every violation has its place. */

import assert from "node:assert/strict";
import createClient from "openapi-fetch";

import type { components, paths } from "../generated/todo_problem.js";
import { holds, type Same } from "./types.js";

type Problem = components["schemas"]["Problem"];
type Location = components["schemas"]["Violation"]["location"];

export async function problem(baseUrl: string, key: string): Promise<void> {
  const client = createClient<paths>({ baseUrl, headers: { "X-MyApp-Key": key } });
  holds<Same<Location, "body" | "query" | "header" | "path" | "cookie">>();

  // @ts-expect-error: it is complete or it is not, and needs a description
  const wrong = await client.POST("/todos", { body: { complete: "nearly" } });
  assert.equal(wrong.response.headers.get("content-type"), "application/problem+json");
  const refused: Problem | undefined = wrong.error;
  assert.equal(refused?.status, 400);
  const found = refused.violations?.map(({ location, pointer, code }) => [location, pointer, code].join(" "));
  assert.deepEqual(found?.sort(), ["body /complete type", "body /description required"]);

  const missing = await client.PATCH("/todos/{todo}", { params: { path: { todo: 1_000_000 } }, body: {} });
  holds<Same<typeof missing.error, Problem | undefined>>();
  assert.equal(missing.error?.status, 404);
  assert.equal(missing.error.violations, undefined);

  const unknown = await createClient<paths>({ baseUrl }).GET("/todos");
  holds<Same<typeof unknown.error, Problem | undefined>>();
  assert.equal(unknown.error?.status, 401);

  const todos = await client.GET("/todos");
  assert.deepEqual(todos.data, { data: [] });
}
