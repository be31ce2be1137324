import type { IExecuteFunctions } from 'n8n-workflow';

import type { Hint } from '../jobs/hints';
import { taskOf, type Job } from '../jobs/job';
import { listPriceUsd, sumUsd } from '../jobs/price';
import { usd } from '../messages/usd';
import { isAgentTool } from '../runtime/agentTool';
import { fileOptions } from './files';

/**
 * After a manual run that has paid: whoever builds the rest of the workflow would pay again with each run.
 * n8n pins no output with files, and no output of an agent's tool.
 */
export function pinHint(context: IExecuteFunctions, jobs: Job[]): Hint | undefined {
	const paid = jobs.filter(isPaid);
	if (context.getMode() !== 'manual' || isAgentTool(context.getNode())) return undefined;
	if (paid.length === 0) return undefined;
	const cost = usd(sumUsd(paid.map(costUsdOf)));
	const hasFiles = paid.some(({ state }) => 'binary' in state && state.binary);
	return {
		text: `Each run of this node pays for new videos (${cost} this time). ${adviceFor(hasFiles)}`,
	};
}

function adviceFor(hasFiles: boolean): string {
	return hasFiles
		? `Before you build on: n8n cannot pin files, so remove '${fileOptions.binaryOutput.displayName}', pin this output (pin icon above it), and get the files with Video → Download behind this node.`
		: 'Before you build on, pin this output (pin icon above it): n8n then uses it without running the node.';
}

function isPaid({ request, state }: Job): boolean {
	return request.source.type === 'create' && PAID.has(state.status);
}

const PAID: ReadonlySet<Job['state']['status']> = new Set(['running', 'succeeded', 'timedOut']);

function costUsdOf({ request: { source }, state }: Job): number {
	const { task } = taskOf(state);
	return task?.costUsd || (source.type === 'create' ? listPriceUsd(source.body) : 0);
}
