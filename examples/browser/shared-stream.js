// A SharedWorker that holds one stream for all tabs of an origin: a browser opens six connections to a gateway at most.
// In a page: const worker = new SharedWorker("shared-stream.js", { type: "module" });
//   worker.port.onmessage = ({ data }) => show(data);
//   worker.port.postMessage({ url, query, variables, token });   // also with each access token that the page gets
import { follow } from "./follow.js";

const streams = new Map(); // what is followed, with the ports of the tabs that do
let current = null; // the newest access token of any tab
let waiting = []; // for a newer one

function token(over) {
  if (!over) return current;
  return new Promise((given) => {
    waiting.push(given);
    for (const ports of streams.values()) for (const port of ports) port.postMessage({ renew: true });
  });
}

async function run(key, { url, query, variables }) {
  try {
    for await (const event of follow({ url, query, variables, token })) for (const port of streams.get(key)) port.postMessage({ event });
  } catch (error) {
    for (const port of streams.get(key)) port.postMessage({ ended: error.message });
    streams.delete(key);
  }
}

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.token) current = data.token;
    for (const given of waiting.splice(0)) given(current);
    if (!data.query) return;
    const key = JSON.stringify([data.url, data.query, data.variables]);
    if (streams.has(key)) streams.get(key).add(port);
    else {
      streams.set(key, new Set([port]));
      run(key, data);
    }
    port.postMessage({ following: true });
  };
};
