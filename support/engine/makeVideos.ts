import type { IDataObject } from 'n8n-workflow';

import type { SimulatorOptions } from '../../simulator';
import { runLuma, type LumaRunOptions } from './engine';
import { FAST_POLLING, PROMPT, startService } from './service';

/** Tasks that end when the test says so. */
export const NEVER: SimulatorOptions = { renderSeconds: Infinity };

/** `options` with a time limit that a task of NEVER comes to. */
export const SHORT = { ...FAST_POLLING, timeoutMinutes: 0.02 };

export interface MakeOptions extends Omit<Partial<LumaRunOptions>, 'url'> {
	/** Those in the field 'Options'. */
	options?: IDataObject;
}

/** A PiAPI of its own, whose tasks end as soon as they are created, and videos that the node makes there. */
export async function openService(service: SimulatorOptions = {}) {
	const { simulator, url } = await startService({ renderSeconds: 0, ...service });
	const optionsOf = ({ options, ...run }: MakeOptions): LumaRunOptions => ({
		url,
		...run,
		parameters: { prompt: PROMPT, ...run.parameters, options: { ...FAST_POLLING, ...options } },
	});
	return {
		simulator,
		url,
		optionsOf,
		make: async (options: MakeOptions = {}) => await runLuma(optionsOf(options)),
		tasks: () => [...simulator.tasks.values()],
		/** How often the node has called there. */
		count: (called: string) => simulator.calls.filter(({ route }) => route === called).length,
	};
}

/** The same for one run. */
export async function makeAt(service: SimulatorOptions, options: MakeOptions = {}) {
	const opened = await openService(service);
	return { ...opened, ...(await opened.make(options)) };
}
