import 'reflect-metadata';

import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	type IConnection,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { PiapiApi } from '../../credentials/PiapiApi.credentials';
import { Luma } from '../../nodes/Luma/Luma.node';

export const LUMA = 'Luma Dream Machine';

/** What the node does where a test names nothing else. */
export const TEXT_TO_VIDEO = { resource: 'video', operation: 'textToVideo' };

export const EXECUTION_ID = '4711';
/** A person's retry is an execution of its own. */
const RETRY_EXECUTION_ID = '4712';

/** A node that does only this. */
export function nodeThat(
	execute: NonNullable<INodeType['execute']>,
	own: Partial<INodeTypeDescription> = {},
): INodeType {
	const plain = { displayName: 'Node', name: 'node', description: 'A node', group: [], version: 1 };
	const ends = { inputs: [], outputs: [NodeConnectionTypes.Main] };
	return {
		description: { ...plain, defaults: { name: 'Node' }, ...ends, properties: [], ...own },
		execute,
	};
}

/** Hands out the items of a test as a trigger would. */
export const START = nodeThat(async function () {
	return [this.getInputData()];
});

/** Sends its items back to the node before it, as a loop does, until all rounds are made. */
const AGAIN = nodeThat(
	async function () {
		const round = Number(this.getWorkflowDataProxy(0).$runIndex) + 1;
		return [round < Number(this.getNodeParameter('rounds', 0)) ? this.getInputData() : []];
	},
	{
		inputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Rounds', name: 'rounds', type: 'number', default: 1 }],
	},
);

export const typesOf = (types: Record<string, INodeType>): INodeTypes => ({
	getByName: (name) => types[name],
	getByNameAndVersion: (name) => types[name],
	getKnownTypes: () => ({}),
});

const nodeTypes = typesOf({
	luma: new Luma(),
	start: START,
	'n8n-nodes-base.executeWorkflowTrigger': START,
	again: AGAIN,
});

/** n8n's credential store, holding one PiAPI credential. */
function storeOf(credential: ICredentialDataDecryptedObject): ICredentialsHelper {
	const store: Partial<ICredentialsHelper> = {
		getParentTypes: () => [],
		preAuthentication: async () => undefined,
		getDecrypted: async () => credential,
		getCredentialsProperties: () => [],
		authenticate: async (credentials, _, request) =>
			await new PiapiApi().authenticate(credentials, request as IHttpRequestOptions),
	};
	return store as ICredentialsHelper;
}

export interface LumaRunOptions {
	/** Parameters of the Luma node; an expression sees the input items. */
	parameters: IDataObject;
	/** Address of the simulator; becomes both addresses of the credential. */
	url: string;
	items?: Array<IDataObject | INodeExecutionData>;
	credential?: Partial<ICredentialDataDecryptedObject>;
	/** Settings of the node, such as `onError` and `retryOnFail`. */
	settings?: Partial<INode>;
	/** Goes on with an earlier execution's data, as "Retry" in n8n's list does. */
	resume?: IRunExecutionData;
	/** The workflow's time zone; default: the machine's. */
	timezone?: string;
	/** How often a loop comes round to the Luma node; default 1. */
	rounds?: number;
	/** What starts the workflow; default: a node of the tests. */
	startType?: string;
	/** Parameters of a node Later behind the Luma node. */
	later?: IDataObject;
	/** Where this n8n can be called; default: an address that nobody listens at. */
	n8nUrl?: string;
	/** Takes what the node sends to the editor while it runs. */
	sendDataToUI?: IWorkflowExecuteAdditionalData['sendDataToUI'];
	/** How the execution was started; default: by a person in the editor. */
	mode?: WorkflowExecuteMode;
}

export interface LumaRun {
	/** The JSON of the node's output items, in order; empty when the node failed. */
	json: IDataObject[];
	items: INodeExecutionData[];
	/** Items on the second output, when the node's error output is switched on. */
	errorItems: INodeExecutionData[];
	error?: { message: string; description?: string; context: IDataObject };
	/** What the editor shows beside the output. */
	hints: string[];
	/** Everything that n8n would store of the execution, as text. */
	stored: string;
	data: IRunExecutionData;
	run: IRun;
}

/** The data of a failed execution as n8n stores it, and goes on with when a person retries it. */
export function retryOf({ data }: LumaRun): IRunExecutionData {
	const stored = JSON.parse(JSON.stringify(data)) as IRunExecutionData;
	const { resultData } = stored;
	delete resultData.error;
	const runs = resultData.runData[String(resultData.lastNodeExecuted)];
	if (runs.at(-1)?.error !== undefined) runs.pop();
	return stored;
}

/** Runs the Luma node in n8n's own engine. */
export async function runLuma(options: LumaRunOptions): Promise<LumaRun> {
	return await startLuma(options).done;
}

/** Starts the Luma node in n8n's own engine, and leaves the caller free to stop it. */
export function startLuma(options: LumaRunOptions) {
	const workflow = workflowOf(options);
	const execution = new WorkflowExecute(
		additionalData(workflow, options),
		options.mode ?? 'manual',
		options.resume
			? withNodesOf(workflow, options.resume)
			: startData(workflow.getNode('Start')!, options.items),
	);
	const promise = execution.processRunExecutionData(workflow);
	return { done: promise.then(summary), stop: () => promise.cancel() };
}

