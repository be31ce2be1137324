import { expect } from '@jest/globals';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Call, SimulatorOptions } from '../../simulator';
import type { LumaRun } from './engine';

/** What a test can see of a run. */
export interface Seen {
	run: LumaRun;
	/** The task that the operation is about, if it is about one. */
	earlier: IDataObject;
	/** The requests of this run. */
	calls: Call[];
}

/** How to tell that a parameter does something. */
export interface Effect {
	parameters: IDataObject;
	service?: SimulatorOptions;
	/** Input items; default: one without anything. */
	items?: Array<IDataObject | INodeExecutionData>;
	/** Does something while the node runs. */
	meanwhile?: (run: { stop(): void }, calls: () => Call[]) => Promise<void>;
	/** The node is an agent's tool. */
	asTool?: boolean;
	/** The run is to end with a message. */
	fails?: boolean;
	shows: (seen: Seen) => void;
}

export type Effects = Record<string, Effect>;

export function on(route: Call['route'], calls: Call[]): Call[] {
	return calls.filter((call) => call.route === route);
}

/** It shows in the first item of the output. */
export function inOutput(
	parameters: IDataObject,
	expected: IDataObject,
	own?: Partial<Effect>,
): Effect {
	const shows = ({ run }: Seen) => expect(run.json[0]).toMatchObject(expected);
	return { parameters, shows, ...own };
}

/** It shows in `input` or `config` of the request. */
export function inRequest(
	{ options, ...rest }: IDataObject,
	expected: IDataObject,
	part: 'input' | 'config' = 'input',
): Effect {
	const parameters = { ...rest, options: { ...(options as IDataObject), dryRun: true } };
	return inOutput(parameters, { request: { body: { [part]: expected } } });
}

/** It shows in the first file of the output. */
export function inFile(parameters: IDataObject, name: string, expected: IDataObject): Effect {
	const shows = ({ run }: Seen) => expect(run.items[0].binary?.[name]).toMatchObject(expected);
	return { parameters, shows };
}

/** It shows in the number of items. */
export function inCount(parameters: IDataObject, count: number): Effect {
	return { parameters, shows: ({ run }) => expect(run.json).toHaveLength(count) };
}

/** It ends the run with these words. */
export function refused(parameters: IDataObject, words: string, own: Partial<Effect> = {}): Effect {
	const shows = ({ run }: Seen) =>
		expect(`${run.error?.message} ${run.error?.description}`).toContain(words);
	return { parameters, fails: true, shows, ...own };
}

/** It ends the run with these words, before anything is paid. */
export function unpaid(parameters: IDataObject, words: string, service?: SimulatorOptions): Effect {
	const effect = refused(parameters, words, { service });
	const shows = (seen: Seen) => {
		effect.shows(seen);
		expect(on('create', seen.calls)).toEqual([]);
	};
	return { ...effect, shows };
}

/** Two requests of two items never are under way at the same time. */
export function oneAtATime(route: 'read' | 'media', parameters: IDataObject): Effect {
	return {
		parameters,
		items: [{}, {}],
		service: {
			...(route === 'read' && { readsPerStep: 1 }),
			faults: [{ route, calls: 'every', effect: { kind: 'slow', seconds: 0.1 } }],
		},
		shows: ({ calls }) => {
			const [first, second] = on(route, calls);
			expect(second.at - first.at).toBeGreaterThanOrEqual(95);
		},
	};
}
