// Serves the sites by Mercurius, without its compiler of queries: that gives entities no fields.
import { mercuriusFederationPlugin } from "@mercuriusjs/federation";
import Fastify from "fastify";
import { resolvers, typeDefs } from "./sites.mjs";

const app = Fastify({ bodyLimit: 16 * 1024 * 1024 });
app.register(mercuriusFederationPlugin, { schema: typeDefs, resolvers });
const url = await app.listen({ port: 0, host: "127.0.0.1" });
console.log(`${url}/graphql`);
