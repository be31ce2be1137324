import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { exampleWorkflow, withCredential } from '../../scripts/demo/editor';
import { outputOf } from '../../scripts/n8n/answers';
import { openStage, RIGHT_KEY, WRONG_KEY, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
}, 240_000);
afterAll(async () => await stage?.close(), 60_000);

describe('the package in a real n8n', () => {
	test('the editor offers the Luma node under its stable name, with its picture', async () => {
		const types = await stage.client.nodeTypes();
		const luma = types.find(({ name }) => name === 'n8n-nodes-piapi-luma.luma');
		expect(luma).toMatchObject({ displayName: 'Luma Dream Machine' });

		const icons =
			typeof luma?.iconUrl === 'string' ? [luma.iconUrl] : Object.values(luma?.iconUrl ?? {});
		expect(icons.length).toBeGreaterThan(0);
		for (const icon of icons) {
			const response = await stage.client.request('GET', `/${icon}`);
			expect(response.status).toBe(200);
			expect(response.headers.get('content-type')).toMatch(/^image\//);
		}
	});

	test('the credential test accepts the right key', async () => {
		const credential = await stage.credentialWith(RIGHT_KEY);
		expect(await stage.client.testCredential(credential)).toMatchObject({ status: 'OK' });
	});

	test('the credential test refuses a wrong key and says which key is meant', async () => {
		const credential = await stage.credentialWith(WRONG_KEY);
		const { status, message } = await stage.client.testCredential(credential);
		expect(status).toBe('Error');
		expect(message).toMatch(/PiAPI key/i);
		expect(message).not.toContain(WRONG_KEY);
	});

	test('the example workflow makes a video and the text of a post', async () => {
		const credential = await stage.credentialWith(RIGHT_KEY);
		const example = withCredential(exampleWorkflow(), credential);
		const workflow = await stage.client.createWorkflow(example);

		const run = await stage.client.runManually(workflow, example.nodes[1].name, 60_000);

		expect(run.status).toBe('success');
		const [{ videoUrl }] = outputOf(run, 'Luma Dream Machine');
		const [{ postText }] = outputOf(run, 'Write Post Text');
		expect(videoUrl).toMatch(/^http/);
		expect(postText).toContain(videoUrl);
	}, 90_000);
});
