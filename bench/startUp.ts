/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import execa from 'execa';
import { join } from 'node:path';

import { temporaryFolder } from '../scripts/ending';
import { repository } from '../scripts/n8n/versions';
import { decimals, goal, type Section, spreadOf } from './section';

/** From `npm start` to the first video, with everything installed. */
export async function measureStartUp({ rounds }: { rounds: number }): Promise<Section> {
	const seconds: number[] = [];
	for (let round = 0; round < rounds; round++) seconds.push(await secondsToVideo(repository));
	const spread = spreadOf(seconds);
	const reason = `the quickest of ${spread.count} took ${decimals(spread.least)} s`;
	return {
		title: 'Start-up',
		note: 'From `npm start -- --once` until the example workflow has its video and n8n has ended, with everything installed.',
		rows: [{ 'First video, s': spread }],
		goals: [goal('First video with everything installed', spread.median, 'at most 25 s', reason)],
	};
}

/** From `git clone` on, with nothing installed: takes minutes, and depends on the network. */
export async function measureFirstStart(): Promise<Section> {
	const temporary = temporaryFolder('first-start');
	const folder = join(temporary, 'clone');
	const began = performance.now();
	await execa('git', ['clone', '--quiet', repository, folder]);
	await secondsToVideo(folder, { npm_config_cache: join(temporary, 'npm') });
	const seconds = (performance.now() - began) / 1000;
	return {
		title: 'First start',
		note: 'From `git clone` to the first video, with nothing installed and an empty npm cache.',
		rows: [{ 'First video, s': seconds }],
		goals: [
			goal('First video from a clone', seconds, 'at most 300 s', 'installing n8n takes most of it'),
		],
	};
}

async function secondsToVideo(folder: string, environment = {}): Promise<number> {
	const began = performance.now();
	const env = { PIAPI_API_KEY: '', ...environment };
	await execa('npm', ['start', '--', '--once', '--render-seconds', '1'], { cwd: folder, env });
	return (performance.now() - began) / 1000;
}
