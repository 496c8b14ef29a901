// Hive Gateway's configuration: as `serve.mjs` runs it, or `hive-gateway supergraph`.
//
//   SUPERGRAPH  file that `compose.mjs` wrote
import { authorization } from "./token.mjs";

export const gatewayConfig = {
  supergraph: process.env.SUPERGRAPH ?? "supergraph.graphql",
  graphqlEndpoint: "/graphql",
  plugins: () => [
    {
      // The hub is asked with the gateway's own token; other subgraphs never see it.
      async onFetch({ executionRequest, options, setOptions }) {
        if (executionRequest?.subgraphName?.toLowerCase() === "hub") {
          setOptions({ ...options, headers: { ...options.headers, ...(await authorization()) } });
        }
      },
    },
  ],
};
