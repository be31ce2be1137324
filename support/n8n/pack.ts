/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import execa from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repository } from '../../scripts/n8n/versions';

export type Packed = Awaited<ReturnType<typeof pack>>;

/** The very files that `npm publish` would upload, so that one missing from the tarball is noticed. */
export async function pack() {
	const folder = mkdtempSync(join(tmpdir(), 'packed-'));
	const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
	const { stdout } = await execa('npm', words, { cwd: repository });
	const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
	const tarball = join(folder, filename);
	await execa('tar', ['-xzf', tarball], { cwd: folder });
	const remove = () => rmSync(folder, { recursive: true, force: true });
	return { tarball, folder, packageFolder: join(folder, 'package'), remove };
}
