import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeListSearchResult } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { historyFaults } from '../../../simulator/historyFaults';
import { runLuma } from '../../../support/engine/engine';
import { askTool } from '../../../support/engine/agent';
import { loadOptionsContext } from '../../../support/engine/context';
import { count, PROMPT, startService } from '../../../support/engine/service';
import { startServiceWith } from '../../../support/engine/webhookRequests';

const lists = new Luma().methods.listSearch;

const GONE = 'c42f6ec7-0000-4b8e-9d5e-000000000000';

type Options = Parameters<typeof loadOptionsContext>[0];

interface Search {
	method?: keyof typeof lists;
	filter?: string;
	token?: string;
}

async function list(
	options: Options,
	{ method = 'searchTasks', filter, token }: Search = {},
): Promise<INodeListSearchResult> {
	return await lists[method].call(loadOptionsContext(options), filter, token);
}

async function valuesIn(...args: Parameters<typeof list>): Promise<unknown[]> {
	return (await list(...args)).results.map(({ value }) => value);
}

/** A service whose tasks wait to start. */
const startWith = async (prompts: string[]) =>
	await startServiceWith(prompts, { queueSeconds: Infinity, balanceUsd: 100 });

function numbered(howMany: number): string[] {
	return Array.from({ length: howMany }, (_, i) => `Take ${i + 1} of a red fox`);
}

describe('the list of tasks', () => {
	it('shows the newest first, with date, status and the beginning of the prompt', async () => {
		const long = `A paper boat\n drifts ${'far '.repeat(40)}away`;
		const { url, simulator, made } = await startWith([PROMPT, long]);
		const { results, paginationToken } = await list({ url, timezone: 'Asia/Tokyo' });

		expect(results.map(({ value }) => value)).toEqual([made[1], made[0]]);
		expect(paginationToken).toBeUndefined();
		const [{ createdAt }] = simulator.tasks.values();
		const inTokyo = new Date(createdAt + 9 * 3_600_000).toISOString();
		expect(results[1].name).toBe(
			`${inTokyo.slice(0, 10)} ${inTokyo.slice(11, 16)} · pending · ${PROMPT}`,
		);
		expect(results[0].name).toMatch(/ · pending · A paper boat drifts far .{30,50}…$/);
	});

	it('tells the takes of one prompt apart by the end of their IDs', async () => {
		const { url, made } = await startWith([PROMPT, PROMPT, PROMPT, 'A goat plays the fiddle']);
		const other = String(made.pop());
		const { results } = await list({ url });

		const names = new Map(results.map(({ name, value }) => [value, name]));
		for (const take of made) expect(names.get(take)).toContain(`…${take.slice(-4)} · ${PROMPT}`);
		expect(new Set(names.values()).size).toBe(4);
		expect(names.get(other)).not.toContain('…');
	});

	it('comes in pages that together have every task once, also where a page of PiAPI ends', async () => {
		const { url, made } = await startWith(numbered(105));
		const found: unknown[] = [];
		for (let from = 0; from < made.length; from += 10) {
			const { results, paginationToken } = await list({ url }, { token: String(from) });
			found.push(...results.map(({ value }) => value));
			expect(paginationToken).toBe(from === 100 ? undefined : String(from + 10));
		}
		expect(found).toEqual([...made].reverse());
	});

	it.each([
		['a word of the prompt in any case', () => 'FIDDLE'],
		['a part of the ID', (id: string) => id.slice(4, 18)],
		['a date and a status', () => 'pending · a goat'],
	])('finds a task by %s', async (_, filterFor) => {
		const { url, made } = await startWith([PROMPT, 'A goat plays the fiddle', PROMPT]);
		const { results } = await list({ url }, { filter: filterFor(made[1]) });
		const name = expect.stringContaining('A goat plays the fiddle');
		expect(results).toEqual([{ name, value: made[1] }]);
	});

	it('finds an old task by its whole ID with one request', async () => {
		const { url, simulator, made } = await startWith(numbered(2));
		const before = simulator.calls.length;
		const { results } = await list({ url }, { filter: ` ${made[0]} ` });
		expect(results).toEqual([{ name: expect.stringContaining('Take 1'), value: made[0] }]);
		expect(simulator.calls.slice(before).map(({ route }) => route)).toEqual(['read']);
	});

	it('says so when PiAPI does not know an ID', async () => {
		const { url } = await startService();
		const { results } = await list({ url }, { filter: GONE });
		expect(results).toEqual([{ name: 'PiAPI does not know this task', value: '' }]);
	});

	it('has no results when no task fits, and says when it has not looked at all', async () => {
		const { url } = await startWith(numbered(60));
		expect(await list({ url }, { filter: 'whale', token: '50' })).toEqual({ results: [] });
		const { results } = await list({ url }, { filter: 'whale' });
		expect(results).toEqual([{ name: expect.stringContaining('latest tasks'), value: '' }]);
	});

	it('reads each prompt once', async () => {
		const { url, simulator } = await startWith(numbered(4));
		await list({ url });
		await list({ url }, { filter: 'take' });
		expect(count(simulator, 'read')).toBe(4);
	});

	it('goes without prompts when PiAPI asks for fewer requests', async () => {
		const { url, simulator, made } = await startWith(numbered(10));
		simulator.addFault({ route: 'read', calls: 'every', effect: { kind: 'answer', status: 429 } });
		const { results } = await list({ url });
		expect(results.map(({ value }) => value)).toEqual([...made].reverse());
		expect(results[0].name).toMatch(/ · pending$/);
		expect(count(simulator, 'read')).toBeLessThanOrEqual(5);
	});
});

