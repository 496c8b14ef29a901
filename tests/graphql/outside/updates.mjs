// Subscribes with the reference clients of both transports, hangs up, and goes on from a cursor.
import { createClient as overEvents } from "graphql-sse";
import { createClient as overSocket } from "graphql-ws";
import WebSocket from "ws";

const [url, after, count] = process.argv.slice(2);
const query = `subscription ($after: String) {
  standingChanged(after: $after) { cursor after { state } } }`;

async function take(client, cursor, number) {
  const found = [];
  for await (const { data, errors } of client.iterate({ query, variables: { after: cursor } })) {
    if (errors) throw new Error(JSON.stringify(errors));
    found.push(data.standingChanged);
    if (found.length === number) break;
  }
  return found;
}

const told = {};
for (const [name, client] of [
  ["socket", overSocket({ url: `${url.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket })],
  ["events", overEvents({ url: `${url}/graphql/stream` })],
]) {
  const first = await take(client, after, 1);
  const rest = await take(client, first[0].cursor, Number(count) - 1);
  told[name] = [...first, ...rest].map((change) => change.after.state);
  client.dispose();
}
console.log(JSON.stringify(told));
