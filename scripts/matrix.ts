/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/**
 * npm run test:matrix [-- version ...]: the end-to-end tests in each n8n of the table, or in those
 * that are named, side by side, as a test mostly waits. Ends with npm's table if it lists another n8n.
 */
import execa from 'execa';

import { jest, runBeside } from './beside';
import { ensureBuilt } from './build';
import { endWith } from './ending';
import { ensureN8n } from './install';
import { n8nFolder, n8nReleases, n8nVersions, versionNamed } from './n8n/versions';

async function main(names: string[]): Promise<number> {
	const versions = names.length > 0 ? names.map(versionNamed) : n8nVersions;
	await ensureN8n(...versions);
	await ensureBuilt();
	const suites = versions.map((version) => ({
		name: `n8n ${n8nReleases[version].release}`,
		command: jest('e2e', 2),
		env: { N8N_VERSION: version },
	}));
	const exitCode = await runBeside(suites, suites.length);
	const cwd = n8nFolder(n8nVersions[n8nVersions.length - 1]);
	await execa('npm', ['outdated', 'n8n'], { cwd, reject: false, stdio: 'inherit' });
	return exitCode;
}

endWith(main(process.argv.slice(2)));
