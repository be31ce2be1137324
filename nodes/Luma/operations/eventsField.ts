import type { INodeProperties } from 'n8n-workflow';

/**
 * Which ends of a task start the workflow; both triggers have it.
 *
 * @param when added to the actions that n8n lists for the trigger, such as `, instantly`
 */
export function eventsField(when = ''): INodeProperties {
	return {
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		noDataExpression: true,
		options: [
			{
				name: 'Video Completed',
				value: 'completed',
				description: 'The video is ready',
				action: `On video finished${when}`,
			},
			{
				name: 'Video Failed',
				value: 'failed',
				description: 'Luma could not make the video, and nothing was charged',
				action: `On video failed${when}`,
			},
		],
		default: ['completed', 'failed'],
		description: 'What starts the workflow. Leave it empty for both.',
	};
}
