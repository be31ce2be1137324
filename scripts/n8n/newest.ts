import execa from 'execa';

import { n8nReleases, n8nVersions } from './versions';

/** Listed, but they cannot be installed: some of n8n's own packages were missing (tried 2026-11). */
const NOT_INSTALLABLE: readonly string[] = ['2.41.3'];

/** The newest n8n that npm lists; undefined when it cannot be asked. */
async function newestListed(): Promise<string | undefined> {
	const { stdout, failed } = await execa('npm', ['view', 'n8n', 'version'], { reject: false });
	return failed ? undefined : stdout.trim();
}

/** Whether one version comes before another, such as 2.9.1 before 2.10.0. */
export function isBefore(one: string, other: string): boolean {
	return one.localeCompare(other, 'en', { numeric: true }) < 0;
}

/** A sentence for the end of the tests in all versions: how the newest of them stands to what npm lists. */
export async function howNew(ask = newestListed): Promise<string> {
	const releases = n8nVersions.map((version) => n8nReleases[version].release);
	const tested = releases.reduce((one, other) => (isBefore(one, other) ? other : one));
	const listed = await ask();
	if (listed === undefined) return `npm could not be asked whether n8n ${tested} is the newest.`;
	if (!isBefore(tested, listed)) return `n8n ${tested} is the newest.`;
	const known = NOT_INSTALLABLE.includes(listed) ? ' It could not be installed so far.' : '';
	return `n8n ${listed} is out, newer than the ${tested} of these tests.${known} To try it, install it in the folder of ${tested}, and set its release in scripts/n8n/versions.ts.`;
}
