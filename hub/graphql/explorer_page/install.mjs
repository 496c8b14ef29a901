// Copies the files that a browser loads, with their licences, from node_modules to
// ../explorer_files, checked against package.json, and removes node_modules.
// Run by `npm run files` after `npm ci --ignore-scripts`.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const packages = join(here, "node_modules");
const folder = join(here, "..", "explorer_files");
const { browserFiles } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

for (const { package: name, path, integrity } of browserFiles) {
  const digest = createHash("sha384").update(readFileSync(join(packages, name, path)));
  const found = `sha384-${digest.digest("base64")}`;
  if (found !== integrity) {
    console.error(`${name}/${path} is ${found}, not ${integrity} as package.json says`);
    process.exit(1);
  }
}
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const { file, package: name, path } of browserFiles) {
  copyFileSync(join(packages, name, path), join(folder, file));
  const licence = join(packages, name, "LICENSE");
  if (existsSync(licence)) {
    copyFileSync(licence, join(folder, `LICENSE.${name.replace(/\W+/g, "-")}.txt`));
  }
}
rmSync(packages, { recursive: true, force: true });
