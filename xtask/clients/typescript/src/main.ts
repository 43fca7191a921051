/** Calls every operation of the services: main.js GREETINGS_URL TODO_URL TODO_WITH_PROBLEM_DETAILS_URL */

import { greetings } from "./greetings.js";
import { problem } from "./problem.js";
import { todo } from "./todo.js";

const [greetingsUrl, todoUrl, problemUrl] = process.argv.slice(2);
const { GREETINGS_KEY, TODO_KEY } = process.env;
if (!greetingsUrl || !todoUrl || !problemUrl || !GREETINGS_KEY || !TODO_KEY) {
  throw new Error("three addresses are needed, and the keys GREETINGS_KEY and TODO_KEY in the environment");
}
await greetings(greetingsUrl, GREETINGS_KEY);
await todo(todoUrl, TODO_KEY);
await problem(problemUrl, TODO_KEY);
console.log("TypeScript: the response of every operation has its type");
