import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import type { SimulatorOptions } from '../../../simulator';
import { Luma } from '../../../nodes/Luma/Luma.node';
import { askTool } from '../../../support/engine/agent';
import { useBinaryStore } from '../../../support/engine/binaryData';
import type { Effect } from '../../../support/engine/effect';
import { effects } from '../../../support/engine/effects';
import { runLuma, startLuma, summary } from '../../../support/engine/engine';
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
	const parameters = {
		resource,
		operation,
		prompt: PROMPT,
		taskId: '={{ $json.taskId }}',
		sourceTaskId: '={{ $json.taskId }}',
		startImageUrl: 'http://127.0.0.1:9/start.jpg',
		...effect.parameters,
	};
	if (effect.asTool) {
		// An agent's tool has no items of its own.
		const ids = { taskId: earlier.taskId, sourceTaskId: earlier.taskId };
		const { run, answers } = await askTool({ url, parameters: { ...parameters, ...ids } });
		const json = JSON.parse(answers[0]) as IDataObject[];
		effect.shows({ run: { ...summary(run), json }, earlier, calls: calls() });
		return;
	}
	const items = (effect.items ?? [{}]).map((item) =>
		'binary' in item ? item : { ...earlier, ...item },
	);
	const running = startLuma({ url, items, parameters });
	await effect.meanwhile?.(running, calls);
	const run = await running.done;
	if (!effect.meanwhile) expect(run.error !== undefined).toBe(effect.fails ?? false);
	effect.shows({ run, earlier, calls: calls() });
}

/** Only a finished video can be extended, whatever becomes of the others. */
function serviceFor(operation: string, { service = {} }: Effect): SimulatorOptions {
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
	{ service = {} }: Effect,
): Promise<IDataObject> {
	if (['textToVideo', 'imageToVideo'].includes(operation)) return {};
	const isSlow = service.renderSeconds === Infinity || service.queueSeconds === Infinity;
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
