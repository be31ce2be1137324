import type { INodeProperties } from 'n8n-workflow';

import { shownFor } from '../operation';
import { aspectRatioField, closingFields, modelField } from './creation';
import { imageToVideo } from './imageToVideo';
import { textToVideo } from './textToVideo';

export const videoOperations = { textToVideo, imageToVideo };

const creating = ['textToVideo', 'imageToVideo'];

export const videoFields: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['video'] } },
		options: [
			{
				name: 'Image to Video',
				value: 'imageToVideo',
				action: 'Create a video from an image',
				description: 'Set a picture in motion: one image as the start, one as the end, or both',
			},
			{
				name: 'Text to Video',
				value: 'textToVideo',
				action: 'Create a video from text',
				description: 'Make a video of 5 or 10 seconds from a description',
			},
		],
		default: 'textToVideo',
	},
	...shownFor('video', ['textToVideo'], textToVideo.fields),
	...shownFor('video', ['imageToVideo'], imageToVideo.fields),
	...shownFor('video', creating, [modelField, aspectRatioField, ...closingFields]),
];
