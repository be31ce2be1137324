import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call, SimulatorOptions } from '../../../simulator';
import { Luma } from '../../../nodes/Luma/Luma.node';
import { askTool } from '../../../support/engine/agent';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { effects, type Effect, type Seen } from '../../../support/engine/effects';
import { fieldsIn } from '../../../support/engine/fields';
import { runLuma, startLuma, summary, type LumaRun } from '../../../support/engine/engine';
import { PROMPT, startService } from '../../../support/engine/service';

const { properties } = new Luma().description;

const NO_VALUE = ['notice', 'collection', 'fixedCollection'];

function pathsOf(resource: string, operation: string): string[] {
	const shown = properties.filter(({ name, displayOptions: { show = {} } = {} }) => {
		const isOwn = show.resource?.includes(resource) && show.operation?.includes(operation);
		return isOwn && name !== 'operation';
	});
	// A notice is only read, and a collection is what is in it.
	const own = fieldsIn(shown).filter(({ type }) => !NO_VALUE.includes(type));
	return [...new Set(own.map(({ path }) => path))];
}

const operations = properties
	.filter(({ name }) => name === 'operation')
	.flatMap(({ displayOptions, options = [] }) =>
		options.map((option) => [
			String(displayOptions?.show?.resource?.[0]),
			String('value' in option && option.value),
		]),
	);

it('knows every operation of the node', () => {
	expect(operations.map((names) => names.join('.')).sort()).toEqual(Object.keys(effects).sort());
});

describe.each(operations)('%s: %s', (resource, operation) => {
	useBinaryStore();
	const own = effects[`${resource}.${operation}`] ?? {};

	it('has a test for each of its fields', () => {
		expect(Object.keys(own).sort()).toEqual(pathsOf(resource, operation).sort());
	});

	if (Object.keys(own).length === 0) return;

	it.each(Object.entries(own))('%s does something', async (_, effect) => {
		await expectEffect(resource, operation, effect);
	});
});

async function expectEffect(resource: string, operation: string, effect: Effect): Promise<void> {
	const [own, shown, { asTool, gap, items = [{}], meanwhile, service = {} } = {}] = effect;
	const { simulator, url } = await startService(serviceFor(operation, service));
	const earlier = await earlierTask(url, operation, service);
	const before = simulator.calls.length;
	const calls = () => simulator.calls.slice(before);
	const parameters = {
		resource,
		operation,
		prompt: PROMPT,
		taskId: earlier.taskId,
		sourceTaskId: earlier.taskId,
		startImageUrl: 'http://127.0.0.1:9/start.jpg',
		...own,
	};
	const run = async () => {
		const input = items.map((item) => ('binary' in item ? item : { ...earlier, ...item }));
		const running = startLuma({ url, items: input, parameters });
		await meanwhile?.(running, calls);
		return await running.done;
	};

	expect(seenOf(asTool ? await runAsTool(url, parameters) : await run(), calls())).toMatchObject({
		...(!meanwhile && { error: '' }),
		...(typeof shown === 'function' ? shown(earlier) : shown),
	});
	if (!gap) return;
	const [first, second] = calls().filter(({ route }) => route === gap[0]);
	expect(second.at - first.at).toBeGreaterThanOrEqual(gap[1]);
}

function seenOf({ json, items, error }: LumaRun, calls: Call[]): Seen {
	const [item = {}] = json;
	const { body } = (item.request ?? {}) as { body?: Pick<Seen, 'input' | 'config'> };
	const requests = { create: 0, read: 0, cancel: 0, upload: 0 } as Seen['requests'];
	for (const { route } of calls) requests[route] = (requests[route] ?? 0) + 1;
	return {
		item,
		keys: Object.keys(item),
		files: items[0]?.binary ?? {},
		items: json.length,
		input: body?.input ?? {},
		config: body?.config ?? {},
		error: error ? `${error.message} ${error.description}` : '',
		requests,
	};
}

async function runAsTool(url: string, parameters: IDataObject): Promise<LumaRun> {
	const { run, answers } = await askTool({ url, parameters });
	return { ...summary(run), json: JSON.parse(answers[0]) as IDataObject[] };
}

/** Only a finished video can be extended, whatever becomes of the others. */
function serviceFor(operation: string, service: SimulatorOptions): SimulatorOptions {
	const { readsPerStep, renderSeconds = readsPerStep ? Infinity : 0, queueSeconds = 0 } = service;
	if (operation !== 'extend') return { ...service, renderSeconds, queueSeconds };
	const fromSecondOn = (seconds: unknown) => (_: unknown, ordinal: number) =>
		ordinal === 1 ? 0 : Number(seconds);
	return {
		...service,
		renderSeconds: fromSecondOn(renderSeconds),
		queueSeconds: fromSecondOn(queueSeconds),
	};
}

/** What an operation on earlier tasks is about. */
async function earlierTask(
	url: string,
	operation: string,
	{ renderSeconds, queueSeconds }: SimulatorOptions,
): Promise<IDataObject> {
	if (['textToVideo', 'imageToVideo'].includes(operation)) return {};
	const isSlow = renderSeconds === Infinity || queueSeconds === Infinity;
	const waitMode = isSlow ? 'none' : 'poll';
	const { json } = await runLuma({
		url,
		items: operation === 'getMany' ? [{}, {}] : [{}],
		parameters: { prompt: PROMPT, waitMode, options: { pollIntervalSeconds: 0.1 } },
	});
	return json[0];
}
