// Prints what the audits of GraphQL over HTTP say of a server: how many there are, and which fail.
import { serverAudits } from "graphql-http";

const url = `${process.argv[2]}/graphql`;
const results = await Promise.all(
  serverAudits({ url, fetchFn: fetch }).map((audit) => audit.fn()),
);
const failed = results.filter((result) => result.status !== "ok");
const told = failed.map(({ id, name, reason }) => `${id}: ${name}: ${reason}`);
console.log(JSON.stringify({ audits: results.length, failed: told }));
