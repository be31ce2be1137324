import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { eventsField, simplifyField } from './operations/fields';
import { checkActivation, startWorkflow } from './triggers/webhook';

export class LumaWebhookTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Luma Dream Machine Webhook Trigger',
		name: 'lumaWebhookTrigger',
		icon: { light: 'file:luma.svg', dark: 'file:luma.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ completed: "Video Completed", failed: "Video Failed" })[$parameter.events.join()] ?? "Video Completed or Failed" }}',
		description:
			'Starts the workflow as soon as PiAPI calls it, when a Luma Dream Machine video is completed or has failed',
		eventTriggerDescription: 'Waiting for PiAPI to call the Test URL',
		activationMessage:
			'This trigger now waits for PiAPI at its Production URL. Whether PiAPI can reach that URL shows with the first video.',
		defaults: { name: 'Luma Dream Machine Webhook Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'piapiApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'luma' }],
		properties: [
			{
				displayName:
					'Open <b>Webhook URLs</b> above, choose the tab <b>Production URL</b> and copy the URL into <b>Callback URL</b> of a Luma Dream Machine node whose <b>Wait Mode</b> is <b>Do Not Wait</b>. Choose the same credential in both nodes. PiAPI has to reach the URL, so it has to be a public one that starts with https://; without one, use the <b>Luma Dream Machine Trigger</b>. The Test URL only works while the editor listens for a test event.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			eventsField(', instantly'),
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
				await checkActivation(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await startWorkflow(this);
	}
}
