// Serves the sites by GraphQL Yoga.
import { createServer } from "node:http";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { createYoga } from "graphql-yoga";
import { resolvers, typeDefs } from "./sites.mjs";

const schema = buildSubgraphSchema({ typeDefs: parse(typeDefs), resolvers });
const server = createServer(createYoga({ schema, logging: false }));
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/graphql`);
});
