import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import type { SimulatorOptions } from '../../../simulator';
import { Luma } from '../../../nodes/Luma/Luma.node';
import { runAgent, type Tool } from '../../../support/engine/agent';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { effects, type Effect } from '../../../support/engine/effects';
import { runLuma, startLuma, summary, type LumaRun } from '../../../support/engine/engine';
import { PROMPT, startService } from '../../../support/engine/service';

const { properties } = new Luma().description;

/** Names of a field and of all fields inside it, as in a saved workflow. */
function pathsOf(field: INodeProperties, prefix = ''): string[] {
	const path = prefix + field.name;
	// A notice is only read.
	if (field.type === 'notice') return [];
	if (field.type === 'collection') {
		return (field.options as INodeProperties[]).flatMap((inner) => pathsOf(inner, `${path}.`));
	}
	if (field.type === 'fixedCollection') {
		return (field.options as INodePropertyCollection[]).flatMap(({ name, values }) =>
			values.flatMap((inner) => pathsOf(inner, `${path}.${name}.`)),
		);
	}
	return [path];
}

function fieldsOf(resource: string, operation: string): string[] {
	const shown = properties.filter(({ name, displayOptions }) => {
		const { show = {} } = displayOptions ?? {};
		const isOwn = show.resource?.includes(resource) && show.operation?.includes(operation);
		return isOwn && name !== 'operation';
	});
	return [...new Set(shown.flatMap((field) => pathsOf(field)))];
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
		expect(Object.keys(own).sort()).toEqual(fieldsOf(resource, operation).sort());
	});

	if (Object.keys(own).length === 0) return;

	it.each(Object.entries(own))('%s does something', async (_, effect) => {
		await seeEffect(resource, operation, effect);
	});
});

async function seeEffect(resource: string, operation: string, effect: Effect): Promise<void> {
	const { simulator, url } = await startService(serviceFor(operation, effect));
	const earlier = await earlierTask(url, operation, effect);
	const before = simulator.calls.length;
	const calls = () => simulator.calls.slice(before);
	if (effect.asTool) {
		const parameters = parametersFor(resource, operation, effect);
		const run = await runAsTool(url, { ...parameters, ...idsOf(earlier) });
		effect.shows({ run, earlier, calls: calls(), input: {}, config: {} });
		return;
	}
	const running = startLuma({
		url,
		items: (effect.items ?? [{}]).map((item) =>
			'binary' in item ? item : { ...earlier, ...item },
		),
		parameters: parametersFor(resource, operation, effect),
	});
	await effect.meanwhile?.(running, calls);
	const run = await running.done;
	const { body } = (run.json[0]?.request ?? {}) as {
		body?: { input: IDataObject; config: IDataObject };
	};
	if (!effect.meanwhile) expect(run.error !== undefined).toBe(effect.fails ?? false);
	effect.shows({
		run,
		earlier,
		calls: calls(),
		input: body?.input ?? {},
		config: body?.config ?? {},
	});
}

function parametersFor(resource: string, operation: string, effect: Effect): IDataObject {
	return {
		resource,
		operation,
		prompt: PROMPT,
		taskId: '={{ $json.taskId }}',
		sourceTaskId: '={{ $json.taskId }}',
		startImageUrl: 'http://127.0.0.1:9/start.jpg',
		...effect.parameters,
	};
}

/** An agent's tool has no items of its own. */
function idsOf({ taskId }: IDataObject): IDataObject {
	return { taskId, sourceTaskId: taskId };
}

async function runAsTool(url: string, parameters: IDataObject): Promise<LumaRun> {
	let answer = '';
	const model = { call: async (tool: Tool) => (answer = await tool.invoke({})) };
	const run = await runAgent({ url, parameters, model });
	return { ...summary(run), json: JSON.parse(answer) as IDataObject[] };
}

const USUAL_SECONDS = 0.05;

/** Only a finished video can be extended, however long the others take. */
function serviceFor(operation: string, { service = {} }: Effect): SimulatorOptions {
	const { renderSeconds = USUAL_SECONDS } = service;
	if (operation !== 'extend' || typeof renderSeconds !== 'number')
		return { ...service, renderSeconds };
	return {
		...service,
		renderSeconds: (_, ordinal) => (ordinal === 1 ? USUAL_SECONDS : renderSeconds),
	};
}

/** What an operation on earlier tasks is about. */
async function earlierTask(
	url: string,
	operation: string,
	{ service = {} }: Effect,
): Promise<IDataObject> {
	if (['textToVideo', 'imageToVideo'].includes(operation)) return {};
	const isSlow =
		operation === 'cancelMany' || (operation === 'wait' && service.renderSeconds !== undefined);
	const { json } = await runLuma({
		url,
		items: operation === 'getMany' ? [{}, {}] : [{}],
		parameters: {
			prompt: PROMPT,
			waitMode: isSlow ? 'none' : 'poll',
			options: { pollIntervalSeconds: 0.1 },
		},
	});
	return json[0];
}
