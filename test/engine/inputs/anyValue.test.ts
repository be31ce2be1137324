import { expect, it } from '@jest/globals';
import { assert, asyncProperty, constantFrom, jsonValue, oneof, record, string } from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { runLuma } from '../../../support/engine/engine';
import { fieldsIn, type FieldAt } from '../../../support/engine/fields';
import type { Simulator } from '../../../simulator';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { PROMPT, startService } from '../../../support/engine/service';

useBinaryStore();

const TASK_ID = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';
const LINK = 'http://127.0.0.1:9/a.png';
const GIVEN = '={{ $json.given }}';

/** A text field, the parameters with which it counts, and what of a request holds it. */
interface TextField {
	name: string;
	parameters: IDataObject;
	sent?: (call: Simulator['calls'][number]) => unknown;
	/** Whether it may stay empty. */
	isOptional?: boolean;
}

const body = (call: Simulator['calls'][number]) =>
	call.body as { input: IDataObject; config?: IDataObject };
const creating = {
	textToVideo: {},
	imageToVideo: { startImageUrl: LINK },
	extend: { sourceTaskId: TASK_ID },
};

const GUIDED = 'subject action setting lighting style secondaryMotion details camera'.split(' ');

/** The text fields of an operation that orders a video. */
function fieldsOf([operation, own]: [string, IDataObject]): TextField[] {
	const field = (name: string, parameters: IDataObject, more: Partial<TextField> = {}) => ({
		name,
		parameters: { operation, ...own, ...parameters },
		isOptional: true,
		...more,
	});
	const guided = (name: string) => ({ subject: 'fox', [name]: GIVEN });
	const scenes = (description: string) => ({ scene: [{ description }, { description: 'night' }] });
	const board = (storyboard: IDataObject) => ({ promptMode: 'storyboard', storyboard });
	// The rest of a video with files is of no interest here.
	const files = { dryRun: true, binaryOutput: ['video'] };
	return [
		field(
			'prompt',
			{ prompt: GIVEN },
			{ sent: (call) => body(call).input.prompt, isOptional: operation === 'imageToVideo' },
		),
		...GUIDED.map((name) => field(name, { promptMode: 'guided', guided: guided(name) })),
		field('sharedSubject', board({ sharedSubject: GIVEN, scenes: scenes('day') })),
		field('style', board({ style: GIVEN, scenes: scenes('day') })),
		field('description', board({ scenes: scenes(GIVEN) })),
		field('callbackUrl', { callbackUrl: GIVEN }),
		field(
			'model',
			{ options: { model: GIVEN } },
			{ sent: (call) => body(call).input.model, isOptional: false },
		),
		...['fileName', 'binaryProperty'].map((name) =>
			field(name, { waitMode: 'poll', options: { ...files, [name]: GIVEN } }),
		),
	];
}

const image = { operation: 'imageToVideo', startImageUrl: LINK };
const FIELDS: TextField[] = [
	...Object.entries(creating).flatMap(fieldsOf),
	{ name: 'sourceTaskId', parameters: { operation: 'extend', sourceTaskId: GIVEN } },
	...['start', 'end'].flatMap((end) => [
		{
			name: `${end}ImageUrl`,
			parameters: { ...image, [`${end}ImageSource`]: 'url', [`${end}ImageUrl`]: GIVEN },
		},
		{
			name: `${end}ImageBinaryProperty`,
			parameters: {
				...image,
				[`${end}ImageSource`]: 'binary',
				[`${end}ImageBinaryProperty`]: GIVEN,
			},
		},
	]),
	{ name: 'taskId', parameters: { operation: 'download', taskId: GIVEN } },
	{ name: 'videoUrl', parameters: { operation: 'download', downloadFrom: 'url', videoUrl: GIVEN } },
	{
		name: 'videoBinaryProperty',
		parameters: { operation: 'join', videosFrom: 'binary', videoBinaryProperty: GIVEN },
	},
	...['get', 'cancel', 'wait'].map((operation) => ({
		name: 'taskId',
		parameters: { resource: 'task', operation, taskId: GIVEN },
	})),
];

it('knows every text field of the node', () => {
	const { properties } = new Luma().description;
	const isText = ({ type }: FieldAt) => type === 'string' || type === 'resourceLocator';
	const known = new Set(FIELDS.map(({ name }) => name));
	const unknown = fieldsIn(properties).filter((field) => isText(field) && !known.has(field.name));
	expect(unknown.map(({ path }) => path)).toEqual([]);
});

/** What flows through workflows, and nothing that a field can be expected to hold. */
const given = oneof(
	jsonValue({ maxDepth: 2 }),
	record({ prompt: string(), url: string() }),
	constantFrom(
		null,
		true,
		42,
		['a fox on a ridge'],
		['a', 'b'],
		{},
		[],
		[42],
		{ toString: 1 },
		'undefined',
		'[object Object]',
		'#REF!',
		'{{ $json.x }}',
		' a fox on a ridge\u200B',
		{ mimeType: 'image/png', data: 'eA==' },
	),
);

const label = /'[^']+'|The prompt|There is no|The storyboard/;

it.each(
	FIELDS.map((field) => [`${String(field.parameters.operation)}: ${field.name}`, field] as const),
)(
	'%s takes any JSON value as it is, or refuses it by name, and pays for nothing else',
	async (_, { parameters, sent, isOptional = false }) => {
		const { simulator, url } = await startService();
		const seesValue = async (value: unknown) => {
			const before = simulator.calls.length;
			const { error, json } = await runLuma({
				url,
				items: [{ given: value } as IDataObject],
				parameters: { prompt: PROMPT, waitMode: 'none', ...parameters },
			});
			const created = simulator.calls.slice(before).find(({ route }) => route === 'create');
			if (!created && !json[0]?.dryRun) {
				expect(error?.message).toMatch(error?.message.includes('PiAPI') ? /./ : label);
				expect(error?.message.length).toBeLessThan(250);
				expect(error?.description?.length ?? 0).toBeLessThan(650);
				return;
			}
			const text = textMeant(value);
			if (text === undefined)
				expect([value, typeof onlyValueIn(value), isOptional]).toEqual([value, 'number', true]);
			else if (text === '') expect(isOptional).toBe(true);
			else if (sent) expect(sent(created!)).toBe(text);
			else expect(JSON.stringify(created ?? json)).not.toMatch(/object Object|undefined/);
		};
		await assert(asyncProperty(given, seesValue), {
			numRuns: 12,
			examples: [['A'.repeat(3_000_000)]],
		});
	},
);

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
