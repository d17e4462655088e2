// A page on another port in headless Chromium, which uses the API as a frontend does: each request is preflighted for real.
// argv: address of the API, path of chromium, and JSON {email, password, authority, number, fileName, publicUrl}. Prints what was seen.
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
  const file = new Uint8Array(await (await fetch(`data:application/pdf;base64,${input.pdf}`)).arrayBuffer());
  const { requestEvidenceUpload: upload } = await run(
    "mutation($i: RequestEvidenceUploadInput!) { requestEvidenceUpload(input: $i) { uploadUrl userErrors { code } } }",
    { i: { credential: submitCredential.credential.id, mediaType: "application/pdf", bytes: file.length } }, token,
  );
  const sent = await fetch(upload.uploadUrl.replace(input.publicUrl, api), {
    method: "PUT",
    headers: { "content-type": "application/pdf", "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(input.fileName)}` },
    body: file,
  });
  const { node } = await run(
    "query($id: ID!) { node(id: $id) { ... on Credential { evidence { fileName bytes downloadUrl } } } }",
    { id: submitCredential.credential.id }, token,
  );
  const [document] = node.evidence;
  const back = await fetch(document.downloadUrl.replace(input.publicUrl, api));
  return {
    requestId, peers: peers.nodes.length, uploaded: sent.status, fileName: document.fileName,
    same: (await back.arrayBuffer()).byteLength === file.length, disposition: back.headers.get("content-disposition"),
  };
}, { api, input });
// Messages that hold tokens are for no other page, on whatever port.
found.mails = await page.evaluate((api) => fetch(`${api}/mails`).then(() => "read", () => "refused"), api);

await browser.close();
server.close();
console.log(JSON.stringify({ ...found, problems }));
