import 'reflect-metadata';

import { ExecuteContext, HookContext, LoadOptionsContext } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type INode,
} from 'n8n-workflow';

import { additionalData, LUMA, workflowOf } from './engine';

interface ContextOptions {
	/** Becomes both addresses of the credential. */
	url: string;
	credential?: Partial<ICredentialDataDecryptedObject>;
	/** Stops the execution. */
	stopSignal?: AbortSignal;
}

/** What n8n hands to the Luma node while it runs. */
export function executeContext({ stopSignal, ...options }: ContextOptions): IExecuteFunctions {
	const workflow = workflowOf({ ...options, parameters: {} });
	const node = workflow.getNode(LUMA)!;
	const main = [[{ json: {} }]];
	return new ExecuteContext(
		workflow,
		node,
		additionalData(workflow, { ...options, parameters: {} }),
		'manual',
		createRunExecutionData({}),
		0,
		main[0],
		{ main },
		{ node, data: { main }, source: null },
		[],
		stopSignal,
	);
}

/** What n8n hands to the Luma node outside of a run; it knows of no stop. */
export function hookContext(options: ContextOptions): IHookFunctions {
	const workflow = workflowOf({ ...options, parameters: {} });
	return new HookContext(
		workflow,
		workflow.getNode(LUMA)!,
		additionalData(workflow, { ...options, parameters: {} }),
		'trigger',
		'activate',
	);
}

/** What n8n hands to the Luma node when the editor asks for a list. */
export function loadOptionsContext(
	options: ContextOptions & { settings?: Partial<INode>; timezone?: string },
): ILoadOptionsFunctions {
	const workflow = workflowOf({ ...options, parameters: {} });
	return new LoadOptionsContext(
		workflow,
		workflow.getNode(LUMA)!,
		additionalData(workflow, { ...options, parameters: {} }),
		'',
	);
}
