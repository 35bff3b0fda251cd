// Turns what Vite built into what is committed, and proves that both agree.
//   node scripts/bundle.mjs pack    build/ -> dist/, each file gzip-compressed as FILE.gz
//   node scripts/bundle.mjs verify  fails when dist/ is not what build/ holds
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { licenceNotes } from './licences.mjs';

const WEB = join(dirname(fileURLToPath(import.meta.url)), '..');
const BUILD = join(WEB, 'build');
const DIST = join(WEB, 'dist');
const LIMIT_BYTES = 3_000_000;

const [task] = process.argv.slice(2);
if (task === 'pack') {
  pack();
} else if (task === 'verify') {
  verify();
} else {
  throw new Error('usage: node scripts/bundle.mjs pack|verify');
}

function pack() {
  rmSync(DIST, { recursive: true, force: true });
  let total = 0;
  for (const [name, content] of built()) {
    const target = join(DIST, `${name}.gz`);
    const packed = gzip(content);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, packed);
    total += packed.length;
  }
  checkSize(total);
}

// Decompressed contents are compared: another zlib may compress otherwise and still be right.
function verify() {
  const expected = built();
  let total = 0;
  const committed = new Map();
  for (const name of filesBelow(DIST)) {
    const packed = readFileSync(join(DIST, name));
    total += packed.length;
    committed.set(name.replace(/\.gz$/, ''), gunzipSync(packed));
  }
  const differing = [...new Set([...expected.keys(), ...committed.keys()])].filter((name) => {
    const [a, b] = [expected.get(name), committed.get(name)];
    return !a || !b || !a.equals(b);
  });
  if (differing.length > 0) {
    fail(`web/dist is not what web/ builds; run "npm run build". Different: ${differing.join(', ')}`);
  }
  checkSize(total);
  console.log(`dist is what the sources build: ${committed.size} files`);
}

function checkSize(total) {
  console.log(`dist: ${total} bytes compressed`);
  if (total > LIMIT_BYTES) {
    fail(`more than the ${LIMIT_BYTES} bytes agreed for the committed bundle`);
  }
}

function built() {
  const files = new Map(filesBelow(BUILD).map((name) => [name, readFileSync(join(BUILD, name))]));
  files.set('licenses.txt', Buffer.from(licenceNotes(WEB)));
  return files;
}

function gzip(content) {
  const packed = gzipSync(content, { level: 9 });
  // Byte 9 names the operating system: "unknown" everywhere, so that every machine writes the same header.
  packed[9] = 255;
  return packed;
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
