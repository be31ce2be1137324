/**
 * node .github/release.mjs v1.2.3
 *
 * Ends with 1 unless package.json, its lock file and the changelog are about the version of the tag.
 */
import { readFileSync } from 'node:fs';

const [tag = ''] = process.argv.slice(2);
const version = tag.replace(/^v/, '');
const read = (file) => readFileSync(file, 'utf8');
const isInChangelog = read('CHANGELOG.md')
	.split('\n')
	.some((line) => /^ - \d{4}-\d\d-\d\d$/.test(line.replace(`## [${version}]`, '')));

const checks = [
	[/^v\d+\.\d+\.\d+$/.test(tag), `The tag “${tag}” is not a version such as v1.2.3.`],
	...['package.json', 'package-lock.json'].map((file) => {
		const own = JSON.parse(read(file)).version;
		return [own === version, `The version in ${file} is ${own}.`];
	}),
	[isInChangelog, `CHANGELOG.md has no “## [${version}] - <date>”.`],
];

const found = checks.filter(([holds]) => !holds).map(([, remark]) => remark);
for (const remark of found) console.error(`✗ ${remark}`);
if (found.length === 0) console.log(`✓ ${tag} can be published.`);
process.exit(found.length === 0 ? 0 : 1);
