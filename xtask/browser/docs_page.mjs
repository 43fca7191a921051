// Opens the docs page of a running server in headless Chromium, with no network
// but that server, and tries an operation out.
//
//   node docs_page.mjs http://127.0.0.1:8000 [docs path] [operation path]
//
// Ends with 0 when the page works: no request elsewhere, no error on the
// console, no violation of its content security policy, and a 200 for the
// operation that was tried.

import { chromium } from "playwright-core";

const [base, docs = "/docs", operation = "/"] = process.argv.slice(2);
if (!base) {
  console.error("usage: node docs_page.mjs BASE_URL [DOCS_PATH] [OPERATION_PATH]");
  process.exit(2);
}

const faults = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

try {
  const page = await browser.newPage();
  await page.route("**", (route) => {
    const url = route.request().url();
    if (url.startsWith(base) || url.startsWith("data:") || url.startsWith("blob:")) {
      return route.continue();
    }
    faults.push(`the page asks for ${url}`);
    return route.abort();
  });
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) {
      faults.push(`the console says: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`a script fails: ${error.message}`));

  const opened = await page.goto(new URL(docs.replace(/^\//, ""), `${base}/`).href);
  if (opened.status() !== 200) {
    throw new Error(`${docs} returns ${opened.status()}`);
  }
  await page.waitForSelector(".swagger-ui .info .title", { timeout: 30_000 });
  console.log(`title: ${(await page.textContent(".swagger-ui .info .title")).trim()}`);
  const operations = await page.locator(".opblock").count();
  console.log(`operations: ${operations}`);

  const block = page
    .locator(".opblock-get")
    .filter({ has: page.locator(`.opblock-summary-path[data-path="${operation}"]`) })
    .first();
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  const pending = page.waitForResponse((response) => response.request().resourceType() === "fetch");
  await block.getByRole("button", { name: "Execute" }).click();
  const response = await pending;
  console.log(`tried: GET ${response.url()} returns ${response.status()} ${await response.text()}`);
  if (response.status() !== 200) {
    faults.push(`trying ${operation} out returns ${response.status()}`);
  }
  const shown = block.locator(".live-responses-table tr.response td.response-col_status").first();
  await shown.waitFor({ timeout: 10_000 });
  if (!(await shown.textContent()).includes("200")) {
    faults.push(`the page shows ${await shown.textContent()} for it`);
  }
  if (process.env.SCREENSHOT) {
    await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true });
  }
} catch (error) {
  faults.push(error.message);
} finally {
  await browser.close();
}

for (const fault of faults) {
  console.error(`fault: ${fault}`);
}
console.log(faults.length === 0 ? "the docs page works" : "the docs page does not work");
process.exit(faults.length === 0 ? 0 : 1);
