// Serves Apollo's gateway on PORT, by default 4000.
//
//   SUPERGRAPH  file that ../compose.mjs wrote
import { readFileSync } from "node:fs";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { authorization } from "../token.mjs";

/** The hub, asked with the gateway's own token; other subgraphs never see it. */
class Hub extends RemoteGraphQLDataSource {
  async willSendRequest({ request }) {
    for (const [name, value] of Object.entries(await authorization())) {
      request.http.headers.set(name, value);
    }
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.env.SUPERGRAPH ?? "supergraph.graphql", "utf8"),
  buildService: ({ name, url }) =>
    name === "hub" ? new Hub({ url }) : new RemoteGraphQLDataSource({ url }),
});
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { port: Number(process.env.PORT ?? 4000), host: "127.0.0.1" },
});
console.log(url);
