/** npm test: every check this project has, besides the browser, queue mode and other versions of n8n. */
import { jest, runBeside } from './beside';
import { ensureBuilt } from './build';
import { endWith } from './ending';

const CHECKS = ['lint', 'types', 'structure', 'format:check'];

async function main(): Promise<number> {
	await ensureBuilt();
	const suites = [
		{ name: 'e2e', command: jest('e2e', 2), env: { N8N_VERSION: '2.8' } },
		{ name: 'unit, engine', command: jest('unit engine package', 2) },
		...CHECKS.map((name) => ({ name, command: `npm run --silent ${name}` })),
	];
	// The tests in n8n wait half of their time: three lanes keep two cores busy.
	return await runBeside(suites, 3);
}

endWith(main());
