import type { IDataObject } from 'n8n-workflow';

import { serve, Simulator, type SimulatorOptions } from '../../simulator';
import { openBinaryStore } from '../../support/engine/binaryStore';
import { runLuma, type LumaRun, type LumaRunOptions } from '../../support/engine/engine';

export const REFUSAL = { message: 'content moderation: the prompt is not allowed' };

/** A run of the node in n8n's engine, in front of a simulator of its own. */
export interface SampleRun extends Omit<LumaRunOptions, 'url'> {
	service?: SimulatorOptions;
	/** Parameters that make a task beforehand; the output is the input of the run. */
	earlier?: IDataObject;
	/** How far that task is when the run begins; default: as far as its service lets it. */
	earlierIs?: 'processing' | 'failed';
}

export async function runSample({
	service,
	earlier,
	earlierIs,
	...run
}: SampleRun): Promise<LumaRun> {
	await openBinaryStore('default');
	const simulator = new Simulator({ renderSeconds: 0, queueSeconds: 0, ...service });
	const { url, close } = await serve(simulator);
	try {
		const made = earlier && (await runLuma({ url, parameters: earlier }));
		const [task] = simulator.tasks.values();
		if (earlierIs === 'processing') simulator.start(task);
		if (earlierIs === 'failed') simulator.fail(task, REFUSAL);
		return await runLuma({ url, items: made?.json, ...run });
	} finally {
		await close();
	}
}