describe('the list of an operation', () => {
	async function threeTasks() {
		const { url, simulator, made } = await startWith(['Done', 'Running', 'Waiting']);
		const [done, running, waiting] = made;
		simulator.complete(simulator.tasks.get(done)!);
		simulator.start(simulator.tasks.get(running)!);
		return { url, done, running, waiting };
	}

	it('has only completed tasks where a video is needed, and only waiting ones to cancel', async () => {
		const { url, done, running, waiting } = await threeTasks();
		expect(await valuesIn({ url })).toEqual([waiting, running, done]);
		expect(await valuesIn({ url }, { method: 'searchCompletedTasks' })).toEqual([done]);
		expect(await valuesIn({ url }, { method: 'searchPendingTasks' })).toEqual([waiting]);
	});

	it('does not offer another one by its ID', async () => {
		const { url, running } = await threeTasks();
		const { results } = await list({ url }, { method: 'searchCompletedTasks', filter: running });
		expect(results).toEqual([{ name: expect.stringContaining('“processing”'), value: '' }]);
	});

	it.each([
		['taskId', 'task', 'get', 'searchTasks'],
		['taskId', 'task', 'wait', 'searchTasks'],
		['taskId', 'task', 'cancel', 'searchPendingTasks'],
		['taskId', 'video', 'download', 'searchCompletedTasks'],
		['sourceTaskId', 'video', 'extend', 'searchCompletedTasks'],
	])('is used by %s of %s: %s', (name, resource, operation, method) => {
		const field = new Luma().description.properties.find(
			({ displayOptions, ...own }) =>
				own.name === name &&
				displayOptions?.show?.resource?.includes(resource) &&
				displayOptions.show.operation?.includes(operation),
		);
		expect(field?.modes?.map((mode) => mode.name)).toEqual(['list', 'id']);
		expect(field?.modes?.[0].typeOptions).toEqual({ searchListMethod: method, searchable: true });
	});
});

