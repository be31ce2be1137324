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

export interface StoredCredential {
	id: string;
	name: string;
	type: string;
	data: Record<string, string>;
}

export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

export interface NodeType {
	name: string;
	displayName: string;
	version: number | number[];
	iconUrl?: string | { light: string; dark: string };
}

export interface ExecutionError {
	message: string;
	description?: string | null;
}

export interface NodeRun {
	executionStatus: string;
	error?: ExecutionError;
	data?: { main: Array<Array<{ json: Record<string, unknown> }> | null> };
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
export function outputOf(execution: Execution, nodeName: string): Array<Record<string, unknown>> {
	const run = execution.data.resultData.runData[nodeName]?.[0];
	return (run?.data?.main[0] ?? []).map((item) => item.json);
}
