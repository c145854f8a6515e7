// npm run notices [-- --check]
//
// Writes THIRD_PARTY_NOTICES.md: every package that the built page may contain, with the text of its licence. --check only compares.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';

const TARGET = join(root, 'THIRD_PARTY_NOTICES.md');
const packages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

/** Types exist for the compiler only; nothing of them is in the page. */
const isTypes = (name) => name.includes('node_modules/@types/');
const shipped = Object.keys(packages).filter((name) => name && !packages[name].dev && !packages[name].devOptional && !packages[name].optional && !isTypes(name)).sort();

function licenceText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
  return file ? readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim() : undefined;
}

function author({ author, contributors }) {
  const name = (person) => (typeof person === 'string' ? person : person?.name);
  return name(author) ?? contributors?.map(name).join(', ');
}

function section(path) {
  const folder = join(root, path);
  const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const by = author(description);
  const text = licenceText(folder) ?? `${description.license}${by ? `, by ${by}` : ''}. The package carries no text of its licence.`;
  // Indented rather than fenced: a licence may hold any character.
  return `## ${description.name} ${description.version}\n\nLicence: ${description.license}\n\n${text.split('\n').map((line) => (line ? `    ${line}` : '')).join('\n')}\n`;
}

const missing = shipped.find((path) => !existsSync(join(root, path, 'package.json')));
if (missing) {
  console.error(`notices: ${missing} is not installed; run \`npm ci\` first`);
  process.exit(2);
}
const whole = `# Third-party notices\n\nThe built page contains code of these packages. Written by \`npm run notices\`.\n\n${shipped.map(section).join('\n')}`;
if (process.argv.includes('--check')) {
  if (!existsSync(TARGET) || readFileSync(TARGET, 'utf8') !== whole) {
    console.error('notices: THIRD_PARTY_NOTICES.md is not up to date; run `npm run notices`');
    process.exit(1);
  }
} else {
  writeFileSync(TARGET, whole);
  console.log(`${shipped.length} packages in THIRD_PARTY_NOTICES.md`);
}
