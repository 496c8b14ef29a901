// Asks subgraphs for their schemas; the one that is called `hub` with the gateway's token.
import { authorization } from "./token.mjs";

/** What each word, such as `hub=http://127.0.0.1:8000/graphql`, names, with its schema. */
export const subgraphs = (words) =>
  Promise.all(
    words.map(async (word) => {
      const at = word.indexOf("=");
      const [name, url] = [word.slice(0, at), word.slice(at + 1)];
      return { name, url, sdl: await sdl(name, url) };
    }),
  );

async function sdl(name, url) {
  const shown = name === "hub" ? await authorization() : {};
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...shown },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
  });
  const { data, errors } = await answer.json();
  if (!data) throw new Error(`${name} does not tell its schema: ${errors?.[0].message}`);
  return data._service.sdl;
}

/** Prints a supergraph, or why there is none. */
export function told({ errors, supergraphSdl }) {
  for (const { message } of errors ?? []) console.error(message);
  if (errors?.length) process.exitCode = 1;
  else process.stdout.write(supergraphSdl);
}
