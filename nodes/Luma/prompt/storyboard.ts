import { clean, closed, continued, open, sentence } from './sentence';

/** One subject in several settings with one style. */
interface Storyboard {
	sharedSubject: string;
	style: string;
	scenes: string[];
}

const NUMBERS = 'Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve'.split(' ');
// Typed by hand it would appear twice, and with the wrong number once a blank scene is skipped.
const SCENE_LABEL = /^scene \d+ ?[:：.)–—-]/i;
const STYLE_LABEL = /^style ?[:：]/i;

/** From so many scenes on, how short they are is worth a hint. */
const MANY_SCENES = 3;

/** Scenes of this length are long enough to be recognised. */
const ENOUGH_SECONDS = 3;

/**
 * The prompt for several scenes of one subject. Blank scenes are skipped; a single scene needs no
 * numbers. Empty when no scene is left, whatever the subject and style, so that the caller can
 * report it before anything is paid for.
 */
export function storyboardPrompt(storyboard: Storyboard): string {
	const scenes = describedScenes(storyboard.scenes);
	if (scenes.length === 0) return '';

	const subject = clean(storyboard.sharedSubject);
	const style = unlabelled(storyboard.style, STYLE_LABEL);
	return [
		scenes.length === 1 ? sentence(subject) : opening(scenes.length, subject),
		...scenes.map((scene, i) =>
			scenes.length === 1 ? sentence(scene) : `Scene ${i + 1}: ${sentence(scene)}`,
		),
		style && `Style: ${closed(style)}`,
	]
		.filter(Boolean)
		.join(' ');
}

/** The scenes that say something, without labels that were typed by hand. */
export function describedScenes(scenes: string[]): string[] {
	return scenes.map((scene) => unlabelled(scene, SCENE_LABEL)).filter(Boolean);
}

function opening(count: number, subject: string): string {
	const scenes = `${NUMBERS[count - 2] ?? count} scenes`;
	if (subject === '') return `${scenes}.`;
	// "One" tells Luma that it is the same bouquet in every scene; "a" would allow four different ones.
	return closed(`${scenes} of ${continued(open(subject)).replace(/^an? /, 'one ')}`);
}

function unlabelled(text: string, label: RegExp): string {
	return clean(clean(text).replace(label, ''));
}

/**
 * What to know about a storyboard before paying: how short its scenes become.
 *
 * @param seconds length of the whole video
 */
export function sceneHints(sceneCount: number, seconds: number): string[] {
	const secondsPerScene = seconds / sceneCount;
	if (sceneCount < MANY_SCENES || secondsPerScene >= ENOUGH_SECONDS) return [];
	const length = `${sceneCount} scenes in ${seconds} seconds have about ${rounded(secondsPerScene)} seconds each`;
	const remedy =
		seconds < 10
			? "set 'Duration' of Text to Video to 10 seconds, or describe fewer scenes"
			: 'describe fewer scenes, or make a second video with the same subject, style and seed';
	return [`${length}: ${remedy}.`];
}

function rounded(seconds: number): number {
	return Math.round(seconds * 10) / 10;
}
