import type { NodeHint } from 'n8n-workflow';

import { MATCH_IMAGE } from '../piapi/images';
import {
	ADVICE,
	CAMERA_MOVES,
	FEWEST_WORDS,
	MOST_WORDS,
	NEGATIONS,
	WEAK_WORDS,
	WRITTEN_WITHOUT_BLANKS,
} from '../prompt/hints';
import { storyboardHints } from './video/storyboard';

/** The text of a field as it was written; of an expression nobody knows before the run what it gives. */
const writtenIn = (field: string) =>
	`(String($rawParameter.${field} ?? "").startsWith("=") ? "" : String($rawParameter.${field} ?? ""))`;

const PROMPT = `($parameter.promptMode === "text" ? ${writtenIn('prompt')} : "")`;
const ASPECT_RATIO = writtenIn('aspectRatio');

/** As `promptHints` reads it. */
const TEXT = String.raw`${PROMPT}.toLowerCase().replace(/’/g, "'").replace(/[‐‑]/g, "-")`;
const WORD_COUNT = String.raw`(${TEXT}.match(/[\p{L}\p{N}]\S*/gu)?.length ?? 0)`;
const MOVES = `[...${TEXT}.matchAll(/${CAMERA_MOVES.source}/gu)].map(([, ...parts]) => parts.join(""))`;

const isIn = ({ source }: RegExp) => `/${source}/u.test(${TEXT})`;

/**
 * What the editor says beside the fields while nothing has been paid yet. n8n works out the conditions, and shows
 * the sentences as they are.
 */
export const editorHints: NodeHint[] = [
	...storyboardHints,
	hint(
		ADVICE.short(),
		`${TEXT}.trim() !== "" && ${WORD_COUNT} < ${FEWEST_WORDS} && !${isIn(WRITTEN_WITHOUT_BLANKS)}`,
	),
	hint(ADVICE.long(), `${WORD_COUNT} > ${MOST_WORDS}`),
	hint(ADVICE.negations(), isIn(NEGATIONS)),
	hint(ADVICE.weakWords(), isIn(WEAK_WORDS)),
	hint(ADVICE.cameraMoves(), `new Set(${MOVES}).size > 1`),
	hint(
		"The video gets this 'Aspect Ratio' whatever form the image has, and what does not fit is cut off. The choice that matches the start image takes the nearest ratio.",
		`$parameter.operation === "imageToVideo" && !["", "${MATCH_IMAGE}"].includes(${ASPECT_RATIO})`,
	),
];

function hint(message: string, condition: string): NodeHint {
	return {
		message,
		location: 'ndv',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${condition} }}`,
	};
}
