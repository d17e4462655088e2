// The story with Relay: queries and mutations by HTTP, subscriptions as streams, and its store, which needs no settings.
// `npm run relay` writes what it runs into __generated__.
import relay from "relay-runtime";
import { follow } from "./follow.mjs";
import { Session } from "./session.mjs";
import { story } from "./story.mjs";

const { commitLocalUpdate, commitMutation, ConnectionHandler, Environment, fetchQuery, Network, Observable, RecordSource, requestSubscription, Store } = relay;
const KINDS = { search: "Query", discussion: "Query", desk: "Query", postAdded: "Subscription" };
const NAMES = ["signIn", "search", "requestConnection", "discussion", "addPost", "postAdded", "submitCredential", "requestEvidenceUpload", "desk"];
const operations = Object.fromEntries(await Promise.all(NAMES.map(async (name) => {
  const file = `operations${name[0].toUpperCase()}${name.slice(1)}${KINDS[name] ?? "Mutation"}`;
  return [name, (await import(`./__generated__/${file}.graphql.js`)).default];
})));

function make(api) {
  const session = new Session(api);
  const ask = async ({ text: query }, variables) => {
    const answer = await session.fetch(`${api}/graphql`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query, variables }),
    });
    return answer.json();
  };
  const stream = ({ text: query }, variables) => Observable.create((sink) => (
    follow(api, session, { query, variables }, (result) => sink.next(result))
  ));
  const environment = new Environment({ network: Network.create(ask, stream), store: new Store(new RecordSource()) });
  return {
    use: (tokens) => session.use(tokens),
    ask: (name, variables) => fetchQuery(environment, operations[name], variables).toPromise(),
    change: (name, input, optimistic) => new Promise((done, failed) => {
      commitMutation(environment, {
        mutation: operations[name], variables: { input }, optimisticResponse: optimistic && { [name]: optimistic },
        onCompleted: (data) => done(data[name]), onError: failed,
      });
    }),
    watch(name, variables, seen) {
      const { createOperationDescriptor, getRequest } = relay;
      const operation = createOperationDescriptor(getRequest(operations[name]), variables);
      environment.retain(operation);
      const read = environment.lookup(operation.fragment);
      const { dispose } = environment.subscribe(read, ({ data }) => seen(data));
      seen(read.data);
      return dispose;
    },
    listen: (name, variables, heard) => requestSubscription(environment, {
      subscription: operations[name], variables, onNext: heard,
    }).dispose,
    add: (discussion, post) => commitLocalUpdate(environment, (store) => {
      const posts = store.get(discussion).getLinkedRecord("posts", { last: 20 });
      const edge = ConnectionHandler.createEdge(store, posts, store.get(post.id), "PostEdge");
      posts.setLinkedRecords([...posts.getLinkedRecords("edges"), edge], "edges");
    }),
  };
}

await story(make);
