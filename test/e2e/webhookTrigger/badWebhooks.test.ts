/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';

import type { StoredCredential } from '../../../scripts/n8n/answers';
import { OWN_CONNECTION } from '../../../scripts/n8n/rest';
import { startRun, untilStatus } from '../../../support/n8n/runs';
import { joinTestbed } from '../../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../../support/n8n/testbed';
import { suspendingWorkflow } from '../../../support/n8n/workflows';
import { activeTrigger, runsOf, SECRET } from '../../../support/n8n/webhookTriggerWorkflow';

let testbed: Testbed;
let credential: StoredCredential;
beforeAll(async () => {
	testbed = await joinTestbed({ simulator: { renderSeconds: Infinity } });
	credential = await testbed.credentialWith(RIGHT_KEY, { webhookSecret: SECRET });
});
afterAll(async () => await testbed?.close());

/** A form with a file, as a browser sends it. */
function form(): FormData {
	const data = new FormData();
	data.append('data', '{"task_id":"1","status":"completed"}');
	data.append('file', new Blob([Buffer.alloc(100_000)]), 'video.mp4');
	return data;
}

const json = { 'content-type': 'application/json' };
const bodies: Array<[string, RequestInit]> = [
	['no body', {}],
	['12 MB of JSON', { headers: json, body: JSON.stringify({ data: 'x'.repeat(12_000_000) }) }],
	['a deep JSON', { headers: json, body: '['.repeat(5_000) + ']'.repeat(5_000) }],
	['half a JSON', { headers: json, body: '{"data":{"task_id":' }],
	['a list', { headers: json, body: '[1,2,3]' }],
	['a gzip', { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"data":7}') }],
	['a form', { body: new URLSearchParams({ data: 'task_id=1' }) }],
	['a form with a file', { body: form() }],
	['XML', { headers: { 'content-type': 'text/xml' }, body: '<a><b>1</b></a>' }],
	['a picture', { headers: { 'content-type': 'image/png' }, body: Buffer.alloc(50_000) }],
];

async function statusesOf(url: string): Promise<Record<string, number>> {
	const statuses: Record<string, number> = {};
	const send = async (name: string, init: RequestInit) => {
		const headers = { ...OWN_CONNECTION, ...(init.headers as Record<string, string>) };
		statuses[name] = (await fetch(url, { ...init, headers })).status;
	};
	for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) await send(method, { method });
	for (const [name, init] of bodies) {
		await send(name, { method: 'POST', ...init });
		const headers = { ...(init.headers as Record<string, string>), 'x-webhook-secret': SECRET };
		await send(`${name}, with the secret`, { method: 'POST', ...init, headers });
	}
	return statuses;
}

function expectRefusals(statuses: Record<string, number>): void {
	const others = Object.entries(statuses).filter(([, status]) => status < 400 || status >= 500);
	expect(others).toEqual([]);
}

test('a suspended execution refuses whatever is no webhook of PiAPI, and stays suspended', async () => {
	const parameters = { waitMode: 'callback' };
	const call = await startRun(testbed.client, suspendingWorkflow(credential, { parameters }), {
		prompts: ['A paper boat drifts down a gutter'],
	});
	await untilStatus(testbed.client, call, 'waiting');
	const [{ config }] = testbed.simulator.tasks.values();

	expectRefusals(await statusesOf(String(config.webhook_config?.endpoint)));
	await untilStatus(testbed.client, call, 'waiting');
});

test('the webhook trigger refuses it too, and starts nothing', async () => {
	const trigger = await activeTrigger(testbed);

	expectRefusals(await statusesOf(trigger.productionUrl));
	expect(await runsOf(testbed, trigger)).toEqual([]);
});
