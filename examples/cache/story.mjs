// What people do with a page, from signing in to the desk, with whichever client the page is built on.
// argv: address of the API, and JSON {email, password, text, discussion, authority, number, until, verifier: {email, password}}.
// Prints a line of JSON when it follows the discussion, one for each post that it hears, and at the end one with what it saw.
const told = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const checked = (payload) => {
  if (payload.userErrors.length) throw new Error(JSON.stringify(payload.userErrors));
  return payload;
};

// A picture of one dot.
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC", "base64",
);

/**
 * @param make gives a client: `ask(name, variables)`, `change(name, input, optimistic)`, `watch(name, variables, seen)` of what
 *   stands in the cache, `listen(name, variables, heard)` to a subscription, and `add(discussion, post)` to the cache. `watch` and
 *   `listen` give a function that ends them.
 */
export async function story(make) {
  const [api, text] = process.argv.slice(2);
  const given = JSON.parse(text);
  const client = make(api);
  const signIn = async ({ email, password }) => client.use(checked(await client.change("signIn", { email, password })).session);
  await signIn(given);

  // Search, and connect before the server has answered; what it refuses is put back.
  const variables = { filter: { text: given.text } };
  const { peers } = await client.ask("search", variables);
  const [first, second] = peers.edges.map(({ node }) => node);
  const seen = { [first.id]: [], [second.id]: [] };
  let answered = false;
  const stop = client.watch("search", variables, (data) => {
    for (const { node } of data.peers.edges) {
      const last = seen[node.id].at(-1);
      if (last?.connection !== node.connection) seen[node.id].push({ connection: node.connection, answered });
    }
  });
  const connect = (to, message) => client.change(
    "requestConnection", { to, message }, { professional: { id: to, connection: "REQUESTED_BY_ME" }, userErrors: [] },
  );
  checked(await connect(first.id, "We met in Ulm."));
  const { userErrors: refused } = await connect(second.id, "x".repeat(1_001));
  answered = true;
  await new Promise((done) => setTimeout(done, 50));
  stop();

  // Read a discussion, write in it, and hear what others write.
  const { node } = await client.ask("discussion", { id: given.discussion });
  const read = node.posts.edges.map((edge) => edge.node.body);
  const { post } = checked(await client.change("addPost", { discussion: given.discussion, body: "From a page.", language: "en" }));
  client.add(given.discussion, post);
  await new Promise((done) => {
    const end = client.listen("postAdded", { discussion: given.discussion, after: post.id }, ({ postAdded }) => {
      client.add(given.discussion, postAdded);
      told({ heard: postAdded.body });
      if (postAdded.body === given.until) done(end());
    });
    told({ follows: given.discussion });
  });
  const shown = await new Promise((done) => {
    const end = client.watch("discussion", { id: given.discussion }, (data) => {
      done(data.node.posts.edges.map((edge) => edge.node.body));
      queueMicrotask(() => end());
    });
  });

  // Send a licence with a document, and see it as a verifier.
  const { credential } = checked(await client.change("submitCredential", {
    credentialKind: "LICENCE", jurisdiction: "DE", authority: given.authority, number: given.number,
  }));
  const { upload, evidenceId } = checked(await client.change("requestEvidenceUpload", {
    credential: credential.id, mediaType: "image/png", fileName: "licence.png", bytes: PNG.length,
  }));
  const headers = upload.headers.map(({ name, value }) => [name, value]);
  const sent = await fetch(upload.url, { method: upload.method, headers, body: PNG });
  await signIn(given.verifier);
  const { verificationQueue } = await client.ask("desk", { filter: { number: given.number } });
  const [item] = verificationQueue.nodes;
  const preview = await fetch(item.evidence[0].previewUrl);

  told({
    peers: peers.totalCount, connections: [seen[first.id], seen[second.id]], refused: refused.map(({ code, field }) => [code, field]),
    read, shown, sent: sent.status, desk: [item.id === credential.id, item.evidence.map(({ id }) => id === evidenceId)],
    preview: [preview.status, preview.headers.get("content-type")],
  });
  process.exit(0);
}
