// A page on another port in headless Chromium, which uses the API as a frontend does: each request is preflighted for real.
// argv: address of the API, path of chromium, and JSON {email, password, authority, number, fileName, publicUrl, png}. Prints what was seen.
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const [api, executablePath, given] = process.argv.slice(2);
const input = JSON.parse(given);
const problems = [];

const server = createServer((_, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><link rel=icon href=data:,><title>A page on another port</title>");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
page.on("console", (message) => message.type() === "error" && problems.push(message.text().slice(0, 300)));
await page.goto(`http://127.0.0.1:${server.address().port}/`);

const found = await page.evaluate(async ({ api, input }) => {
  async function run(query, variables, token) {
    const answer = await fetch(`${api}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        "apollographql-client-name": "a page",
        "apollographql-client-version": "1",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "idempotency-key": crypto.randomUUID(),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return { ...data, requestId: answer.headers.get("x-request-id") };
  }

  const { signIn, requestId } = await run(
    "mutation($i: SignInInput!) { signIn(input: $i) { session { accessToken } userErrors { code } } }",
    { i: { email: input.email, password: input.password } },
  );
  const token = signIn.session.accessToken;
  const { peers } = await run(
    "query { peers(filter: {specialties: [\"cardiology\"]}, first: 3) { nodes { id name } } }", {}, token,
  );
  const { submitCredential } = await run(
    "mutation($i: SubmitCredentialInput!) { submitCredential(input: $i) { credential { id } userErrors { code message } } }",
    { i: { credentialKind: "LICENCE", jurisdiction: "DE", authority: input.authority, number: input.number } }, token,
  );
  const file = new Uint8Array(await (await fetch(`data:image/png;base64,${input.png}`)).arrayBuffer());
  const { requestEvidenceUpload: asked } = await run(
    `mutation($i: RequestEvidenceUploadInput!) { requestEvidenceUpload(input: $i) {
      upload { method url headers { name value } } evidenceId credential { id evidence { id } } userErrors { code } } }`,
    { i: { credential: submitCredential.credential.id, mediaType: "image/png", fileName: input.fileName, bytes: file.length } }, token,
  );
  const { method, url, headers } = asked.upload;
  const sent = await fetch(url.replace(input.publicUrl, api), {
    method, headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])), body: file,
  });
  const answer = await sent.json();
  const { node } = await run(
    "query($id: ID!) { node(id: $id) { ... on Credential { evidence { id fileName bytes downloadUrl previewUrl pageCount } } } }",
    { id: submitCredential.credential.id }, token,
  );
  const [document] = node.evidence;
  const back = await fetch(document.downloadUrl.replace(input.publicUrl, api));
  // Shown in the page itself, by an address that is good for minutes and for whoever may see the document.
  const image = new Image();
  image.src = document.previewUrl.replace(input.publicUrl, api);
  globalThis.document.body.append(image);
  await image.decode();
  const counted = await run(
    "query($id: ID!) { node(id: $id) { ... on Credential { evidence { pageCount } } } }", { id: submitCredential.credential.id }, token,
  );
  return {
    requestId, peers: peers.nodes.length, uploaded: sent.status, fileName: document.fileName, names: Object.keys(answer).sort(),
    ids: new Set([answer.id, asked.evidenceId, document.id]).size, before: asked.credential.evidence.length,
    answered: [answer.fileName, answer.mediaType, answer.bytes === file.length],
    same: (await back.arrayBuffer()).byteLength === file.length, disposition: back.headers.get("content-disposition"),
    shown: [image.naturalWidth, image.naturalHeight, document.pageCount, counted.node.evidence[0].pageCount],
    named: url.includes("ukasz") || atob(url.split("/").pop().split(".")[1].replace(/-/g, "+").replace(/_/g, "/")).includes("ukasz"),
  };
}, { api, input });
// Messages that hold tokens are for no other page, on whatever port.
found.mails = await page.evaluate((api) => fetch(`${api}/mails`).then(() => "read", () => "refused"), api);

await browser.close();
server.close();
console.log(JSON.stringify({ ...found, problems }));
