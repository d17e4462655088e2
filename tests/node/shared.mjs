// Two tabs of a page on another port in headless Chromium, which share one stream by the SharedWorker of examples/browser.
// argv: address of the API, path of chromium, and JSON {token, group}. Prints what each tab heard, and how many streams were opened.
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { chromium } from "playwright-core";

const [api, executablePath, given] = process.argv.slice(2);
const { token, group } = JSON.parse(given);
const folder = new URL("../../examples/browser/", import.meta.url);
let streams = 0;

const server = createServer((asked, response) => {
  if (asked.url === "/graphql/stream") {
    streams += 1; // passed on, so that it is seen how many come
    const onward = request(api + asked.url, { method: asked.method, headers: asked.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(onward);
    response.on("close", () => onward.destroy());
  } else if (asked.url.endsWith(".js")) {
    response.setHeader("Content-Type", "text/javascript");
    response.end(readFileSync(new URL(asked.url.slice(1), folder)));
  } else {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><link rel=icon href=data:,><title>A page</title>");
  }
});
await new Promise((done) => server.listen(0, done));
const page = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"] });
const context = await browser.newContext();
const query = "subscription($g: ID!) { events(group: $g) { ... on DiscussionAdded { discussion { title } } } }";
const tabs = [];
for (let number = 0; number < 2; number += 1) {
  const tab = await context.newPage();
  await tab.goto(page);
  await tab.evaluate(({ url, query, group, token }) => new Promise((done) => {
    window.heard = [];
    window.worker = new SharedWorker("shared-stream.js", { type: "module" });
    window.worker.port.onmessage = ({ data }) => {
      if (data.following) done();
      if (data.event) window.heard.push(data.event.data.events.discussion.title);
    };
    window.worker.port.postMessage({ url, query, variables: { g: group }, token });
  }), { url: `${page}/graphql/stream`, query, group, token });
  tabs.push(tab);
}
await new Promise((done) => setTimeout(done, 2000)); // until the stream is open
for (const title of ["One", "Two"]) {
  await fetch(`${api}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: "mutation($i: CreateDiscussionInput!) { createDiscussion(input: $i) { discussion { id } } }",
      variables: { i: { group, title, body: "Text", language: "en" } },
    }),
  });
}
const heard = [];
for (const tab of tabs) {
  await tab.waitForFunction(() => window.heard.length >= 2, null, { timeout: 20_000 });
  heard.push(await tab.evaluate(() => window.heard));
}
await browser.close();
server.closeAllConnections();
server.close();
console.log(JSON.stringify({ heard, streams }));
