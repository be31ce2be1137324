import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { ASPECT_RATIOS, DEFAULT_ASPECT_RATIO, MATCH_PICTURE } from '../../piapi/aspectRatio';
import { choice } from '../validation';

const RATIOS: INodePropertyOptions[] = [
	{ name: '1:1 (Square, for Feeds)', value: '1:1' },
	{ name: '16:9 (Wide, for YouTube and Websites)', value: '16:9' },
	{ name: '21:9 (Cinema)', value: '21:9' },
	{ name: '3:4 (Portrait)', value: '3:4' },
	{ name: '4:3 (Classic)', value: '4:3' },
	{ name: '9:16 (Vertical, for Reels, Shorts and TikTok)', value: '9:16' },
];

export const aspectRatioField: INodeProperties = {
	displayName: 'Aspect Ratio',
	name: 'aspectRatio',
	type: 'options',
	options: RATIOS,
	default: DEFAULT_ASPECT_RATIO,
	description: 'Width to height of the video: 9:16, 3:4, 1:1, 4:3, 16:9 or 21:9',
};

/** A portrait photo does not become a wide video unless somebody asks for that. */
export const pictureAspectRatioField: INodeProperties = {
	...aspectRatioField,
	options: [
		...RATIOS,
		{
			name: 'Match Start Image',
			value: MATCH_PICTURE,
			description:
				'The ratio that is nearest to the image; without a start image, to the end image',
		},
	],
	default: MATCH_PICTURE,
	description:
		'Width to height of the video: nearest to the image, or 9:16, 3:4, 1:1, 4:3, 16:9 or 21:9. Another ratio than that of the image can cut off a part of it.',
};

export function aspectRatioParameter(context: IExecuteFunctions, itemIndex: number): string {
	return ratioIn(context, itemIndex, ASPECT_RATIOS);
}

/** The placeholder instead of a ratio when it is to match the picture. */
export function pictureAspectRatioParameter(context: IExecuteFunctions, itemIndex: number): string {
	return ratioIn(context, itemIndex, [...ASPECT_RATIOS, MATCH_PICTURE]);
}

function ratioIn(context: IExecuteFunctions, itemIndex: number, values: readonly string[]): string {
	const value = context.getNodeParameter('aspectRatio', itemIndex);
	return choice(context, itemIndex, { label: 'Aspect Ratio', value, values });
}
