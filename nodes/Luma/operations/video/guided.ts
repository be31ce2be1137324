import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { CAMERA_MOVES, type CameraMove } from '../../prompt/camera';
import { guidedPrompt } from '../../prompt/guided';
import { byName } from '../choices';
import type { Parameters } from '../parameters';
import { promptText, textPart } from './promptText';

// Camera is shown at once, so its default must not ask for a move that nobody chose.
const CAMERA_OPTIONS: INodePropertyOptions[] = [
	{ name: 'Any', value: '', description: 'Luma chooses' },
	...CAMERA_MOVES.map(({ label, value }) => ({ name: label, value })),
].sort(byName);

const cameraPart: INodeProperties = {
	displayName: 'Camera',
	name: 'camera',
	type: 'options',
	options: CAMERA_OPTIONS,
	default: '',
	description: 'One camera move; Luma knows these by name',
};

/** In the order a person thinks in, which is also the order in which the editor shows them. */
const PARTS: INodeProperties[] = [
	textPart('Subject', 'subject', 'a barista with a green apron', 'Who or what the video is about'),
	textPart('Action', 'action', 'is pouring milk into a cup', 'One thing that is happening'),
	textPart('Setting', 'setting', 'in a small Lisbon café', 'Where and when it happens'),
	cameraPart,
	textPart(
		'Lighting',
		'lighting',
		'soft morning light',
		'Where the light comes from, and its mood',
	),
	textPart('Style', 'style', 'documentary', 'The look of the whole clip'),
	textPart('Secondary Motion', 'secondaryMotion', 'steam is rising', 'What moves besides'),
	textPart('Details', 'details', 'shallow depth of field', 'Anything else, added at the end'),
];

export const guidedField: INodeProperties = {
	displayName: 'Parts',
	name: 'guided',
	type: 'collection',
	placeholder: 'Add part',
	// What a new node shows at once; the other parts come with Add part.
	default: { subject: '', action: '', setting: '', camera: '', lighting: '', style: '' },
	displayOptions: { show: { promptMode: ['guided'] } },
	description: 'The parts of the prompt; use as many as you need',
	options: PARTS,
};

/** @throws NodeOperationError when a part cannot be used */
export function guidedParameter(parameters: Parameters): string {
	const given = parameters.in(guidedField.name);
	const texts = PARTS.filter((part) => part !== cameraPart);
	const parts = Object.fromEntries(texts.map((part) => [part.name, promptText(given, part)]));
	const camera = given.choice<CameraMove | ''>(cameraPart);
	return guidedPrompt({ ...parts, ...(camera !== '' && { camera }) });
}
