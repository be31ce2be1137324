import type { IDataObject } from 'n8n-workflow';

import type { Call, SimulatorOptions } from '../../simulator';
import { fault } from '../faults';
import { runLuma, type LumaRunOptions } from './engine';
import { count, FAST_POLLING, PROMPT, startService } from './service';

type More = Omit<LumaRunOptions, 'url' | 'parameters'>;

/** A PiAPI of its own, whose videos are ready at once, and runs of the node there. */
export async function openService(options: SimulatorOptions = {}) {
	const { simulator, url } = await startService({ renderSeconds: 0, ...options });
	const { calls } = simulator;
	const optionsOf = (parameters: IDataObject = {}, more: More = {}): LumaRunOptions => {
		const ownOptions = { ...FAST_POLLING, ...(parameters.options as IDataObject) };
		return { url, ...more, parameters: { prompt: PROMPT, ...parameters, options: ownOptions } };
	};
	const seen = {
		simulator,
		url,
		calls,
		/** How often the node has called there. */
		count: (route: Call['route']) => count(simulator, route),
	};
	const tasks = () => [...simulator.tasks.values()];
	const execute = async (parameters?: IDataObject, more?: More) => ({
		...(await runLuma(optionsOf(parameters, more))),
		...seen,
		execute,
		tasks: tasks(),
		/** `input` of each request for a task. */
		inputs: calls
			.filter(({ route }) => route === 'create')
			.map(({ body }) => (body as { input: IDataObject }).input),
	});
	return { ...seen, optionsOf, execute, tasks };
}

/** Runs the node with such a PiAPI. */
export async function runOnce(
	parameters: IDataObject,
	{ service, ...more }: More & { service?: SimulatorOptions } = {},
) {
	return await (await openService(service)).execute(parameters, more);
}

/** Tasks that end when the test says so. */
export const NEVER: SimulatorOptions = { renderSeconds: Infinity };

/**
 * The first try comes to its time limit, and a later one finds the video ready, however quick the machine is. Two reads
 * hang, since there can be a last one at the limit.
 */
export const READY_IN_A_LATER_TRY: SimulatorOptions = {
	readsPerStep: 1,
	...NEVER,
	faults: [fault('read', { kind: 'hang' }, [1, 2])],
};

/** `options` with a time limit that a task of NEVER comes to. */
export const SHORT = { timeoutMinutes: 0.02 };

/** Somebody is there to see hints, but not to run the node by hand, for which there is one more. */
export const SEEN = { mode: 'trigger' } as const;

export const CONTINUE = { settings: { onError: 'continueRegularOutput' } } as const;
