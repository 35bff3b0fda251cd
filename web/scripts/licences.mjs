// Collects the licence notes of every package that may be part of the bundle.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NOTICE = /^(licen[cs]e|copying|notice|thirdpartynotices)([.-].*)?$/i;

/** The text of licenses.txt: each runtime dependency of the lock file, with its licence texts. */
export function licenceNotes(web) {
  const { packages } = JSON.parse(readFileSync(join(web, 'package-lock.json'), 'utf8'));
  const sections = Object.keys(packages)
    .filter((path) => path !== '' && !packages[path].dev && existsSync(join(web, path)))
    .sort()
    .map((path) => section(join(web, path)));
  return `Third-party software in the Tributary console\n\n${sections.join('\n')}`;
}

function section(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => NOTICE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return [`${'='.repeat(78)}\n${name} ${version}: ${license ?? 'see below'}\n`, ...texts, ''].join('\n');
}
