// Signs in, searches, connects, reads, writes and listens in a discussion, and sends a licence to the desk.
// argv: address of the API, and JSON, see Input. Prints a line of JSON when it follows the discussion, one for each post that it hears,
// and at the end one with what it saw.
import { randomUUID } from "node:crypto";

import { Client } from "./client.js";
import { graphql } from "./generated/gql.js";

interface Login { email: string; password: string }
interface Input extends Login { text: string; discussion: string; authority: string; number: string; until: string; verifier: Login }

const SignIn = graphql(/* GraphQL */ `
  mutation PageSignIn($input: SignInInput!) {
    signIn(input: $input) { session { accessToken refreshToken expiresAt } userErrors { code message } }
  }
`);
const Search = graphql(/* GraphQL */ `
  query PageSearch($filter: PeerFilter!) { peers(filter: $filter, first: 5) { totalCount nodes { id name connection } } }
`);
const RequestConnection = graphql(/* GraphQL */ `
  mutation PageRequestConnection($input: RequestConnectionInput!) {
    requestConnection(input: $input) { professional { id connection } userErrors { code message } }
  }
`);
const Discussion = graphql(/* GraphQL */ `
  query PageDiscussion($id: ID!) {
    node(id: $id) { __typename ... on Discussion { posts(last: 20) { nodes { id body author { name } } } } }
  }
`);
const AddPost = graphql(/* GraphQL */ `
  mutation PageAddPost($input: AddPostInput!) { addPost(input: $input) { post { id body } userErrors { code message } } }
`);
const PostAdded = graphql(/* GraphQL */ `
  subscription PagePostAdded($discussion: ID!, $after: ID) { postAdded(discussion: $discussion, after: $after) { id body } }
`);
const SubmitCredential = graphql(/* GraphQL */ `
  mutation PageSubmitCredential($input: SubmitCredentialInput!) {
    submitCredential(input: $input) { credential { id } userErrors { code message } }
  }
`);
const RequestEvidenceUpload = graphql(/* GraphQL */ `
  mutation PageRequestEvidenceUpload($input: RequestEvidenceUploadInput!) {
    requestEvidenceUpload(input: $input) {
      upload { method url headers { name value } }
      evidenceId
      userErrors { code message }
    }
  }
`);
const Desk = graphql(/* GraphQL */ `
  query PageDesk($filter: VerificationQueueFilter) {
    verificationQueue(filter: $filter, first: 5) { nodes { id evidence { id previewUrl } } }
  }
`);

// A picture of one dot.
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC", "base64",
);
const told = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** A part of a payload, which is there when nothing was refused. */
function made<Part>(payload: { userErrors: { code: string; message: string }[] }, part: Part | null | undefined): Part {
  if (part === null || part === undefined) throw new Error(payload.userErrors[0]?.message);
  return part;
}

const given = JSON.parse(process.argv[3] ?? "") as Input;
const client = new Client(process.argv[2] ?? "");

async function signIn({ email, password }: Login): Promise<void> {
  const { signIn: payload } = await client.run(SignIn, { input: { email, password } });
  client.use(made(payload, payload.session));
}

await signIn(given);
const { peers } = await client.run(Search, { filter: { text: given.text } });
const { requestConnection } = await client.run(
  RequestConnection, { input: { to: peers?.nodes[0]?.id ?? "", message: "We met in Ulm." } }, randomUUID(),
);

const { node } = await client.run(Discussion, { id: given.discussion });
const read = node?.__typename === "Discussion" ? node.posts?.nodes.map(({ body }) => body) : [];
const { addPost } = await client.run(
  AddPost, { input: { discussion: given.discussion, body: "From a page.", language: "en" } }, randomUUID(),
);
const { id: after } = made(addPost, addPost.post);
const events = client.follow(PostAdded, { discussion: given.discussion, after });
let next = events.next(); // opens the stream
told({ follows: given.discussion });
for (;;) {
  const { value } = await next;
  told({ heard: value.postAdded.body });
  if (value.postAdded.body === given.until) break;
  next = events.next();
}

const { submitCredential } = await client.run(SubmitCredential, {
  input: { credentialKind: "LICENCE", jurisdiction: "DE", authority: given.authority, number: given.number },
}, randomUUID());
const credential = made(submitCredential, submitCredential.credential).id;
const { requestEvidenceUpload } = await client.run(RequestEvidenceUpload, {
  input: { credential, mediaType: "image/png", fileName: "licence.png", bytes: PNG.length },
}, randomUUID());
const { method, url, headers } = made(requestEvidenceUpload, requestEvidenceUpload.upload);
const sent = await fetch(url, { method, headers: headers.map(({ name, value }): [string, string] => [name, value]), body: PNG });

await signIn(given.verifier);
const { verificationQueue } = await client.run(Desk, { filter: { number: given.number } });
const item = verificationQueue?.nodes[0];
const preview = await fetch(item?.evidence?.[0]?.previewUrl ?? "");
told({
  peers: peers?.totalCount, connection: requestConnection.professional?.connection, read, sent: sent.status,
  desk: [item?.id === credential, item?.evidence?.map(({ id }) => id === requestEvidenceUpload.evidenceId)],
  preview: [preview.status, preview.headers.get("content-type")],
});
process.exit(0);
