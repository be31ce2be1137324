/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import execa from 'execa';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repository } from '../../scripts/n8n/versions';

/** The very files that `npm publish` would upload, so that one missing from the tarball is noticed. */
export async function packAndUnpack() {
	const folder = mkdtempSync(join(tmpdir(), 'luma-packed-'));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
	await execa('npm', pack, { cwd: repository });
	const [tarball] = readdirSync(folder);
	await execa('tar', ['-xzf', tarball], { cwd: folder });
	return { folder: join(folder, 'package'), remove };
}
