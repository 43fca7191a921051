"use strict";
// Swagger UI has the colours of both schemes, and a class that selects the dark one.
const dark = matchMedia("(prefers-color-scheme: dark)");
const applyScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", applyScheme);
applyScheme();

const place = document.getElementById("swagger-ui");
const options = JSON.parse(place.dataset.options);
const openapi = new URL(place.dataset.openapi, document.baseURI).href;

// Makes the URLs of servers absolute: they are relative to the document, and a reader cannot tell what "." is.
const withAbsoluteServers = (text) => {
  const definition = JSON.parse(text);
  for (const server of definition.servers ?? []) {
    if (!server.url.includes("{")) {
      server.url = new URL(server.url, openapi).href.replace(/\/$/, "");
    }
  }
  return JSON.stringify(definition);
};

// Filters operations by tag, path, summary and id, without regard to case. Swagger UI compares tags and paths as they are.
const opsFilter = (tagged, phrase) => {
  const wanted = phrase.toLowerCase();
  const matches = (text) => String(text ?? "").toLowerCase().includes(wanted);
  const isWanted = (it) =>
    matches(it.get("path")) ||
    matches(it.getIn(["operation", "summary"])) ||
    matches(it.getIn(["operation", "operationId"]));
  return tagged
    .map((tag, name) => (matches(name) ? tag : tag.update("operations", (all) => all.filter(isWanted))))
    .filter((tag) => tag.get("operations").size > 0);
};

window.ui = SwaggerUIBundle({
  url: openapi,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  filter: options.filter,
  persistAuthorization: options.persistAuthorization,
  displayRequestDuration: options.requestDuration,
  tryItOutEnabled: options.tryItOut,
  responseInterceptor: (response) => {
    if (response.url === openapi && response.ok) {
      response.text = withAbsoluteServers(response.text);
    }
    return response;
  },
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [() => ({ fn: { opsFilter } })],
});
