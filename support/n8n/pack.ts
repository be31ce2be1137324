/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import execa from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repository } from '../../scripts/n8n/versions';

export interface Packed {
	/** Path of the tarball that npm would publish. */
	tarball: string;
	/** An empty folder beside it. */
	folder: string;
	remove(): void;
}

/** Packs the package into a folder of its own. */
export async function pack(): Promise<Packed> {
	const folder = mkdtempSync(join(tmpdir(), 'packed-'));
	const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
	const { stdout } = await execa('npm', words, { cwd: repository });
	const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
	return {
		tarball: join(folder, filename),
		folder,
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}

/** The very files that `npm publish` would upload, so that one missing from the tarball is noticed. */
export async function packAndUnpack(): Promise<Pick<Packed, 'folder' | 'remove'>> {
	const { tarball, folder, remove } = await pack();
	await execa('tar', ['-xzf', tarball], { cwd: folder });
	return { folder: join(folder, 'package'), remove };
}
