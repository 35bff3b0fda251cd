// Composes the subgraphs of each conformance group with Apollo's own tool, and keeps the result in the group's folder.
// It is no dependency of this repository: install @apollo/composition and graphql in a scratch folder, then
// COMPOSE_FROM=/that/folder/index.js node compose.mjs [GROUP …]
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(process.env.COMPOSE_FROM ?? import.meta.url);
const { composeServices } = require("@apollo/composition");
const { parse } = require("graphql");

const root = path.join(import.meta.dirname, "../conformance");
const groups = process.argv.slice(2);
for (const group of groups.length > 0 ? groups : fs.readdirSync(root).sort()) {
  const folder = path.join(root, group, "subgraphs");
  const services = fs
    .readdirSync(folder)
    .sort()
    .map((file) => {
      const name = path.basename(file, ".graphql");
      const typeDefs = parse(fs.readFileSync(path.join(folder, file), "utf8"));
      return { name, url: `http://localhost/${name}`, typeDefs };
    });
  const { errors, supergraphSdl } = composeServices(services);
  if (errors) {
    console.error(`${group}:\n${errors.map((error) => error.message).join("\n")}`);
    process.exitCode = 1;
  } else {
    // What some composers got wrong in the wild, as pairs of texts.
    const corrupt = path.join(root, group, "corrupt.json");
    const pairs = fs.existsSync(corrupt) ? JSON.parse(fs.readFileSync(corrupt, "utf8")) : [];
    const text = pairs.reduce((sdl, [from, to]) => sdl.replace(from, to), supergraphSdl.trim());
    fs.writeFileSync(path.join(root, group, "supergraph.graphql"), `${text}\n`);
  }
}
