import { describe, expect, it } from '@jest/globals';
import { assert, asyncProperty, constantFrom, jsonValue, oneof, record, string } from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import type { Call, Route, SimulatorOptions } from '../../../simulator';
import { Luma } from '../../../nodes/Luma/Luma.node';
import { askTool } from '../../../support/engine/agent';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { until } from '../../../support/eventually';
import { effects, type Effect } from '../../../support/engine/effects';
import { fieldsIn, type FieldAt } from '../../../support/engine/fields';
import { runLuma, startLuma, summary, type LumaRun } from '../../../support/engine/engine';
import { PROMPT, startService } from '../../../support/engine/service';

const { properties } = new Luma().description;

const TEXT = ['string', 'resourceLocator'];
const NO_VALUE = ['notice', 'collection', 'fixedCollection'];

function fieldsOf(resource: string, operation: string): FieldAt[] {
	const shown = properties.filter(({ name, displayOptions: { show = {} } = {} }) => {
		const isOwn = show.resource?.includes(resource) && show.operation?.includes(operation);
		return isOwn && name !== 'operation';
	});
	// A notice is only read, and a collection is what is in it.
	const own = fieldsIn(shown).filter(({ type }) => !NO_VALUE.includes(type));
	return [...new Map(own.map((field) => [field.path, field])).values()];
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
	const fields = fieldsOf(resource, operation);

	it('has a test for each of its fields', () => {
		expect(Object.keys(own).sort()).toEqual(fields.map(({ path }) => path).sort());
	});

	if (fields.length > 0) {
		it.each(Object.entries(own))('%s does something', async (_, effect) => {
			await expectEffect(resource, operation, effect);
		});
	}

	const texts = fields.filter(({ type, name }) => TEXT.includes(type) || name === 'camera');
	if (texts.length > 0) {
		it.each(texts)(
			'$path takes any JSON value as it is, or refuses it by name, and pays for nothing else',
			async (field) => await expectAnyValue(resource, operation, field, own[field.path][0]),
		);
	}
});

async function expectEffect(resource: string, operation: string, effect: Effect): Promise<void> {
	const [own, shown, { asTool, gap, items = [{}], stopAfter, service = {} } = {}] = effect;
	const { simulator, url } = await startService(serviceFor(operation, service));
	const earlier = await earlierTask(url, operation, service);
	const before = simulator.calls.length;
	const calls = (route?: Route) =>
		simulator.calls.slice(before).filter((call) => !route || call.route === route);
	const parameters = { resource, operation, ...about(earlier), ...own };
	const run = async () => {
		const input = items.map((item) => ('binary' in item ? item : { ...earlier, ...item }));
		const running = startLuma({ url, items: input, parameters });
		if (stopAfter) {
			const [route, most] = stopAfter;
			await until('the requests are made', () => calls(route).length >= most);
			running.stop();
		}
		return await running.done;
	};

	expect(seenOf(asTool ? await runAsTool(url, parameters) : await run(), calls())).toMatchObject({
		...(!stopAfter && { error: '' }),
		...(typeof shown === 'function' ? shown(earlier) : shown),
	});
	if (!gap) return;
	const [first, second] = calls(gap[0]);
	expect(second.at - first.at).toBeGreaterThanOrEqual(gap[1]);
}

/** What flows through workflows, and nothing that a field can be expected to hold. */
const anyValue = oneof(
	jsonValue({ maxDepth: 2 }),
	record({ prompt: string(), url: string() }),
	constantFrom(
		...[null, true, 42, ['a fox on a ridge'], ['a', 'b'], {}, [], [42], { toString: 1 }],
		...['undefined', '[object Object]', '#REF!', '{{ $json.x }}', ' a fox on a ridge\u200B'],
		{ mimeType: 'image/png', data: 'eA==' },
	),
);

/** Where a request holds a text as it is. */
const SENT: Record<string, string> = { prompt: 'prompt', 'options.model': 'model' };
const LABEL = /'[^']+'|The prompt|There is no|The storyboard|PiAPI/;

async function expectAnyValue(
	resource: string,
	operation: string,
	{ path, required }: FieldAt,
	own: IDataObject,
): Promise<void> {
	const { simulator, url } = await startService(serviceFor(operation, {}));
	const earlier = await earlierTask(url, operation, {});
	const options = own.options as IDataObject | undefined;
	// The rest of a video with files is of no interest here.
	const dryRun = options?.binaryOutput !== undefined;
	const parameters = {
		...{ resource, operation, ...about(earlier) },
		...(resource === 'video' && !dryRun && { waitMode: 'none' }),
		...holding({ ...own, options: { ...options, dryRun } }, path.split('.')),
	};
	const seesValue = async (value: unknown) => {
		const before = simulator.tasks.size;
		const items = [{ ...earlier, given: value }];
		const { error, json } = await runLuma({ url, items: items as IDataObject[], parameters });
		const [created] = [...simulator.tasks.values()].slice(before);
		if (error) {
			expect(error.message).toMatch(LABEL);
			expect(error.message.length).toBeLessThan(250);
			expect(error.description?.length ?? 0).toBeLessThan(650);
			expect(created).toBeUndefined();
			return;
		}
		const text = textMeant(value);
		const isKnown = text || (!required && (text === '' || typeof onlyValueIn(value) === 'number'));
		expect([value, Boolean(isKnown)]).toEqual([value, true]);
		if (text && SENT[path]) expect(created.input[SENT[path]]).toBe(text);
		else if (text) expect(JSON.stringify(created ?? json)).not.toMatch(/object Object|undefined/);
	};
	const examples: Array<[unknown]> = [['A'.repeat(3_000_000)]];
	await assert(asyncProperty(anyValue, seesValue), { numRuns: 12, examples });
}

/** Parameters whose field at this path holds what the item brings. */
function holding(parameters: IDataObject, [name, ...inner]: string[]): IDataObject {
	const value = parameters[name] ?? {};
	if (inner.length === 0) return { ...parameters, [name]: '={{ $json.given }}' };
	const within = (own: unknown) => holding(own as IDataObject, inner);
	return { ...parameters, [name]: Array.isArray(value) ? value.map(within) : within(value) };
}

/** A list with one value means that value. */
function onlyValueIn(value: unknown): unknown {
	return Array.isArray(value) && value.length === 1 ? onlyValueIn(value[0]) : value;
}

/** Empty for nothing, undefined for what is no text. */
function textMeant(given: unknown): string | undefined {
	const value = onlyValueIn(given);
	if (value === null) return '';
	return typeof value === 'string'
		? value.replace(/\p{Cs}/gu, '').replace(/^[\s\p{C}]+|[\s\p{C}]+$/gu, '')
		: undefined;
}

function about({ taskId }: IDataObject): IDataObject {
	const startImageUrl = 'http://127.0.0.1:9/start.jpg';
	return { prompt: PROMPT, taskId, sourceTaskId: taskId, startImageUrl };
}

/** What a row of the effects can tell of a run. */
function seenOf({ json, items, error }: LumaRun, calls: Call[]) {
	const [item = {}] = json;
	const { body } = (item.request ?? {}) as { body?: { input: IDataObject; config: IDataObject } };
	const requests: Record<string, number> = { create: 0, read: 0, cancel: 0, upload: 0 };
	for (const { route } of calls) requests[route] = (requests[route] ?? 0) + 1;
	return {
		item,
		keys: Object.keys(item),
		files: items[0]?.binary ?? {},
		items: json.length,
		// Of the request that a dry run shows.
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
