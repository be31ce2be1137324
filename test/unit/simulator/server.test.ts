/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serve, Simulator } from '../../../simulator';

const headers = { 'x-api-key': 'simulated-key' };
const createTask = { model: 'luma', task_type: 'video_generation', input: { prompt: 'a heron' } };

describe('serve', () => {
	let simulator: Simulator;
	let server: Awaited<ReturnType<typeof serve>>;

	beforeEach(async () => {
		simulator = new Simulator({ queueSeconds: 0, renderSeconds: 0 });
		server = await serve(simulator);
	});

	afterEach(async () => await server.close());

	const create = async () => {
		const body = JSON.stringify(createTask);
		const response = await fetch(`${server.url}/api/v1/task`, { method: 'POST', headers, body });
		return (await response.json()) as { data: { task_id: string } };
	};
	const video = async () => `${server.url}/media/${(await create()).data.task_id}/video.mp4`;

	it('answers over HTTP and points the links to itself', async () => {
		const { task_id } = (await create()).data;
		const response = await fetch(`${server.url}/api/v1/task/${task_id}`, { headers });
		expect(response.headers.get('content-type')).toContain('application/json');
		expect(await response.json()).toMatchObject({
			code: 200,
			data: { output: { video: `${server.url}/media/${task_id}/video.mp4` } },
		});
	});

	it('answers 400 to a body that is no JSON', async () => {
		const body = '{"model":';
		const response = await fetch(`${server.url}/api/v1/task`, { method: 'POST', headers, body });
		expect(response.status).toBe(400);
	});

	it('serves media whole, in ranges and by HEAD', async () => {
		const url = await video();
		const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
		expect(whole.toString('latin1', 4, 8)).toBe('ftyp');
		const range = await fetch(url, { headers: { range: 'bytes=4-7' } });
		expect([range.status, await range.text()]).toEqual([206, 'ftyp']);
		const head = await fetch(url, { method: 'HEAD' });
		expect(head.headers.get('content-length')).toBe(String(whole.length));
	});

	it('resets connections under a fault', async () => {
		simulator.addFault({ route: 'create', effect: { kind: 'reset', afterHandling: true } });
		await expect(create()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
		expect(simulator.tasks.size).toBe(1);
	});

	it('cuts JSON and media off in the middle', async () => {
		simulator.addFault({ route: 'account', effect: { kind: 'cutOff' } });
		simulator.addFault({ route: 'media', effect: { kind: 'cutOff' } });
		const account = await fetch(`${server.url}/account/info`, { headers });
		expect(account.status).toBe(200);
		await expect(account.text()).rejects.toThrow();
		const media = await fetch(await video());
		await expect(media.arrayBuffer()).rejects.toThrow();
	});

	it('survives a client that leaves in the middle of a video', async () => {
		await server.close();
		simulator = new Simulator({ queueSeconds: 0, renderSeconds: 0, mediaBytes: 50_000_000 });
		server = await serve(simulator);
		const leaving = new AbortController();
		const response = await fetch(await video(), { signal: leaving.signal });
		expect(response.headers.get('content-length')).toBe('50000000');
		leaving.abort();
		expect((await create()).data.task_id).toBeDefined();
	});

	it('ends open connections when it closes', async () => {
		simulator.addFault({ route: 'account', effect: { kind: 'hang' } });
		const hanging = fetch(`${server.url}/account/info`, { headers });
		const outcome = expect(hanging).rejects.toThrow('fetch failed');
		while (simulator.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		await server.close();
		await outcome;
		expect(simulator.calls).toMatchObject([{ status: 'hang' }]);
	});

	it('rejects when the port is in use', async () => {
		const port = Number(new URL(server.url).port);
		await expect(serve(new Simulator(), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
	});
});
