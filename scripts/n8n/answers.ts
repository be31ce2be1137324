/** The parts of n8n's REST answers that the demo and the tests look at. */

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	webhookId?: string;
	onError?: string;
	retryOnFail?: boolean;
	maxTries?: number;
	/** Milliseconds. */
	waitBetweenTries?: number;
}

export interface WorkflowFile {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
}

export interface StoredWorkflow extends WorkflowFile {
	id: string;
	versionId: string;
}

/** How far a workflow is on its way into production. */
export interface Publication {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	triggers: Array<{ errorMessage: string | null }>;
}

export interface StoredCredential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

/** A field of a node, or one choice or part of a field. */
export interface NodeField {
	name: string;
	displayName?: string;
	description?: string;
	type?: string;
	value?: unknown;
	/** Of an operation: the line in n8n's list of actions. */
	action?: string;
	options?: NodeField[];
	displayOptions?: Partial<Record<'show' | 'hide', Record<string, unknown[]>>>;
	noDataExpression?: boolean;
}

export interface NodeType {
	name: string;
	displayName: string;
	description: string;
	version: number | number[];
	outputs: unknown;
	properties: NodeField[];
	iconUrl?: string | { light: string; dark: string };
}

export interface ExecutionError {
	message: string;
	description?: string | null;
}

/** A file that n8n keeps; it is read by its id, if it has one, and is else in `data` as base64. */
export interface StoredFile {
	id?: string;
	data: string;
	mimeType: string;
	fileName?: string;
}

export interface Item {
	json: Record<string, unknown>;
	binary?: Record<string, StoredFile>;
}

export interface NodeRun {
	executionStatus: string;
	error?: ExecutionError;
	data?: { main: Array<Item[] | null> };
}

export interface ExecutionData {
	resultData: {
		runData: Record<string, NodeRun[]>;
		lastNodeExecuted?: string;
		error?: ExecutionError;
	};
}

export interface Execution {
	id: string;
	status: string;
	data: ExecutionData;
}

/** The items that a node gave to the next one. */
export function itemsOf(execution: Execution, nodeName: string): Item[] {
	const run = execution.data.resultData.runData[nodeName]?.[0];
	return run?.data?.main[0] ?? [];
}

/** Their JSON. */
export function outputOf(execution: Execution, nodeName: string): Array<Record<string, unknown>> {
	return itemsOf(execution, nodeName).map(({ json }) => json);
}
