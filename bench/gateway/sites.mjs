// What a peer tells of sites: worked out before, and kept in memory.
//
//   SITES  file of a list of [osId, name, verdict]
import { readFileSync } from "node:fs";

export const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { worksite(osId: ID!): Worksite }
  type Worksite @key(fields: "osId") {
    osId: String
    name: String!
    eligibility(buyer: ID!, product: String!, asOf: String): Eligibility!
  }
  type Eligibility { verdict: String! }
`;

const sites = new Map(
  JSON.parse(readFileSync(process.env.SITES, "utf8")).map(([osId, name, verdict]) => [
    osId,
    { __typename: "Worksite", osId, name, eligibility: () => ({ verdict }) },
  ]),
);
const found = ({ osId }) => sites.get(osId) ?? null;

export const resolvers = {
  Query: { worksite: (_, asked) => found(asked) },
  Worksite: { __resolveReference: found },
};
