import 'reflect-metadata';

import { WorkflowExecute } from 'n8n-core';
import {
	deepCopy,
	NodeConnectionTypes,
	Workflow,
	type EngineRequest,
	type EngineResponse,
	type IDataObject,
	type IExecuteFunctions,
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
	TEXT_TO_VIDEO,
	startData,
	to,
	typesOf,
	type LumaRunOptions,
} from './engine';

/** What n8n makes of a node that it hands to an agent. */
interface Tool {
	name: string;
	description: string;
	schema: { shape: Record<string, { description?: string }> };
	invoke(input: IDataObject): Promise<string>;
}

/** What an agent does, in one of n8n's two ways to call a tool; it asks the engine for calls, or is done. */
type Act = (
	context: IExecuteFunctions,
	response?: EngineResponse,
) => Promise<EngineRequest | undefined>;

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

export interface AgentOptions extends LumaOptions {
	/** Of the Luma node; what the model decides is written as `$fromAI(…)`. */
	parameters: IDataObject;
	/** Settings of the agent. */
	agent?: Partial<INode>;
}

/** Runs an agent with the Luma node as its tool in n8n's own engine. */
async function run(options: AgentOptions, act: Act): Promise<IRun> {
	const start = node({ name: 'Start', type: 'start' });
	const agent = nodeThat(
		async function (response) {
			return (await act(this, response)) ?? [this.getInputData()];
		},
		{ inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool] },
	);
	const workflow = new Workflow({
		id: 'w1',
		nodes: [
			start,
			node({ name: 'Agent', type: 'agent', ...options.agent }),
			lumaNode('lumaTool', { ...TEXT_TO_VIDEO, ...options.parameters }, options.settings),
		],
		connections: {
			Start: { main: [[to('Agent')]] },
			[LUMA]: { ai_tool: [[to('Agent', NodeConnectionTypes.AiTool)]] },
		},
		active: false,
		nodeTypes: typesOf({ start: START, agent, lumaTool: asTool(new Luma()) }),
		settings: { executionOrder: 'v1' },
	});
	const data = startData(start);
	const execution = new WorkflowExecute(additionalData(workflow, options), 'manual', data);
	return await execution.processRunExecutionData(workflow);
}

/** Runs an agent that calls the tool itself. */
export async function runAgent(
	options: AgentOptions,
	call: (tool: Tool) => Promise<unknown>,
): Promise<IRun> {
	return await run(options, async (context) => {
		const tools = await context.getInputConnectionData(NodeConnectionTypes.AiTool, 0);
		await call((tools as Tool[])[0]);
		return undefined;
	});
}

/**
 * What such an agent gets for calls one after the other, each with what the model gives: items as JSON, or the
 * message.
 */
export async function askTool(options: AgentOptions, inputs: IDataObject[] = [{}]) {
	const answers: string[] = [];
	const done = await runAgent(options, async (tool) => {
		for (const input of inputs) {
			answers.push(await tool.invoke(input).catch(({ message }: Error) => message));
		}
	});
	return { run: done, answers };
}

/** The first items that an agent gets from the engine, which it asks for calls (n8n's from version 3 on). */
export async function askEngine(options: AgentOptions, inputs: IDataObject[]) {
	const videos: Array<IDataObject | undefined> = [];
	const done = await run(options, async (_, response) => {
		const outcomes = response?.actionResponses ?? [];
		videos.push(...outcomes.map(({ data }) => data.data?.ai_tool?.[0]?.[0].json));
		return outcomes.length > 0 ? undefined : requestFor(inputs);
	});
	return { run: done, videos };
}
