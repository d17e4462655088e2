// Runs code of the guide as a page of another port in headless Chromium. argv: path of chromium; the code comes by stdin.
// Prints what the page writes to its console.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { chromium } from "playwright-core";

const [executablePath] = process.argv.slice(2);
const code = await text(process.stdin);

const server = createServer((_, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><link rel=icon href=data:,><title>A page of the guide</title>");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
page.on("console", (message) => message.type() === "log" && console.log(message.text()));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.evaluate((code) => new (async () => {}).constructor(code)(), code);
await browser.close();
server.close();
