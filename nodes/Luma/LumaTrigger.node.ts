import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { simplifyField } from './operations/fields';
import { checkCredential } from './webhooks/checkCredential';
import { trigger } from './webhooks/trigger';

export class LumaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Luma Dream Machine Trigger',
		name: 'lumaTrigger',
		icon: { light: 'file:luma.svg', dark: 'file:luma.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ completed: "Video Completed", failed: "Video Failed" })[$parameter.events.join()] ?? "Video Completed or Failed" }}',
		description:
			// In its panel n8n shows this for the Luma node too: it merges a node with its trigger (read in 2.8 and 2.41).
			'Create videos with Luma Dream Machine through PiAPI, or start the workflow when a video is completed or has failed',
		eventTriggerDescription: 'Waiting for PiAPI to call the Test URL',
		activationMessage: 'PiAPI can now report videos to the Production URL of this trigger.',
		defaults: { name: 'Luma Dream Machine Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'piapiApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'luma' }],
		properties: [
			{
				displayName:
					'Copy the Production URL above into <b>Callback URL</b> of a Luma Dream Machine node whose <b>Wait Mode</b> is <b>Do Not Wait</b>, and choose the same credential in both nodes. PiAPI has to reach the address, so it has to be a public one that starts with https://. The Test URL only works while the editor listens for a test event.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				noDataExpression: true,
				options: [
					{
						name: 'Video Completed',
						value: 'completed',
						description: 'The video is ready',
					},
					{
						name: 'Video Failed',
						value: 'failed',
						description: 'Luma could not make the video, and nothing was charged',
					},
				],
				default: ['completed', 'failed'],
				description: 'What starts the workflow. Leave it empty for both.',
			},
			{ ...simplifyField, noDataExpression: true },
		],
	};

	webhookMethods = {
		default: {
			// PiAPI keeps no list of addresses. To say no makes n8n call `create`.
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await checkCredential(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await trigger(this);
	}
}
