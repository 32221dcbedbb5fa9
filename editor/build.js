// Builds the editor into the package: `node build.js [folder]`. The same sources and lock file give the same bytes.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(process.argv[2] ?? path.join(here, "../src/eild/web/static/vendor"));

const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.js"],
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  outfile: "editor.js",
  target: ["es2022"],
  write: false,
});

/** Return the names of the packages of which the bundle holds something. */
function listPackages() {
  const inputs = Object.entries(Object.values(metafile.outputs)[0].inputs);
  const used = inputs.filter(([, input]) => input.bytesInOutput).map(([name]) => name);
  const names = used.map((name) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1]).filter(Boolean);
  return [...new Set(names)].sort();
}

/** Return name, version and licence of a package, as its author gives them. */
async function readLicence(name) {
  const folder = path.join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const text = await readFile(path.join(folder, "LICENSE"), "utf8");
  return `${name} ${version}, ${license}\n\n${text.trim()}\n`;
}

const licences = await Promise.all(listPackages().map(readLicence));
await writeFile(path.join(target, "editor.js"), outputFiles[0].contents);
await writeFile(path.join(target, "editor.LICENSE.txt"), licences.join(`\n${"-".repeat(72)}\n\n`));