export function workflowOf(options: LumaRunOptions): Workflow {
	const { parameters, settings, rounds = 1, timezone, startType = 'start', later } = options;
	const start = node({ name: 'Start', type: startType });
	const last = node({ name: 'Later', type: 'again', parameters: later as INode['parameters'] });
	const luma = lumaNode('luma', { ...TEXT_TO_VIDEO, ...parameters }, settings);
	return new Workflow({
		id: 'w1',
		nodes: [start, luma, last, node({ name: 'Again', type: 'again', parameters: { rounds } })],
		connections: {
			Start: { main: [[to(LUMA)]] },
			Again: { main: [[to(LUMA)]] },
			...(rounds > 1 && { [LUMA]: { main: [[to('Again')]] } }),
			...(later && { [LUMA]: { main: [[to('Later')]] } }),
		},
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1', ...(timezone && { timezone }) },
	});
}

/** A retry runs the nodes as they are now. */
function withNodesOf(workflow: Workflow, data: IRunExecutionData): IRunExecutionData {
	for (const entry of data.executionData?.nodeExecutionStack ?? []) {
		entry.node = workflow.getNode(entry.node.name) ?? entry.node;
	}
	return data;
}

export function to(
	name: string,
	type: IConnection['type'] = NodeConnectionTypes.Main,
): IConnection {
	return { node: name, type, index: 0 };
}

export function node(own: Partial<INode> & { name: string; type: string }): INode {
	return { id: own.name, typeVersion: 1, position: [0, 0], parameters: {}, ...own };
}

/** An active workflow that has only a trigger of this package, with what n8n's database holds for it. */
export function triggerWorkflow(
	type: INodeType,
	own: { id: string; parameters?: IDataObject; hasCredential?: boolean; staticData: string },
): Workflow {
	const { id, parameters = {}, hasCredential = true, staticData } = own;
	const { name } = type.description;
	const trigger = lumaNode(name, parameters, { name, ...(!hasCredential && { credentials: {} }) });
	return new Workflow({
		id,
		nodes: [trigger],
		connections: {},
		active: true,
		nodeTypes: typesOf({ [name]: type }),
		staticData: JSON.parse(staticData) as IDataObject,
	});
}

/** The Luma node of a workflow. */
export function lumaNode(type: string, parameters: IDataObject, settings?: Partial<INode>): INode {
	return node({
		name: LUMA,
		type,
		parameters: parameters as INode['parameters'],
		credentials: { piapiApi: { id: '1', name: 'PiAPI' } },
		...settings,
	});
}

/** An execution that is about to run its first node with these items. */
export function startData(first: INode, items: LumaRunOptions['items'] = [{}]): IRunExecutionData {
	const toItem = (item: IDataObject | INodeExecutionData) =>
		'json' in item ? (item as INodeExecutionData) : { json: item };
	const entry = { node: first, data: { main: [items.map(toItem)] }, source: null };
	return createRunExecutionData({ executionData: { nodeExecutionStack: [entry] } });
}

export function additionalData(
	workflow: Workflow,
	options: LumaRunOptions,
): IWorkflowExecuteAdditionalData {
	const credential: ICredentialDataDecryptedObject = {
		apiKey: 'simulated-key',
		baseUrl: options.url,
		uploadBaseUrl: options.url,
		webhookSecret: '',
		...(options.credential as ICredentialDataDecryptedObject),
	};
	const executionId = options.resume ? RETRY_EXECUTION_ID : EXECUTION_ID;
	const { nodes, connectionsBySourceNode: connections } = workflow;
	const stored = { id: 'w1', name: 'Test', nodes: Object.values(nodes), connections };
	const hooks = new ExecutionLifecycleHooks('manual', executionId, stored as IWorkflowBase);
	const base = options.n8nUrl ?? 'http://127.0.0.1:5678';
	return {
		credentialsHelper: storeOf(credential),
		hooks,
		executionId,
		currentNodeExecutionIndex: 0,
		instanceBaseUrl: base,
		webhookBaseUrl: `${base}/webhook`,
		webhookWaitingBaseUrl: `${base}/webhook-waiting`,
		webhookTestBaseUrl: `${base}/webhook-test`,
		variables: {},
		sendDataToUI: options.sendDataToUI,
	} as unknown as IWorkflowExecuteAdditionalData;
}

export function summary(run: IRun): LumaRun {
	const last = run.data.resultData.runData[LUMA]?.at(-1);
	const [items, errorItems] = last?.data?.main ?? [];
	return {
		items: items ?? [],
		json: (items ?? []).map(({ json }) => json),
		errorItems: errorItems ?? [],
		error: run.data.resultData.error as LumaRun['error'],
		hints: (last?.hints ?? []).map(({ message }) => message),
		stored: JSON.stringify(run),
		data: run.data,
		run,
	};
}

/** Fields with these names that n8n's editor shows in the node, or in the tool that it makes of it. */
export function fieldsShown(
	type: 'luma' | 'lumaTool',
	names: string[],
	parameters: IDataObject,
): INodeProperties[] {
	const description = { ...new Luma().description, name: type };
	const own = parameters as INode['parameters'];
	const luma = node({ name: LUMA, type });
	return description.properties.filter(
		(field) =>
			names.includes(field.name) && NodeHelpers.displayParameter(own, field, luma, description),
	);
}
