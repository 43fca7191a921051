/** The greetings: what is given, what is refused, and what does not compile. */

import assert from "node:assert/strict";
import createClient from "openapi-fetch";

import type { components, paths } from "../generated/greetings.js";
import { holds, type Same } from "./types.js";

type Schemas = components["schemas"];

export async function greetings(baseUrl: string, key: string): Promise<void> {
  const client = createClient<paths>({ baseUrl, headers: { "X-MyApp-ApiKey": key } });
  const stranger = createClient<paths>({ baseUrl });

  const index = await client.GET("/");
  holds<Same<typeof index.data, Schemas["Message"] | undefined>>();
  assert.deepEqual(index.data, { message: "Hello, Being!" });

  const generic = await client.GET("/generic_greeting");
  assert.equal(generic.data?.message, "Hello, Generic Person!");

  const personal = await client.GET("/personalised_greeting", { params: { query: { name: "Ada & Co" } } });
  assert.equal(personal.data?.message, "Hello, Ada & Co");

  const ada: Schemas["Guest"] = { name: "Ada", age: 36 };
  const sent = await client.POST("/send_greeting", { body: ada });
  holds<Same<typeof sent.data, Schemas["Guest"] | undefined>>();
  assert.equal(sent.response.status, 201);
  assert.deepEqual(sent.data, ada);

  await rejections(client, stranger);
}

type Client = ReturnType<typeof createClient<paths>>;

async function rejections(client: Client, stranger: Client): Promise<void> {
  const unknown = await stranger.GET("/generic_greeting");
  holds<Same<typeof unknown.error, Schemas["Error"] | undefined>>();
  assert.equal(unknown.response.status, 401);
  assert.ok(unknown.response.headers.get("www-authenticate"));
  assert.equal(typeof unknown.error?.message, "string");

  // @ts-expect-error: the query has to have a name
  const nameless = await client.GET("/personalised_greeting", { params: { query: {} } });
  assert.equal(nameless.response.status, 400);
  const refused: Schemas["Error"] | undefined = nameless.error;
  assert.ok(refused?.errors && "name" in refused.errors);

  // @ts-expect-error: an age is a number, and a guest has no shoe size
  const wrong = await client.POST("/send_greeting", { body: { name: "Ada", age: "36", shoe_size: 38 } });
  assert.equal(wrong.response.status, 400);
  const errors: Schemas["Error"]["errors"] = wrong.error?.errors ?? {};
  assert.deepEqual(Object.keys(errors).sort(), ["age", "shoe_size"]);
}

/** Never called: each line has to be refused by the compiler. */
export async function typeErrors(client: Client): Promise<void> {
  // @ts-expect-error: there is no such path
  await client.GET("/generic_farewell");
  // @ts-expect-error: nothing is posted there
  await client.POST("/generic_greeting");
  // @ts-expect-error: a guest has an age
  await client.POST("/send_greeting", { body: { name: "Ada" } });
  // @ts-expect-error: a height may be left out, but is not undefined
  await client.POST("/send_greeting", { body: { name: "Ada", age: 36, height: undefined } });
  const { data } = await client.GET("/");
  // @ts-expect-error: a message has no such member
  void data?.text;
  // @ts-expect-error: there may be no data
  void data.message;
}
