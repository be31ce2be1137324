import type { IDataObject } from 'n8n-workflow';

import type { SimulatorOptions } from '../../simulator';
import { runLuma, type LumaRunOptions } from './engine';
import { PROMPT, startService } from './service';

type More = Omit<LumaRunOptions, 'url' | 'parameters'>;

/** Runs the node with a PiAPI of its own, whose videos are ready at once. */
export async function runOnce(
	parameters: IDataObject,
	{ service, ...more }: More & { service?: SimulatorOptions } = {},
) {
	return await runWith(await startService({ renderSeconds: 0, ...service }), parameters, more);
}

type Service = Awaited<ReturnType<typeof startService>>;

/** Runs the node with a PiAPI that there is already. */
export async function runWith(
	{ simulator, url }: Service,
	parameters: IDataObject,
	more: More = {},
) {
	const run = await runLuma({ url, parameters: { prompt: PROMPT, ...parameters }, ...more });
	const creates = simulator.calls.filter(({ route }) => route === 'create');
	return {
		...run,
		simulator,
		url,
		calls: simulator.calls,
		tasks: [...simulator.tasks.values()],
		/** `input` of each request for a task. */
		inputs: creates.map(({ body }) => (body as { input: IDataObject }).input),
	};
}

/** Somebody is there to see hints, but not to run the node by hand, for which there is one more. */
export const SEEN = { mode: 'trigger' } as const;

export const CONTINUE = { settings: { onError: 'continueRegularOutput' } } as const;
