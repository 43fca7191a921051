// Opens the docs page of a running server in headless Chromium, with no network
// but that server, and tries an operation out.
//
//   node docs_page.mjs http://127.0.0.1:8000 [docs path] [operation path]
//
// Ends with 0 when the page works: no request elsewhere, no error on the
// console, no violation of its content security policy, a 200 for the
// operation that was tried, dark colours by preference, a filter, absolute
// URLs of servers, credentials that are kept, links without JavaScript, and a
// page with links at unknown addresses. SCREENSHOTS names a folder for pictures.

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

const docsUrl = new URL(docs.replace(/^\//, ""), `${base}/`).href;

// Opens a page that reports what it should not do.
const open = async (options = {}) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
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
  return page;
};

const picture = async (page, name) => {
  if (process.env.SCREENSHOTS) {
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
  }
};

const check = (holds, fault) => {
  if (!holds) {
    faults.push(fault);
  }
};

const TITLE = ".swagger-ui .info .title";

try {
  const page = await open({ colorScheme: "light" });
  const opened = await page.goto(docsUrl);
  if (opened.status() !== 200) {
    throw new Error(`${docs} returns ${opened.status()}`);
  }
  await page.waitForSelector(TITLE, { timeout: 30_000 });
  console.log(`title: ${(await page.textContent(TITLE)).trim()}`);
  const operations = await page.locator(".opblock").count();
  console.log(`operations: ${operations}`);
  await picture(page, "desktop");

  const servers = await page.locator(".servers option").allTextContents();
  console.log(`servers: ${servers.join(", ")}`);
  check(servers.every((it) => /^https?:\/\//.test(it)), `servers are shown as ${servers.join(", ")}`);

  const scheme = (one) => one.evaluate(() => document.documentElement.classList.contains("dark-mode"));
  check(!(await scheme(page)), "the page is dark although light is preferred");
  // The open page follows.
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForSelector("html.dark-mode", { timeout: 10_000 });
  await picture(page, "dark");
  await page.emulateMedia({ colorScheme: "light" });

  const filter = page.locator(".operation-filter-input");
  await filter.fill("no operation has this name");
  await page.locator(".opblock").first().waitFor({ state: "detached", timeout: 10_000 });
  await filter.fill("");
  await page.locator(".opblock").first().waitFor({ timeout: 10_000 });

  const authorize = page.locator(".auth-wrapper .authorize").first();
  if ((await authorize.count()) > 0) {
    await authorize.click();
    await page.locator(".auth-container input").first().fill("not a key");
    await page.locator(".auth-btn-wrapper .authorize").first().click();
    await page.reload();
    await page.waitForSelector(TITLE, { timeout: 30_000 });
    await page.locator(".auth-wrapper .authorize.locked").first().waitFor({ timeout: 10_000 });
    await page.locator(".auth-wrapper .authorize").first().click();
    await page.locator(".auth-btn-wrapper button", { hasText: "Logout" }).first().click();
    await page.locator(".close-modal").first().click();
  }

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
  check(
    (await block.locator(".request-duration").count()) > 0 ||
      /\d+ ms/.test(await block.locator(".live-responses-table").textContent()),
    "the duration of the request is not shown",
  );
  await block.scrollIntoViewIfNeeded();
  await picture(page, "tried");
  await page.context().close();

  const mobile = await open({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await mobile.goto(docsUrl);
  await mobile.waitForSelector(TITLE, { timeout: 30_000 });
  await picture(mobile, "mobile");
  const overflow = await mobile.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(overflow <= 0, `the page is ${overflow} pixels wider than a phone`);
  await mobile.context().close();

  const plain = await open({ javaScriptEnabled: false });
  await plain.goto(docsUrl);
  check((await plain.getByRole("link", { name: "OpenAPI 3.1" }).count()) === 1, "no links without JavaScript");
  await picture(plain, "without-scripts");
  await plain.context().close();

  // The browser reports a 404 on its console.
  const lost = await browser.newPage();
  const missing = await lost.goto(`${base}/there/is/no/such/page`);
  check(missing.status() === 404, `an unknown address returns ${missing.status()}`);
  await picture(lost, "not-found");
  await lost.getByRole("link", { name: "Documentation" }).click();
  await lost.waitForSelector(TITLE, { timeout: 30_000 });
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
