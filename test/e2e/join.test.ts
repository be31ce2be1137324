/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { itemsOf, outputOf, type StoredCredential } from '../../scripts/n8n/answers';
import { repository } from '../../scripts/n8n/versions';
import { filmOf } from '../../support/media/mp4File';
import { finished, startRun } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import { LUMA, lumaNode, onePerPrompt, webhookWorkflow } from '../../support/n8n/workflows';

/** POST { prompts: [...] } in, and the answer of the same request is one MP4 of all their videos. */
function filmWorkflow(credential: StoredCredential) {
	return webhookWorkflow('firstEntryBinary', [
		onePerPrompt(),
		lumaNode(credential),
		lumaNode(credential, { name: 'Join', parameters: { operation: 'join' } }),
	]);
}

let testbed: Testbed | undefined;
afterAll(async () => await testbed?.close());

test('the videos of three prompts come out as one file, each downloaded once', async () => {
	testbed = await joinTestbed();
	const { client, simulator } = testbed;
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const prompts = ['A fox in the snow', 'A hare in the snow', 'An owl in the snow'];
	const call = await startRun(client, filmWorkflow(credential), { prompts });
	const response = await call.response;
	const answer = Buffer.from(await response.arrayBuffer());

	const clip = readFileSync(join(repository, 'simulator', 'media', '16x9.mp4'));
	const parts = Array.from({ length: 3 }, () => filmOf(clip).frames).flat();
	const film = filmOf(answer).frames;
	expect(film.map(({ bytes }) => bytes.toString('hex'))).toEqual(
		parts.map(({ bytes }) => bytes.toString('hex')),
	);

	const execution = await finished(client, call);
	const [{ json, binary }] = itemsOf(execution, 'Join');
	expect(json).toEqual({
		clips: 3,
		duration: 15,
		width: expect.any(Number),
		height: expect.any(Number),
		sizeBytes: answer.length,
		taskIds: outputOf(execution, LUMA).map(({ taskId }) => taskId),
	});
	expect(binary?.data).toMatchObject({ mimeType: 'video/mp4', fileName: 'luma-film.mp4' });
	const downloads = simulator.calls.filter(({ route }) => route === 'media');
	expect(downloads.map(({ path }) => path)).toHaveLength(
		new Set(downloads.map(({ path }) => path)).size,
	);
});
