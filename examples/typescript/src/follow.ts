// Follows a discussion and prints each event as a line of JSON, whatever happens to the line or the access token.
// Run: npm start builds it; node dist/follow.js ADDRESS DISCUSSION SESSION, where SESSION is {accessToken, refreshToken, expiresAt}.
import { Client } from "./client.js";
import { graphql } from "./generated/gql.js";

const Live = graphql(/* GraphQL */ `
  subscription Live($discussion: ID!) {
    events(discussion: $discussion) {
      __typename
      ... on PostAdded { post { id body } }
      ... on PostChanged { post { id body } }
      ... on DiscussionChanged { discussion { id title } }
    }
  }
`);

const [address = "", discussion = "", session = ""] = process.argv.slice(2);
const client = new Client(address);
client.use(JSON.parse(session));
for await (const { events } of client.follow(Live, { discussion })) {
  console.log(JSON.stringify(events));
}
