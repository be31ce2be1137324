import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { showHints } from './jobs/hints';
import { shortened } from './messages/items';
import { accountFields, accountOperations } from './operations/account';
import { editorHints } from './operations/editorHints';
import type { Operation } from './operations/operation';
import { otherTaskHints } from './operations/otherTasks';
import { taskFields, taskOperations } from './operations/task';
import { taskLists } from './operations/taskLists';
import { videoFields, videoOperations } from './operations/video';
import { searchModels } from './operations/video/model';
import { resume } from './suspend/resume';
import { RESUME_PATH } from './suspend/webhook';

const RESOURCES: Record<string, Record<string, Operation>> = {
	account: accountOperations,
	task: taskOperations,
	video: videoOperations,
};

export class Luma implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Luma Dream Machine',
		name: 'luma',
		icon: { light: 'file:luma.svg', dark: 'file:luma.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ textToVideo: "Text to Video", imageToVideo: "Image to Video", extend: "Extend Video", download: "Download Video", join: "Join Videos", wait: "Wait for Task", cancel: "Cancel Task", cancelMany: "Cancel Many Tasks", getMany: "Get Many Tasks", getUsage: "Get Account Usage" })[$parameter.operation] ?? ($parameter.resource === "account" ? "Get Account" : "Get Task") }}',
		description:
			'Make videos from text or images with Luma Dream Machine through PiAPI, wait for them and return their links. A video takes about two minutes and costs about $0.20 for 5 seconds.',
		defaults: { name: 'Luma Dream Machine' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		waitingNodeTooltip:
			'={{ "Waiting for PiAPI to finish the videos. The workflow continues after " + Math.max(2, Number($parameter.options?.timeoutMinutes ?? 15)) + " minutes at the latest. Executing the node a second time would pay a second time." }}',
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: RESUME_PATH,
				isFullPath: true,
				restartWebhook: true,
			},
		],
		credentials: [{ name: 'piapiApi', required: true }],
		hints: editorHints,
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Video', value: 'video', description: 'Create new videos' },
					{ name: 'Task', value: 'task', description: 'Videos that were created earlier' },
					{ name: 'Account', value: 'account', description: 'Your PiAPI balance and limits' },
				],
				default: 'video',
			},
			...videoFields,
			...taskFields,
			...accountFields,
		],
	};

	methods = { listSearch: { searchModels, ...taskLists } };

	/** Each task carries its webhook address, so there is nothing to register; n8n never calls these. */
	webhookMethods = {
		default: {
			checkExists: async () => true,
			create: async () => true,
			delete: async () => true,
		},
	};

	/** PiAPI calls a suspended execution at the end of each task. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resume(this);
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as string;
		// For a resource that the node does not have, n8n knows of no operation either.
		const name = this.getNodeParameter('operation', 0, '') as string;
		const operation = findOperation(resource, name);
		if (!operation) {
			throw new NodeOperationError(
				this.getNode(),
				name === ''
					? `This node has no 'Resource' named “${shortened(resource)}”`
					: `This node has no 'Operation' named “${shortened(name)}” for “${shortened(resource)}”`,
				{
					description: 'Open the node and choose a resource and an operation from the lists.',
				},
			);
		}
		const items = await operation.execute(this);
		showHints(this, otherTaskHints(this, operation.fields));
		return [items];
	}
}

/** Undefined for a name that is no operation, such as `toString`, which every object has. */
function findOperation(resource: string, operation: string): Operation | undefined {
	return ownEntry(ownEntry(RESOURCES, resource) ?? {}, operation);
}

function ownEntry<T>(entries: Record<string, T>, name: string): T | undefined {
	return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
