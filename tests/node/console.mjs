// The web app in headless Chromium, with every address but the gateway's blocked: a cardiologist of the demo finds a colleague
// abroad, asks for an introduction, joins a group and answers; then every page is looked at on a phone and in the dark.
// argv: address, path of chromium, folder for pictures, path of axe, and a group to join. Prints what was seen.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [base, executablePath, folder, axePath, group = "GP Commons"] = process.argv.slice(2);
const axe = readFileSync(axePath, "utf8");
const blocked = [];
const problems = [];
const violations = {};
const wide = [];

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

async function opened(options) {
  const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.route("**/*", (route) => {
    if (route.request().url().startsWith(base)) return route.continue();
    blocked.push(route.request().url());
    return route.abort();
  });
  page.on("pageerror", (error) => problems.push(String(error).slice(0, 300)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text().slice(0, 300)));
  return page;
}

// What axe finds on a page of which nothing loads any more.
async function check(page, name) {
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  await page.locator("h1").first().waitFor();
  const found = await page.evaluate(async (source) => {
    if (!globalThis.axe) (0, eval)(source);
    const { violations } = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
  }, axe);
  if (found.length > 0) violations[name] = found;
  const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  if (needed > there) wide.push(`${name}: ${needed} of ${there}`);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

const page = await opened({ viewport: { width: 1280, height: 900 } });
await page.goto(`${base}/`);
await check(page, "welcome");
await page.getByRole("button", { name: "Enter as María" }).click();
await page.getByRole("heading", { name: /Hello, María/ }).waitFor();
await check(page, "home");

await page.getByRole("link", { name: "Find", exact: true }).click();
await page.getByRole("checkbox", { name: /^Cardiology/ }).click();
await page.waitForURL(/specialty=/);
await page.getByRole("checkbox", { name: /^Switzerland/ }).click();
await page.waitForURL(/country=/);
await page.getByRole("textbox", { name: "Who do you look for?" }).fill("Beat Steiner");
await page.getByRole("button", { name: "Search" }).click();
const link = page.getByRole("link", { name: "Beat Steiner" });
await link.waitFor();
await check(page, "find");
await link.click();
await page.getByRole("heading", { level: 1, name: /Beat Steiner/ }).waitFor();
await page.getByText(/May practise in Switzerland/).waitFor();
await check(page, "person");
await page.getByRole("button", { name: /introduce you/ }).click();
await page.getByRole("textbox", { name: /should know/ }).fill("I would like to learn how you follow patients after ablation.");
await page.getByRole("button", { name: "Ask", exact: true }).click();
const asked = await page.getByText(/^You asked /).innerText();

await page.getByRole("link", { name: "Groups", exact: true }).click();
await page.getByRole("heading", { level: 1, name: "Groups" }).waitFor();
await page.getByRole("checkbox", { name: /would let me in/ }).click();
await page.waitForURL(/open=/);
await check(page, "groups");
await page.getByRole("link", { name: group }).click();
await page.getByRole("button", { name: /^(Join|Ask to join)$/ }).click();
const joined = await page.getByRole("button", { name: "Ask the group" }).or(page.getByText("You asked to join")).first().innerText();
await check(page, "group");

await page.goto(`${base}/groups/cardio-eu`);
await page.getByRole("link", { name: /four pillars/ }).click();
const box = page.getByRole("textbox", { name: "Your answer" });
await box.fill("Our patient with MRN 00482913 was seen on 3 March 2026.");
await page.getByRole("button", { name: "Answer", exact: true }).click();
await page.getByRole("alert").getByText(/who a patient is/).waitFor();
const kept = await box.inputValue();
await page.reload();
const afterReload = await box.inputValue();
await box.fill("We start all four within two weeks, and look at potassium each week.");
await page.getByRole("button", { name: "Answer", exact: true }).click();
await page.locator("article").getByText("look at potassium each week").waitFor();
await check(page, "discussion");
const stored = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => key !== "mantine-color-scheme-value"));

// Another browser, as a phone and in the dark, sees every page.
const phone = await opened({ viewport: { width: 360, height: 780 }, colorScheme: "dark", hasTouch: true });
await phone.goto(`${base}/people/jonas-lindner`);
await phone.getByRole("textbox", { name: "Address" }).fill("amina@demo.example");
await phone.getByRole("textbox", { name: "Password" }).fill("wrong");
await phone.getByRole("button", { name: "Sign in" }).click();
const refused = await phone.getByRole("alert").innerText();
await check(phone, "phone sign-in");
await phone.getByRole("textbox", { name: "Password" }).fill("consilium-demo");
await phone.getByRole("button", { name: "Sign in" }).click();
await phone.getByRole("heading", { level: 1, name: /Jonas Lindner/ }).waitFor();
const cameBack = new URL(phone.url()).pathname;
for (const [name, path] of [["person", "/people/jonas-lindner"], ["home", "/"], ["find", "/find"], ["groups", "/groups"],
  ["group", "/groups/amr-watch"], ["network", "/network"], ["news", "/notifications"], ["nothing", "/people/nobody-at-all"]]) {
  await phone.goto(`${base}${path}`);
  await check(phone, `phone ${name}`);
}
await phone.getByRole("button", { name: "Account and settings" }).click();
await phone.getByRole("menuitem", { name: "Sign out" }).click();
await phone.waitForURL(/\/welcome$/);
const cookies = (await phone.context().cookies()).length;

await browser.close();
console.log(JSON.stringify({ blocked, problems, violations, wide, stored, asked, joined, kept, afterReload, refused, cameBack, cookies }));
