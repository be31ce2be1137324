import 'reflect-metadata';

import { ExecuteContext, HookContext, LoadOptionsContext } from 'n8n-core';
import {
	createRunExecutionData,
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
} from 'n8n-workflow';

import { additionalData, LUMA, workflowOf, type LumaRunOptions } from './engine';

type ContextOptions = Omit<LumaRunOptions, 'parameters'>;

function partsOf(own: ContextOptions) {
	const options = { ...own, parameters: {} };
	const workflow = workflowOf(options);
	return [workflow, workflow.getNode(LUMA)!, additionalData(workflow, options)] as const;
}

/** What n8n hands to the Luma node while it runs; the signal stops the execution. */
export function executeContext({
	stopSignal,
	...options
}: ContextOptions & { stopSignal?: AbortSignal }): IExecuteFunctions {
	const [workflow, node, additional] = partsOf(options);
	const main = [[{ json: {} }]];
	const entry = { node, data: { main }, source: null };
	const data = createRunExecutionData({});
	return new ExecuteContext(
		workflow,
		node,
		additional,
		'manual',
		data,
		0,
		main[0],
		{ main },
		entry,
		[],
		stopSignal,
	);
}

/** What n8n hands to the Luma node outside of a run; it knows of no stop. */
export function hookContext(options: ContextOptions): IHookFunctions {
	return new HookContext(...partsOf(options), 'trigger', 'activate');
}

/** What n8n hands to the Luma node when the editor asks for a list. */
export function loadOptionsContext(options: ContextOptions): ILoadOptionsFunctions {
	return new LoadOptionsContext(...partsOf(options), '');
}
