// Runs scripts in turn, in one process; what each prints goes into a file beside it.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

for (const script of process.argv.slice(2)) {
  const lines = [];
  console.log = (...words) => lines.push(`${format(...words)}\n`);
  await import(pathToFileURL(resolve(script)));
  writeFileSync(`${script}.out`, lines.join(""));
}
