// Several tabs of a page on another port in headless Chromium, with the refresh token in a cookie, and a page of another site.
// argv: address of the API, path of chromium, and JSON {email, password}. Prints what was seen.
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const [api, executablePath, given] = process.argv.slice(2);
const input = JSON.parse(given);

const server = createServer((_, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><link rel=icon href=data:,><title>A page on another port</title>");
});
await new Promise((done) => server.listen(0, done));
const port = server.address().port;

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext();

async function tab(host = "127.0.0.1") {
  const page = await context.newPage();
  await page.goto(`http://${host}:${port}/`);
  return page;
}

// The answer to a mutation: {session, userErrors} or {signedOut, userErrors}.
const change = (page, name, fields, headers = { "consilium-session": "cookie" }) => page.evaluate(
  async ({ api, name, fields, headers }) => {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const shape = name === "signOut" ? "signedOut" : "session { accessToken refreshToken refreshExpiresAt }";
    const answer = await fetch(`${api}/graphql`, {
      method: "POST",
      credentials: "include",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({
        query: `mutation($i: ${type}!) { ${name}(input: $i) { ${shape} userErrors { code message } } }`, variables: { i: fields },
      }),
    });
    return (await answer.json()).data[name];
  },
  { api, name, fields, headers },
);
const viewer = (page, token) => page.evaluate(
  async ({ api, token }) => {
    const answer = await fetch(`${api}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: "{ viewer { email } }" }),
    });
    return (await answer.json()).data.viewer?.email ?? null;
  },
  { api, token },
);
const codes = (payload) => payload.userErrors.map((error) => error.code);
const cookies = async () => (await context.cookies()).map(({ name, httpOnly, sameSite, path, domain }) => ({ name, httpOnly, sameSite, path, domain }));

const first = await tab();
const found = { signedOut: codes(await change(first, "refreshSession", {})) };
const session = (await change(first, "signIn", { email: input.email, password: input.password })).session;
found.refreshToken = session.refreshToken;
found.days = Math.round((Date.parse(session.refreshExpiresAt) - Date.now()) / 86_400_000);
found.cookies = await cookies();
found.readByScript = await first.evaluate(() => document.cookie);

const tabs = [first, await tab(), await tab(), await tab()];
const renewed = await Promise.all(tabs.map((page) => change(page, "refreshSession", {})));
found.tabs = await Promise.all(tabs.map((page, number) => viewer(page, renewed[number].session.accessToken)));
found.tokensInAnswers = renewed.map((payload) => payload.session.refreshToken).join("");
await first.reload();
found.afterReload = codes(await change(first, "refreshSession", {}));

// What a stranger's page may try, with the same browser.
found.withoutHeader = codes(await change(first, "refreshSession", {}, {}));
const elsewhere = await tab("localhost");
found.otherSite = [
  codes(await change(elsewhere, "refreshSession", {})),
  codes(await change(elsewhere, "signIn", { email: input.email, password: input.password })),
  codes(await change(elsewhere, "signOut", { everywhere: true })),
];
found.stillThere = codes(await change(first, "refreshSession", {}));

const phone = await browser.newContext();
const other = await phone.newPage();
await other.goto(`http://127.0.0.1:${port}/`);
await change(other, "signIn", { email: input.email, password: input.password });
found.out = await change(tabs[1], "signOut", { everywhere: true });
found.afterwards = (await cookies()).length;
found.ended = [codes(await change(first, "refreshSession", {})), codes(await change(other, "refreshSession", {}))];

await browser.close();
server.close();
console.log(JSON.stringify(found));
