import { CAMERA_MOVES } from '../../nodes/Luma/prompt/camera';
import { guidedPrompt } from '../../nodes/Luma/prompt/guided';
import { storyboardPrompt } from '../../nodes/Luma/prompt/storyboard';
import { block, table } from './markdown';

const GUIDED = {
	subject: 'a barista with a green apron',
	action: 'is pouring milk into a cup',
	setting: 'in a small Lisbon café',
	secondaryMotion: 'steam is rising',
	camera: 'pushIn' as const,
	lighting: 'soft morning light',
	style: 'documentary style',
	details: 'shallow depth of field',
};

const STORYBOARD = {
	sharedSubject: 'a bouquet of white peonies',
	scenes: [
		"on a florist's counter between ribbons",
		'on a rustic wooden table by a window',
		'in the hands of a bride who is walking in a garden',
	],
	style: 'bright editorial photography',
};

/** The parts of a prompt and what the node makes of them, for each mode; and the camera moves. */
export function promptSections(): Record<string, string> {
	const guided = Object.entries(GUIDED).map(([name, text]) => [labelOf(name), shown(text)]);
	const { sharedSubject, scenes, style } = STORYBOARD;
	const storyboard = [
		[labelOf('sharedSubject'), sharedSubject],
		...scenes.map((scene) => ['Scene', scene]),
		[labelOf('style'), style],
	];
	return {
		'guided prompt': becomes(guided, guidedPrompt(GUIDED)),
		'storyboard prompt': becomes(storyboard, storyboardPrompt(STORYBOARD)),
		'camera moves': CAMERA_MOVES.map(({ label }) => label).join(', '),
	};
}

function becomes(parts: string[][], prompt: string): string {
	return [table(['Part', 'Text'], parts), 'becomes', block('text', prompt)].join('\n\n');
}

function shown(text: string): string {
	return CAMERA_MOVES.find(({ value }) => value === text)?.label ?? text;
}

/** secondaryMotion → Secondary Motion */
function labelOf(name: string): string {
	return `${name[0].toUpperCase()}${name.slice(1)}`.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
