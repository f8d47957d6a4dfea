// Refuses a release that CHANGELOG.md does not tell of. `--notes` prints what it tells, for the release's page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    // The tag that is being released; on GitHub, the one that started the workflow.
    tag: { type: 'string', default: process.env.GITHUB_REF_TYPE === 'tag' ? process.env.GITHUB_REF_NAME : undefined },
    notes: { type: 'boolean', default: false },
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  },
});

const { version } = JSON.parse(readFileSync(join(values.root, 'package.json'), 'utf8'));
const sections = sectionsOf(readFileSync(join(values.root, 'CHANGELOG.md'), 'utf8'));
const problem = problemOf();
if (problem !== null) {
  process.stderr.write(`error: ${problem.message}\nhint: ${problem.hint}\n`);
  process.exitCode = 1;
} else if (values.notes) {
  process.stdout.write(`${sections.find(({ name }) => name === version).text}\n`);
}

/** Name, date (null where there is none) and text of each `## [name] - date`, in order. */
function sectionsOf(changelog) {
  // Links to comparisons stand at the end, and belong to no section.
  const lines = changelog.replace(/\r\n/g, '\n').replace(/^\[[^\]]+\]: .*$/gm, '');
  const [, ...parts] = lines.split(/^## /m);
  return parts.map((part) => {
    const [heading, ...rest] = part.split('\n');
    const [, name, date = null] = /^\[?([^\]\s]+)\]?(?: - (\S+))?\s*$/.exec(heading) ?? [null, heading];
    return { name, date, text: rest.join('\n').trim() };
  });
}

function problemOf() {
  const heading = `## [${version}] - YYYY-MM-DD`;
  const found = sections.filter(({ name }) => name === version);
  const [section] = found;
  const unreleased = sections.find(({ name }) => name.toLowerCase() === 'unreleased');
  if (values.tag !== undefined && values.tag !== `v${version}`) {
    return {
      message: `The tag is ${values.tag}, and package.json says ${version}.`,
      hint: `Tag the commit whose package.json says ${values.tag.replace(/^v/, '')}, or name the tag v${version}.`,
    };
  }
  if (section === undefined) {
    return {
      message: `CHANGELOG.md has no section for version ${version}.`,
      hint: `Move the entries of [Unreleased] below a heading "${heading}".`,
    };
  }
  if (found.length > 1) {
    return { message: `CHANGELOG.md has ${found.length} sections for version ${version}.`, hint: 'Make them one.' };
  }
  if (!isDate(section.date)) {
    return {
      message: `The section of version ${version} in CHANGELOG.md has no date.`,
      hint: `Write its heading as "${heading}".`,
    };
  }
  if (!hasEntries(section)) {
    return {
      message: `The section of version ${version} in CHANGELOG.md is empty.`,
      hint: 'Say in it what is new for users, as a list.',
    };
  }
  if (unreleased !== undefined && hasEntries(unreleased)) {
    return {
      message: 'CHANGELOG.md still has entries under [Unreleased].',
      hint: `Move them to the section of version ${version}, or release without them.`,
    };
  }
  return null;
}

function hasEntries({ text }) {
  return /^[-*] +\S/m.test(text);
}

function isDate(text) {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
