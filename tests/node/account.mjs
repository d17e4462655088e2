// Confirms an address by its page in headless Chromium, as on a phone, with every address but the gateway's blocked.
// argv: link, path of chromium, wrong password, right password. Prints what was seen.
import { chromium, devices } from "playwright-core";

const [link, executablePath, wrong, right] = process.argv.slice(2);
const origin = new URL(link).origin;
const blocked = [];
const problems = [];
const paths = new Set();

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ ...devices["iPhone 13"], defaultBrowserType: "chromium", locale: "de-DE" });
const page = await context.newPage();
await page.route("**/*", (route) => {
  const url = route.request().url();
  if (url.startsWith("data:")) return route.continue();
  if (!url.startsWith(origin)) {
    blocked.push(url);
    return route.abort();
  }
  paths.add(url.slice(origin.length));
  return route.continue();
});
page.on("pageerror", (error) => problems.push(String(error).slice(0, 300)));
// Chromium reports every answer of 400 and more; the one to the wrong password is meant.
page.on("console", (message) => message.type() === "error" && !message.text().includes("401") && problems.push(message.text().slice(0, 300)));

await page.goto(link);
await page.waitForSelector("#form:not([hidden])");
const found = { url: page.url(), tokenHidden: await page.locator("#token-field").isHidden() };
found.overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
await page.fill("#password", wrong);
await page.press("#password", "Enter");
await page.waitForFunction(() => document.getElementById("problem").textContent);
found.wrong = await page.textContent("#problem");
found.invalid = await page.getAttribute("#password", "aria-invalid");
found.focused = await page.evaluate(() => document.activeElement.id);
await page.fill("#password", right);
await page.click("button");
await page.waitForSelector("#done:not([hidden])");
found.done = await page.textContent("#done");
await browser.close();
console.log(JSON.stringify({ ...found, blocked, problems, paths: [...paths].sort() }));
