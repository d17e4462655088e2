// What people do with a page, from signing in to the desk, in headless Chromium on another port than the API's.
// The page follows streams with examples/cache/follow.mjs, and keeps its refresh token in the cookie; the verifier's tokens are in memory.
// argv: path of chromium, address of the API, and the JSON of examples/cache/story.mjs. Prints what that prints.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const [executablePath, api, given] = process.argv.slice(2);
const files = new URL("../../examples/cache/", import.meta.url);
const IMPORTS = JSON.stringify({ imports: { "graphql-sse": "/node_modules/graphql-sse/lib/client.mjs" } });

const server = createServer(({ url }, response) => {
  if (url.endsWith(".mjs")) {
    response.setHeader("Content-Type", "text/javascript");
    return response.end(readFileSync(new URL(`.${url}`, files)));
  }
  response.setHeader("Content-Type", "text/html");
  return response.end(`<!doctype html><link rel=icon href=data:,><title>Another port</title><script type=importmap>${IMPORTS}</script>`);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
await page.exposeFunction("told", (line) => process.stdout.write(`${JSON.stringify(line)}\n`));
await page.goto(`http://127.0.0.1:${server.address().port}/`);

await page.evaluate(async ({ api, given }) => {
  const { follow } = await import("/follow.mjs");
  const { Session } = await import("/session.mjs");
  const SESSION = "session { accessToken refreshToken expiresAt } userErrors { code message }";
  const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC";
  const session = new Session(api);

  async function run(query, variables, options = {}) {
    const answer = await session.fetch(`${api}/graphql`, {
      method: "POST", ...options, headers: { "content-type": "application/json", ...options.headers }, body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return Object.values(data)[0];
  }
  async function change(name, shape, input, options) {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const payload = await run(`mutation($input: ${type}!) { ${name}(input: $input) { ${shape} } }`, { input }, options);
    if (payload.userErrors.length) throw new Error(JSON.stringify(payload.userErrors));
    return payload;
  }

  // By the cookie, as after a reload.
  const cookie = { credentials: "include", headers: { "consilium-session": "cookie" } };
  await change("signIn", SESSION, { email: given.email, password: given.password }, cookie);
  const renewed = (await change("refreshSession", SESSION, {}, cookie)).session;
  session.use(renewed);

  const peers = await run("query($f: PeerFilter!) { peers(filter: $f, first: 5) { totalCount nodes { id } } }", { f: { text: given.text } });
  const { professional } = await change(
    "requestConnection", "professional { connection } userErrors { code message }", { to: peers.nodes[0].id },
  );

  const { posts } = await run(
    "query($id: ID!) { node(id: $id) { ... on Discussion { posts(last: 20) { nodes { body } } } } }", { id: given.discussion },
  );
  const { post } = await change(
    "addPost", "post { id } userErrors { code message }", { discussion: given.discussion, body: "From a page.", language: "en" },
  );
  const query = "subscription($discussion: ID!, $after: ID) { postAdded(discussion: $discussion, after: $after) { id body } }";
  await new Promise((done) => {
    const stop = follow(api, session, { query, variables: { discussion: given.discussion, after: post.id } }, ({ data }) => {
      globalThis.told({ heard: data.postAdded.body });
      if (data.postAdded.body === given.until) done(stop());
    });
    globalThis.told({ follows: given.discussion });
  });

  const { credential } = await change("submitCredential", "credential { id } userErrors { code message }", {
    credentialKind: "LICENCE", jurisdiction: "DE", authority: given.authority, number: given.number,
  });
  const file = await (await fetch(`data:image/png;base64,${PNG}`)).blob();
  const { upload, evidenceId } = await change(
    "requestEvidenceUpload", "upload { method url headers { name value } } evidenceId userErrors { code message }",
    { credential: credential.id, mediaType: file.type, fileName: "licence.png", bytes: file.size },
  );
  const sent = await fetch(upload.url, {
    method: upload.method, headers: upload.headers.map(({ name, value }) => [name, value]), body: file,
  });

  session.use((await change("signIn", SESSION, given.verifier)).session);
  const { nodes: [item] } = await run(
    "query($f: VerificationQueueFilter) { verificationQueue(filter: $f, first: 5) { nodes { id evidence { id previewUrl } } } }",
    { f: { number: given.number } },
  );
  const image = new Image();
  image.src = item.evidence[0].previewUrl;
  await image.decode();
  await globalThis.told({
    token: renewed.refreshToken, peers: peers.totalCount, connection: professional.connection, read: posts.nodes.map(({ body }) => body),
    sent: sent.status, desk: [item.id === credential.id, item.evidence.map(({ id }) => id === evidenceId)],
    preview: [image.naturalWidth, image.naturalHeight],
  });
}, { api, given: JSON.parse(given) });
await browser.close();
server.close();
