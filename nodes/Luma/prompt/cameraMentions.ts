import type { CameraMove } from './camera';

interface Verb {
	forms: string;
	moves: Record<string, CameraMove>;
}

// Viewpoints (low angle, POV, aerial …) are absent on purpose: one of them goes well with one move.
const VERBS: readonly Verb[] = [
	{ forms: 'zoom zooms zooming', moves: { in: 'zoomIn', out: 'zoomOut' } },
	{ forms: 'push pushes pushing', moves: { in: 'pushIn', into: 'pushIn' } },
	{ forms: 'pull pulls pulling', moves: { out: 'pullOut', back: 'pullOut', away: 'pullOut' } },
	{
		forms: 'dolly dollies dollying',
		moves: {
			in: 'pushIn',
			out: 'pullOut',
			back: 'pullOut',
			left: 'truckLeft',
			right: 'truckRight',
			zoom: 'dollyZoom',
		},
	},
	{
		forms: 'pan pans panning',
		moves: { left: 'panLeft', right: 'panRight', up: 'tiltUp', down: 'tiltDown' },
	},
	{ forms: 'truck trucks trucking', moves: { left: 'truckLeft', right: 'truckRight' } },
	{ forms: 'tilt tilts tilting', moves: { up: 'tiltUp', down: 'tiltDown' } },
	{ forms: 'pedestal pedestals', moves: { up: 'pedestalUp', down: 'pedestalDown' } },
	{ forms: 'crane cranes craning', moves: { up: 'craneUp', down: 'craneDown' } },
	{ forms: 'orbit orbits orbiting', moves: { left: 'orbitLeft', right: 'orbitRight' } },
	{ forms: 'roll rolls rolling', moves: { left: 'rollLeft', right: 'rollRight' } },
];

const PHRASES: Readonly<Record<string, CameraMove>> = {
	'bolt cam': 'boltCam',
	'vertigo effect': 'dollyZoom',
	'static camera': 'static',
	'static shot': 'static',
	'camera is static': 'static',
	'camera stays static': 'static',
	'camera remains static': 'static',
};

const VERB_OF = new Map(VERBS.flatMap((verb) => verb.forms.split(' ').map((form) => [form, verb])));
const FORMS = [...VERB_OF.keys()].join('|');
const DIRECTIONS = [...new Set(VERBS.flatMap(({ moves }) => Object.keys(moves)))].join('|');
const MENTION = new RegExp(
	`(?<![\\p{L}\\p{M}\\p{N}_])(?:(?<phrase>${Object.keys(PHRASES).join('|')})` +
		'|(?<camera>camera (?:(?:is|then|[a-z]{2,12}ly) ){0,2})?' +
		`(?<form>${FORMS})` +
		'(?:(?: (?:to|towards?|the|[a-z]{2,12}ly)){0,3}' +
		` (?<direction>${DIRECTIONS}))?)(?![\\p{L}\\p{M}\\p{N}_])`,
	'gu',
);
// "pulls out a sword", "the truck left the garage": something in the scene, not the camera.
const OBJECT = /^ (?:the|an?|his|her|its|their|my|our)\b/;
// "a pan left on the stove": "left" as in "forgotten".
const FORGOTTEN = /^ (?:on|in|at|for|behind|alone|open|parked|standing|running)\b/;

/**
 * The words with which a prompt asks for camera moves, in order of appearance, one entry a move
 * however often and in whatever form it is mentioned.
 */
export function cameraMentions(prompt: string): string[] {
	const text = prompt.toLowerCase().replace(/ ?[-‐‑] ?|\s{2,}|[^\S ]/g, ' ');
	const found = new Map<CameraMove, { words: string; at: number }>();
	// A verb without a direction ("the camera pans, then …") counts only if none is given elsewhere.
	const undirected = new Map<Verb, { words: string; at: number }>();
	const directed = new Set<Verb>();

	for (const match of text.matchAll(MENTION)) {
		const { phrase, camera, form = '', direction = '' } = match.groups ?? {};
		const verb = VERB_OF.get(form);
		const move = phrase ? PHRASES[phrase] : verb?.moves[direction];
		const words = phrase ?? match[0].slice(camera?.length ?? 0);
		const mention = { words, at: match.index };

		if (move) {
			const isScenery = !phrase && !camera && isPartOfTheScene(text, match, form, direction);
			if (isScenery) continue;
			if (verb) directed.add(verb);
			if (!found.has(move)) found.set(move, mention);
		} else if (verb && camera && !undirected.has(verb)) {
			undirected.set(verb, { ...mention, words: form });
		}
	}

	for (const verb of directed) undirected.delete(verb);
	return [...found.values(), ...undirected.values()]
		.sort((a, b) => a.at - b.at)
		.map(({ words }) => words);
}

function isPartOfTheScene(text: string, match: RegExpMatchArray, form: string, direction: string) {
	const end = (match.index ?? 0) + match[0].length;
	const next = text.slice(end, end + 12);
	if (OBJECT.test(next)) return true;
	return direction === 'left' && /^(?:truck|pan|roll)s?$/.test(form) && FORGOTTEN.test(next);
}
