// Written once by `cargo purlin clients ts`: change it as you like. schema.ts is written at each run.

import createClient, { type Client, type ClientOptions } from "openapi-fetch";
import type { paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** Returns a client of the API: `baseUrl` is the address of the server, `headers` are keys and tokens. */
export function createApiClient(options: ClientOptions): Client<paths> {
  return createClient<paths>(options);
}
