// Drives the page at / in headless Chromium with every address but the gateway's blocked.
// argv: address, path of chromium, path of the screenshot. Prints {answers: {name: answer}, reloaded, blocked, problems}.
import { readdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [address, executablePath, screenshot] = process.argv.slice(2);
const folder = new URL("../../services/gateway/graphiql/operations/", import.meta.url);
const operations = readdirSync(folder).sort();
const origin = new URL(address).origin;
const blocked = [];
const problems = [];

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
await page.route("**/*", (route) => {
  const url = route.request().url();
  if (url.startsWith(origin) || url.startsWith("data:") || url.startsWith("blob:")) return route.continue();
  blocked.push(url);
  return route.abort();
});
page.on("pageerror", (error) => problems.push(String(error).slice(0, 300)));
page.on("console", (message) => message.type() === "error" && problems.push(message.text().slice(0, 300)));

await page.goto(address);
await page.waitForSelector("[data-operation]");
await page.waitForSelector(".graphiql-query-editor .view-line");

async function signIn(who) {
  if (await page.locator("#who").count()) {
    await page.click("header button");
    await page.waitForSelector('input[name="email"]');
  }
  if (!who) return;
  await page.fill('input[name="email"]', `${who}@demo.example`);
  await page.fill('input[name="password"]', "consilium-demo");
  await page.click('header button[type="submit"]');
  await page.waitForSelector("#who");
}

const answers = {};
let signedInAs = "nobody yet";
for (const file of operations) {
  const text = readFileSync(new URL(file, folder), "utf8");
  const who = /^# as: (\w+)$/m.exec(text)?.[1] ?? null;
  if (who !== signedInAs) await signIn(who);
  signedInAs = who;
  const name = file.replace(".graphql", "");
  await page.click(`[data-operation="${name}"]`);
  await page.waitForTimeout(300); // the editor tells its text after a pause
  const live = /^subscription/m.test(text);
  const answered = page.waitForResponse((response) => {
    const sent = response.request().postData() ?? "";
    return response.request().method() === "POST" && !sent.includes("IntrospectionQuery") && sent.includes("query");
  });
  await page.click(".graphiql-execute-button");
  const response = await answered;
  if (live) {
    answers[name] = { status: response.status(), type: response.headers()["content-type"] };
    await page.click(".graphiql-execute-button"); // stops it
  } else {
    answers[name] = await response.json();
  }
  if (name.startsWith("03")) {
    await page.waitForTimeout(700);
    if (screenshot) await page.screenshot({ path: screenshot });
  }
}
// A reload stays signed in, until one signs out.
async function reload() {
  const asked = page.waitForResponse((response) => (response.request().postData() ?? "").includes("refreshSession"));
  await page.reload();
  return (await (await asked).json()).data.refreshSession.session?.viewer.professional.name ?? null;
}
const reloaded = [await reload()];
await page.waitForSelector("#who");
const out = page.waitForResponse((response) => (response.request().postData() ?? "").includes("signOut"));
await page.click("header button");
await out;
reloaded.push(await reload());

await browser.close();
console.log(JSON.stringify({ answers, reloaded, blocked, problems }));
