import {
	updateDisplayOptions,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { closingFields } from './creation';
import { download } from './download';
import { extend } from './extend';
import { imageToVideo } from './imageToVideo';
import { join } from './join';
import { aspectRatioField, imageAspectRatioField } from './model';
import { composingFields, motionPromptField, promptField, promptModeField } from './prompt';
import { textToVideo } from './textToVideo';

export const videoOperations = { textToVideo, imageToVideo, extend, download, join };

const shownFor = (...operation: string[]) => ({ show: { resource: ['video'], operation } });
const creating = shownFor('textToVideo', 'imageToVideo', 'extend');

/** By use: n8n lists the actions of the node in this order. */
const CHOICES: INodePropertyOptions[] = [
	{
		name: 'Text to Video',
		value: 'textToVideo',
		action: 'Create video from text',
		description: 'Make a video of 5 or 10 seconds from a description',
	},
	{
		name: 'Image to Video',
		value: 'imageToVideo',
		action: 'Create video from image',
		description: 'Animate an image: one image as the start, one as the end, or both',
	},
	{
		name: 'Extend',
		value: 'extend',
		action: 'Extend video',
		description: 'Continue the video of an earlier task',
	},
	{
		name: 'Join',
		value: 'join',
		action: 'Join videos',
		description: 'Put the clips of all items one after the other into one MP4 file',
		// An agent gets no files from its tools.
		displayOptions: { hide: { '@tool': [true] } },
	},
	{
		name: 'Download',
		value: 'download',
		action: 'Download video',
		description: 'Fetch the files of a finished task, or a video by its link',
	},
];

export const videoFields: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['video'] } },
		options: CHOICES,
		default: 'textToVideo',
	},
	...updateDisplayOptions(shownFor('download'), download.fields),
	...updateDisplayOptions(shownFor('extend'), extend.fields),
	...updateDisplayOptions(shownFor('imageToVideo'), imageToVideo.fields),
	...updateDisplayOptions(shownFor('join'), join.fields),
	...updateDisplayOptions(creating, [promptModeField]),
	...updateDisplayOptions(shownFor('textToVideo', 'extend'), [promptField]),
	...updateDisplayOptions(shownFor('imageToVideo'), [motionPromptField]),
	...updateDisplayOptions(creating, composingFields),
	...updateDisplayOptions(shownFor('textToVideo'), textToVideo.fields),
	...updateDisplayOptions(shownFor('textToVideo'), [aspectRatioField]),
	...updateDisplayOptions(shownFor('imageToVideo'), [imageAspectRatioField]),
	...updateDisplayOptions(creating, closingFields),
];
