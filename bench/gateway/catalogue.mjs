// A neighbour whose products carry OS IDs. What it answers is written once, before it is asked.
//
//   SCHEMA  file of its schema
//   SITES   as in sites.mjs
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const sdl = readFileSync(process.env.SCHEMA, "utf8");
const sites = JSON.parse(readFileSync(process.env.SITES, "utf8"));
const nodes = sites.map(([osId]) => ({ site: { __typename: "Worksite", osId } }));
const schema = JSON.stringify({ data: { _service: { sdl } } });
const products = JSON.stringify({ data: { products: { nodes } } });

const server = createServer((request, response) => {
  let asked = "";
  request.on("data", (some) => (asked += some));
  request.on("end", () => {
    response.setHeader("content-type", "application/json");
    response.end(asked.includes("_service") ? schema : products);
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/graphql`);
});
