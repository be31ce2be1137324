import './typescriptFirst';
import 'reflect-metadata';

import { WorkflowExecute } from 'n8n-core';
import { createRunExecutionData, type INodeExecutionData } from 'n8n-workflow';

import { additionalData, LUMA, workflowOf, type LumaRunOptions } from '../support/engine';

/** Runs the node in n8n's engine and keeps nothing but its output, so that memory can be measured. */
export async function runNode(options: LumaRunOptions): Promise<INodeExecutionData[]> {
	const workflow = workflowOf(options);
	const items = (options.items ?? [{}]) as INodeExecutionData[];
	const data = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [
				{ node: workflow.getNode('Start')!, data: { main: [items] }, source: null },
			],
		},
	});
	const execution = new WorkflowExecute(additionalData(workflow, options), 'manual', data);
	const run = await execution.processRunExecutionData(workflow);
	const { error, runData } = run.data.resultData;
	if (error) throw error;
	return runData[LUMA][0].data!.main[0]!;
}
