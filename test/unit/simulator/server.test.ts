import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { serve, Simulator, type SimulatorOptions } from '../../../simulator';
import { until } from '../../../support/eventually';

const headers = { 'x-api-key': 'simulated-key' };
const createTask = { model: 'luma', task_type: 'video_generation', input: { prompt: 'a heron' } };

let simulator: Simulator;
let server: Awaited<ReturnType<typeof serve>>;

async function start(options: SimulatorOptions = {}): Promise<void> {
	simulator = new Simulator({ queueSeconds: 0, renderSeconds: 0, ...options });
	server = await serve(simulator);
}

beforeEach(async () => await start());
afterEach(async () => await server.close());

const post = async (body: string) =>
	await fetch(`${server.url}/api/v1/task`, { method: 'POST', headers, body });
const create = async () => {
	const response = await post(JSON.stringify(createTask));
	return ((await response.json()) as { data: { task_id: string } }).data.task_id;
};
const video = async () => `${server.url}/media/${await create()}/video.mp4`;

it('answers over HTTP, and points the links to itself', async () => {
	const taskId = await create();
	const response = await fetch(`${server.url}/api/v1/task/${taskId}`, { headers });
	expect(response.headers.get('content-type')).toContain('application/json');
	expect(await response.json()).toMatchObject({
		code: 200,
		data: { output: { video: `${server.url}/media/${taskId}/video.mp4` } },
	});
	expect((await post('{"model":')).status).toBe(400);
});

it('tells the size of a file by HEAD', async () => {
	const url = await video();
	const whole = await (await fetch(url)).arrayBuffer();
	const head = await fetch(url, { method: 'HEAD' });
	expect(head.headers.get('content-length')).toBe(String(whole.byteLength));
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
	await start({ mediaBytes: 50_000_000 });
	const leaving = new AbortController();
	const response = await fetch(await video(), { signal: leaving.signal });
	expect(response.headers.get('content-length')).toBe('50000000');
	leaving.abort();
	expect(await create()).toBeDefined();
});

it('ends open connections when it closes', async () => {
	simulator.addFault({ route: 'account', effect: { kind: 'hang' } });
	const outcome = expect(fetch(`${server.url}/account/info`, { headers })).rejects.toThrow();
	await until('the request has come', () => simulator.calls.length > 0);
	await server.close();
	await outcome;
	expect(simulator.calls).toMatchObject([{ status: 'hang' }]);
});
