// The same as ../compose.mjs, with Apollo's composer.
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { subgraphs, told } from "../subgraphs.mjs";

const asked = await subgraphs(process.argv.slice(2));
told(composeServices(asked.map(({ sdl, ...rest }) => ({ ...rest, typeDefs: parse(sdl) }))));
