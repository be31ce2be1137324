import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect } from '../piapi/connect';
import { nodeErrorOf } from '../piapi/nodeError';
import { RunClock, steadyClock } from './clock';
import { deliver } from './deliver';
import { Gate } from './gate';
import type { Generation, GenerationRequest } from './generation';
import { poll } from './poll';
import { submit, type Run } from './submit';

/**
 * The one pipeline: requests → submit → wait → deliver → items, one item per request in their order.
 *
 * @throws NodeApiError for the first item in trouble, unless Continue On Fail is on
 */
export async function generate(
	context: IExecuteFunctions,
	requests: GenerationRequest[],
	maxConcurrency: number,
): Promise<INodeExecutionData[]> {
	const clock = new RunClock(steadyClock, context.getExecutionCancelSignal?.());
	const run: Run = {
		client: await connect(context),
		clock,
		gate: new Gate(maxConcurrency),
		failFast: !context.continueOnFail(),
	};
	const generations = requests.map((request): Generation => ({ request, beganAt: clock.now() }));

	await submit(generations, run);
	await poll(generations, run);

	if (run.failFast) throwFirst(context, generations);
	return generations.map((generation) => deliver(context, generation));
}

function throwFirst(context: IExecuteFunctions, generations: Generation[]): void {
	const first = generations.find(({ trouble }) => trouble);
	if (!first?.trouble) return;
	const alsoMade = generations
		.filter(({ taskId }) => taskId && taskId !== first.trouble?.facts.taskId)
		.map(({ taskId }) => String(taskId));
	throw nodeErrorOf(context.getNode(), first.trouble, first.request.itemIndex, alsoMade);
}
