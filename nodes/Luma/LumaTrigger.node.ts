import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { eventsField, simplifyField } from './operations/fields';
import { optionsField, poll } from './triggers/pollingNode';

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
		eventTriggerDescription: '',
		activationMessage:
			'From now on, each Luma video of your PiAPI account that finishes starts this workflow.',
		defaults: { name: 'Luma Dream Machine Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'piapiApi', required: true }],
		properties: [
			{
				displayName:
					'Starts the workflow for each Luma video of your PiAPI account that finishes from now on, whichever tool created it. n8n asks PiAPI at each of the Poll Times, which is free and needs no public address. To be told within a second, use the <b>Luma Dream Machine Webhook Trigger</b>.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			eventsField(),
			{ ...simplifyField, noDataExpression: true },
			optionsField,
		],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
