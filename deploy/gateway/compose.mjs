// Composes subgraphs: asks each for its schema, and prints the supergraph.
//
//   node compose.mjs hub=http://127.0.0.1:8000/graphql catalogue=http://127.0.0.1:4001/graphql
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { subgraphs, told } from "./subgraphs.mjs";

const asked = await subgraphs(process.argv.slice(2));
told(composeServices(asked.map(({ sdl, ...rest }) => ({ ...rest, typeDefs: parse(sdl) }))));
