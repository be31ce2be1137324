import { cameraPhrase, type CameraMove } from './camera';
import { clean, closed, continued, hasSeveralSentences, open, sentence } from './sentence';

/** The fields of a guided prompt, in the order in which Luma reads them best. */
export interface GuidedPrompt {
	subject?: string;
	action?: string;
	setting?: string;
	secondaryMotion?: string;
	camera?: CameraMove;
	lighting?: string;
	style?: string;
	details?: string;
}

const STARTS_WITH_PLACE_OR_TIME =
	/^(?:in|on|at|by|near|under|over|above|below|beneath|behind|beside|between|among|amid|along|across|against|around|through|throughout|inside|outside|within|atop|down|up|into|onto|from|to|towards?|past|before|after|during|beyond|underwater|outdoors|indoors)(?![\p{L}\p{M}\p{N}])/iu;
const STARTS_WITH_CAPITAL = /^\p{Lu}/u;
const PARTICIPLE = /^\p{Lu}(?=\p{Ll}+ing(?: |$))/u;

/**
 * One clean prompt in Luma's order: subject, action, setting and secondary motion in a first
 * sentence, then camera, lighting, style and details. Empty when every part is; a camera value that
 * Luma does not know is left out (see `isCameraMove`).
 */
export function guidedPrompt(parts: GuidedPrompt): string {
	const subject = clean(parts.subject);
	const action = clean(parts.action);
	const setting = clean(parts.setting);
	const scene = joined([
		{ link: '', text: subject },
		{ link: ' ', text: subject === '' ? action : lowerParticiple(action) },
		{ link: STARTS_WITH_PLACE_OR_TIME.test(setting) ? ' ' : ', ', text: setting },
		{ link: ', ', text: clean(parts.secondaryMotion) },
	]);

	return [
		scene,
		cameraPhrase(parts.camera ?? ''),
		clean(parts.lighting),
		clean(parts.style),
		clean(parts.details),
	]
		.filter((text) => text !== '')
		.map(sentence)
		.join(' ');
}

function joined(parts: Array<{ link: string; text: string }>): string {
	const [first, ...others] = parts.filter(({ text }) => text !== '');
	if (first === undefined) return '';

	let result = first.text;
	let previous = first.text;
	for (const { link, text } of others) {
		const next = continued(text);
		// Whole sentences stay whole, and a capital behind a comma looks like a mistake.
		const startsAnew =
			hasSeveralSentences(previous) || (link === ', ' && STARTS_WITH_CAPITAL.test(next));
		result = startsAnew ? `${closed(result)} ${sentence(text)}` : `${open(result)}${link}${next}`;
		previous = text;
	}
	return result;
}

function lowerParticiple(action: string): string {
	return action.replace(PARTICIPLE, (letter) => letter.toLowerCase());
}