describe('a list that cannot be shown', () => {
	it.each([
		['searchTasks', /no Luma tasks in this account/],
		['searchCompletedTasks', /no completed video/],
		['searchPendingTasks', /nothing to cancel/],
	] as const)('has a line for an account without such tasks: %s', async (method, line) => {
		const { url } = await startService();
		const { results } = await list({ url }, { method });

		expect(results).toEqual([{ name: expect.stringMatching(line), value: '' }]);
	});

	it.each<[string, Partial<Options>, string, string]>([
		['a credential', { settings: { credentials: {} } }, 'credential', 'Choose a credential'],
		['the right key', { credential: { apiKey: 'another-key' } }, 'this key', 'Check the PiAPI key'],
		['a way to PiAPI', { url: 'http://127.0.0.1:9' }, 'could not be reached', 'network'],
	])('without %s says what to do', async (_, own, message, description) => {
		const { url } = await startService();
		const error = await list({ url, ...own }).catch((thrown: Error) => thrown);

		expect(error).toMatchObject({
			message: expect.stringContaining(message),
			description: expect.stringContaining(description),
		});
		expect(JSON.stringify(error)).not.toContain('another-key');
	});

	it.each(['answers500', 'hasNoList', 'hasNoRows'] as const)(
		'says what to do when the history %s',
		async (fault) => {
			const { url, simulator } = await startService();
			simulator.addFault({ route: 'history', calls: 'every', effect: historyFaults[fault] });

			await expect(list({ url })).rejects.toMatchObject({
				description: expect.stringContaining('choose By ID'),
			});
		},
	);

	it('keeps what can be read of a damaged history', async () => {
		const { url, simulator, made } = await startWith(numbered(3));
		const effect = historyFaults.hasBrokenRows;
		simulator.addFault({ route: 'history', calls: 'every', effect });
		expect(await valuesIn({ url })).toHaveLength(made.length);
	});
});

describe('a task that was chosen', () => {
	const get = { resource: 'task', operation: 'get' };
	const chosen = (mode: string, value: string) => ({ __rl: true, mode, value });

	it.each<[string, (id: string) => string | IDataObject]>([
		['from the list', (id) => ({ ...chosen('list', id), cachedResultName: 'x' })],
		['by its ID', (id) => chosen('id', ` ${id} `)],
		['by an expression', () => chosen('id', '={{ $json.taskId }}')],
		['by the expression of an older workflow', () => '={{ $json.taskId }}'],
		['by the text of an older workflow', (id) => id],
	])('is used: %s', async (_, parameter) => {
		const { url, made } = await startWith([PROMPT]);
		const [taskId] = made;
		const parameters = { ...get, taskId: parameter(taskId) };
		const run = await runLuma({ url, items: [{ taskId }], parameters });
		expect(run.error).toBeUndefined();
		expect(run.json[0]).toMatchObject({ taskId, prompt: PROMPT });
	});

	it.each([
		['by an expression that finds nothing', chosen('id', '={{ $json.nothing }}')],
		['by an object', `={{ { value: "${GONE}" } }}`],
	])('is missed before any request: %s', async (_, taskId) => {
		const { url, simulator } = await startService();
		const { error } = await runLuma({ url, parameters: { ...get, taskId } });

		expect(error).toBeDefined();
		expect(simulator.calls).toEqual([]);
	});

	it('is missed before the run where a line of the list was chosen that names none', async () => {
		const { url, simulator } = await startService();
		const parameters = { ...get, taskId: chosen('list', '') };
		await expect(async () => await runLuma({ url, parameters })).rejects.toThrow(/issues/);
		expect(simulator.calls).toEqual([]);
	});

	it('is the one to be continued', async () => {
		const { url, made } = await startServiceWith(1, { renderSeconds: 0 });
		const [taskId] = made;
		const sourceTaskId = chosen('list', taskId);
		const options = { dryRun: true };
		const parameters = { operation: 'extend', prompt: PROMPT, sourceTaskId, options };
		const { json } = await runLuma({ url, parameters });
		expect(json[0]).toHaveProperty('request.body.input.key_frames.frame0.id', taskId);
	});

	it('can be given by the model of an agent', async () => {
		const { url, made } = await startWith([PROMPT]);
		const [taskId] = made;
		const asked = chosen('id', "={{ $fromAI('id', 'the task', 'string') }}");
		const parameters = { ...get, taskId: asked };
		const { answers } = await askTool({ url, parameters }, [{ id: taskId }]);
		expect(JSON.parse(answers[0])).toEqual([expect.objectContaining({ taskId, prompt: PROMPT })]);
	});
});
