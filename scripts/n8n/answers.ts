/** The parts of n8n's REST answers that the demo and the tests look at, in n8n's own words. */
import type {
	ExecutionStatus,
	IBinaryData,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeProperties,
	INodeTypeDescription,
	IRunData,
} from 'n8n-workflow';

export type StoredFile = IBinaryData;
export type Item = INodeExecutionData;

export interface WorkflowNode extends Omit<INode, 'parameters'> {
	parameters: Record<string, unknown>;
}

export interface WorkflowFile {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: object;
}

/** A field of a node, or one choice or part of a field. */
export type NodeField = Partial<Omit<INodeProperties, 'options'>> & {
	name: string;
	value?: unknown;
	/** Of an operation: the line in n8n's list of actions. */
	action?: string;
	options?: NodeField[];
};

export interface NodeType extends Omit<INodeTypeDescription, 'properties'> {
	properties: NodeField[];
}

export interface StoredWorkflow extends WorkflowFile {
	id: string;
	versionId: string;
}

export interface StoredCredential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface Execution {
	id: string;
	status: ExecutionStatus;
	data: {
		resultData: {
			runData: IRunData;
			lastNodeExecuted?: string;
			error?: { message: string; description?: string | null };
		};
	};
}

/** The items that a node gave to the next one. */
export function itemsOf(execution: Execution, nodeName: string): Item[] {
	const run = execution.data.resultData.runData[nodeName]?.[0];
	return run?.data?.main[0] ?? [];
}

/** Their JSON. */
export function outputOf(execution: Execution, nodeName: string): IDataObject[] {
	return itemsOf(execution, nodeName).map(({ json }) => json);
}
