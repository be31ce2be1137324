import { leftOverIn } from './given';

export const FEWEST_WORDS = 3;
export const MOST_WORDS = 200;

// "no-one" and "never-ending" are words of their own; "No. 5" is a name.
export const NEGATIONS = new RegExp(
	'(?<![\\p{L}\\p{M}\\p{N}_]-?)(?:no(?!\\.? ?\\d)|not|never|without|neither|nor|cannot' +
		'|avoid(?:s|ed|ing)?|exclud(?:e|es|ed|ing)|dont|doesnt|didnt|isnt|arent' +
		"|(?:do|does|did|is|are|was|were|ca|could|should|would|wo|must|has|have|had)n't)" +
		"(?![\\p{L}\\p{M}\\p{N}_]|['-]\\p{L})",
	'gu',
);
export const WEAK_WORDS =
	/(?<![\p{L}\p{M}\p{N}_])(?:vibrant|whimsical|hyper[ -]?realistic|beautiful|amazing|stunning)(?![\p{L}\p{M}\p{N}_])/gu;
export const WRITTEN_WITHOUT_BLANKS =
	/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

// Viewpoints (low angle, POV …) are absent on purpose: one of them goes well with one move. "Pulls out a
// sword" and "a pan left on the stove" are something in the scene, not the camera.
const GOING = '(?:s|es|n?ing)?[ -](?:slowly |to the )?';
export const CAMERA_MOVES = new RegExp(
	'(?<![\\p{L}\\p{M}\\p{N}_])(?:' +
		`(zoom|push|pull|dolly)${GOING}(in|out|zoom)|(pan|truck|orbit|roll)${GOING}(left|right)|` +
		`(tilt|crane|pedestal)${GOING}(up|down)|(bolt)[ -](cam)|(static) (camera|shot)` +
		')(?![\\p{L}\\p{M}\\p{N}_]| (?:the|an?|his|her|its|their)\\b|(?<=left) (?:on|in|at)\\b)',
	'gu',
);

/** The sentences, with what was found in the prompt or, before a run, without it. */
export const ADVICE = {
	short: (found = '') =>
		`The prompt is very short${found}: say who or what is seen, what it does and where. About 100 words work best.`,
	long: (count: number | string = `more than ${MOST_WORDS}`) =>
		`The prompt has ${count} words, and that many rarely help: keep one action and the details that matter. About 100 words work best.`,
	negations: (found = '') =>
		`Luma tends to show what a prompt rules out${found}: describe what should be seen instead, such as "an empty street" for a street with nobody in it.`,
	weakWords: (words = 'words such as "beautiful" or "amazing"') =>
		`Luma's results tend to get worse with ${words}: name the colours, light or textures that should be seen instead.`,
	cameraMoves: (found = '') =>
		`Several camera moves in one clip get in each other's way${found}: keep one of them, and give the others clips of their own.`,
};

/**
 * What is known to weaken Luma's results in this prompt, as sentences for a person to read; never a
 * reason to refuse it. Always in the same order: length, negations, weak words,
 * what an expression left over, camera moves.
 */
export function promptHints(prompt: string): string[] {
	const line = prompt.replace(/\s{2,}|[^\S ]/g, ' ').trim();
	// An image alone needs no prompt, and where one is needed the caller says so.
	if (line === '') return [];

	const text = line.toLowerCase().replace(/’/g, "'").replace(/[‐‑]/g, '-');
	const hints: string[] = [];

	const words = wordCount(text);
	if (words < FEWEST_WORDS && !WRITTEN_WITHOUT_BLANKS.test(text)) {
		const [start] = /^.{0,60}/u.exec(line) ?? [''];
		hints.push(ADVICE.short(` ("${start}")`));
	} else if (words > MOST_WORDS) {
		hints.push(ADVICE.long(words));
	}

	const negations = distinct(text, NEGATIONS);
	if (negations.length > 0) hints.push(ADVICE.negations(` (${quoted(negations)})`));

	const weakWords = distinct(text, WEAK_WORDS);
	if (weakWords.length > 0) hints.push(ADVICE.weakWords(quoted(weakWords)));

	const leftOver = leftOverIn(line);
	if (leftOver !== undefined) {
		hints.push(
			`“${leftOver}” in the prompt looks like what an expression leaves where it finds nothing: check the text that comes from other nodes.`,
		);
	}

	const moves = cameraMovesIn(text);
	if (moves.length > 1) hints.push(ADVICE.cameraMoves(` (${quoted(moves)})`));

	return hints;
}

/** The words for camera moves in order of appearance, once a move. */
function cameraMovesIn(text: string): string[] {
	const words = new Map<string, string>();
	for (const [found, ...groups] of text.matchAll(CAMERA_MOVES)) {
		const move = groups.join('');
		if (!words.has(move)) words.set(move, found);
	}
	return [...words.values()];
}

function wordCount(text: string): number {
	return text.match(/[\p{L}\p{N}]\S*/gu)?.length ?? 0;
}

function distinct(text: string, pattern: RegExp): string[] {
	return [...new Set(text.match(pattern))];
}

function quoted(words: string[]): string {
	return words.map((word) => `"${word}"`).join(', ');
}
