import 'reflect-metadata';

import { WorkflowExecute } from 'n8n-core';
import {
	deepCopy,
	NodeConnectionTypes,
	Workflow,
	type EngineRequest,
	type EngineResponse,
	type IDataObject,
	type INode,
	type INodeType,
	type IRun,
} from 'n8n-workflow';

import { Luma } from '../../nodes/Luma/Luma.node';
import {
	additionalData,
	LUMA,
	lumaNode,
	node,
	nodeThat,
	START,
	startData,
	to,
	typesOf,
	type LumaRunOptions,
} from './engine';

/** What n8n makes of a node that it hands to an agent. */
export interface Tool {
	name: string;
	description: string;
	schema: { shape: Record<string, { description?: string }> };
	invoke(input: IDataObject): Promise<string>;
}

/** What the engine brings back of a call that it made for an agent. */
type Outcome = EngineResponse['actionResponses'][number]['data'];

/** Stands for the agent node and its model, in one of the two ways that n8n's agents call a tool. */
type Model =
	/** The agent calls the tool itself. */
	| { call: (tool: Tool) => Promise<unknown> }
	/** The agent asks the engine for calls (as the AI Agent node does from version 3 on). */
	| { inputs: IDataObject[]; outcomes: Outcome[] };

function agentWith(model: Model): INodeType {
	const inputs = [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool];
	return nodeThat(
		async function (response) {
			if ('call' in model) {
				const tools = await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0);
				await model.call((tools as Tool[])[0]);
			} else if (!response || response.actionResponses.length === 0) {
				return requestFor(model.inputs);
			} else {
				model.outcomes.push(...response.actionResponses.map(({ data }) => data));
			}
			return [this.getInputData()];
		},
		{ inputs },
	);
}

function requestFor(inputs: IDataObject[]): EngineRequest {
	const actions = inputs.map((input, i) => ({
		actionType: 'ExecutionNodeAction' as const,
		nodeName: LUMA,
		input,
		type: NodeConnectionTypes.AiTool,
		id: `call-${i + 1}`,
		metadata: { itemIndex: 0 },
	}));
	return { actions, metadata: {} };
}

/** The node as n8n offers it to agents: no input of its own, and its output is a tool. */
function asTool(original: INodeType): INodeType {
	const description = deepCopy(original.description);
	description.name += 'Tool';
	description.displayName += ' Tool';
	description.inputs = [];
	description.outputs = [NodeConnectionTypes.AiTool];
	return Object.create(original, { description: { value: description } }) as INodeType;
}

type LumaOptions = Pick<LumaRunOptions, 'url' | 'settings' | 'credential'>;

export interface AgentRunOptions extends LumaOptions {
	/** Of the Luma node; what the model decides is written as `$fromAI(…)`. */
	parameters: IDataObject;
	/** Settings of the agent. */
	agent?: Partial<INode>;
	model: Model;
}

/** Runs an agent with the Luma node as its tool in n8n's own engine. */
export async function runAgent(options: AgentRunOptions): Promise<IRun> {
	const start = node({ name: 'Start', type: 'start' });
	const agent = node({ name: 'Agent', type: 'agent', ...options.agent });
	const workflow = new Workflow({
		id: 'w1',
		nodes: [start, agent, lumaNode('lumaTool', options.parameters, options.settings)],
		connections: {
			Start: { main: [[to('Agent')]] },
			[LUMA]: { ai_tool: [[to('Agent', NodeConnectionTypes.AiTool)]] },
		},
		active: false,
		nodeTypes: typesOf({
			start: START,
			agent: agentWith(options.model),
			lumaTool: asTool(new Luma()),
		}),
		settings: { executionOrder: 'v1' },
	});
	const data = startData(start);
	const execution = new WorkflowExecute(additionalData(workflow, options), 'manual', data);
	return await execution.processRunExecutionData(workflow);
}

type Asked = Omit<AgentRunOptions, 'model'>;

/** What an agent gets for calls one after the other, each with what the model gives: items as JSON, or the message. */
export async function askTool(
	options: Asked,
	inputs: IDataObject[] = [{}],
): Promise<{ run: IRun; answers: string[] }> {
	const answers: string[] = [];
	const call = async (tool: Tool) => {
		for (const input of inputs) {
			answers.push(await tool.invoke(input).catch(({ message }: Error) => message));
		}
	};
	return { run: await runAgent({ ...options, model: { call } }), answers };
}

/** The first item of each call that the engine makes for an agent. */
export async function askEngine(
	options: Asked,
	inputs: IDataObject[],
): Promise<{ run: IRun; videos: Array<IDataObject | undefined> }> {
	const outcomes: Outcome[] = [];
	const run = await runAgent({ ...options, model: { inputs, outcomes } });
	return { run, videos: outcomes.map(({ data }) => data?.ai_tool?.[0]?.[0].json) };
}
