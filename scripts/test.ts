/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/** npm test: every check this project has. One that fails does not hide the others. */
import { join } from 'node:path';

import { buildStep } from './build';
import { endWith, temporaryFolder, whenAskedToEnd } from './ending';
import { jest } from './jest';
import { addUp, inWords } from './jestResults';
import { installN8n, isInstalled } from './n8n/install';
import { n8nReleases } from './n8n/versions';
import { elapsed } from './progress';
import { command, mark, showStep, startStep, type Step } from './steps';

const VERSION = '2.8';

const startedAt = Date.now();
const temporary = temporaryFolder('test');
whenAskedToEnd((exitCode) => process.exit(exitCode));

const fastResults = join(temporary, 'fast.json');
const endToEndResults = join(temporary, 'e2e.json');

async function ensureInstalled(write: (text: string) => void): Promise<boolean> {
	if (isInstalled(VERSION)) return true;
	write(`n8n ${n8nReleases[VERSION].release} is installed once; this takes about 4 minutes.\n`);
	await installN8n(VERSION);
	return true;
}

/** Two lanes beside each other, one for each core; the installation mostly waits for the network. */
function startAll(): Step[] {
	const n8n = startStep(`n8n ${n8nReleases[VERSION].release} for the tests`, ensureInstalled);
	const lint = startStep('Lint', command(['npm', 'run', '--silent', 'lint']));
	const structure = startStep('Structure', command(['npm', 'run', '--silent', 'structure']), {
		after: [lint],
	});
	const types = startStep('Types', command(['npm', 'run', '--silent', 'types']));
	const build = startStep('Build', buildStep, { after: [types] });
	const format = startStep('Formatting', command(['npm', 'run', '--silent', 'format:check']), {
		after: [build],
	});
	const fast = startStep(
		'Tests: unit, engine, package',
		jest({
			projects: ['unit', 'engine', 'package'],
			resultFile: fastResults,
			version: VERSION,
			workers: 4,
		}),
		{ talkative: true, after: [structure, format] },
	);
	const endToEnd = startStep(
		`Tests: e2e, in a real n8n ${VERSION}`,
		jest({ projects: ['e2e'], resultFile: endToEndResults, version: VERSION, workers: 2 }),
		{
			talkative: true,
			after: [fast, n8n],
		},
	);
	return [lint, structure, format, types, build, fast, n8n, endToEnd];
}

async function main(): Promise<number> {
	const steps = startAll();
	const outcomes: boolean[] = [];
	for (const step of steps) outcomes.push(await showStep(step));

	console.log('\n── Summary');
	for (const [i, step] of steps.entries()) {
		console.log(`${mark(outcomes[i])}  ${step.took().padStart(5)}  ${step.title}`);
	}
	console.log(`          ${elapsed(startedAt).padStart(5)}  in all\n`);
	console.log(inWords(addUp([fastResults, endToEndResults])));
	return outcomes.every(Boolean) ? 0 : 1;
}

endWith(main());
