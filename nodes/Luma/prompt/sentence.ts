import { isBlank } from './given';

const PAUSES = ',，、;；:：';
const FULL_STOPS = '.。…!！?？';

const BLANKS = /[\s\p{Cc}\u200B]+/gu;
const CLOSED = new RegExp(`[${FULL_STOPS}]["'”’»)\\]]?$`);
const SENTENCE_BREAK =
	/(?:[!?]|(?<!\.|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Sr|Jr|No|no|vs|[A-Z]))\.) |[。！？]/;
const FUNCTION_WORD =
	/^(?:A|An|The|In|On|At|By|Near|Under|Over|Along|Across|Through|Inside|Outside|With|While|As|His|Her|Its|Their|Some|Two|Three)(?= )/;

function withoutTrailing(text: string, marks: string): string {
	let end = text.length;
	while (end > 0 && (text[end - 1] === ' ' || marks.includes(text[end - 1]))) end--;
	return text.slice(0, end);
}

/** One field's text in one line with single blanks. A field that holds nothing but punctuation is empty. */
export function clean(text: string | undefined): string {
	// An expression may return null or a number whatever the field's type says.
	const line = String(text ?? '')
		.replace(BLANKS, ' ')
		.trim();
	return isBlank(line) ? '' : line;
}

/** Cleaned text without the punctuation at its end, so that a sentence can go on behind it. */
export function open(cleaned: string): string {
	return withoutTrailing(cleaned, PAUSES + FULL_STOPS);
}

/** Cleaned text with a full stop, exclamation or question mark at its end. */
export function closed(cleaned: string): string {
	const text = withoutTrailing(cleaned, PAUSES);
	return text === '' || CLOSED.test(text) ? text : `${text}.`;
}

/** Cleaned text as a sentence of its own. */
export function sentence(cleaned: string): string {
	// A name such as "iPhone" keeps its small letter.
	return closed(cleaned).replace(/^\p{Ll}(?!\p{Ll}*\p{Lu})/u, (letter) => letter.toUpperCase());
}

/** Cleaned text as the later part of a sentence: "The forest" turns into "the forest", "Paris" stays. */
export function continued(cleaned: string): string {
	return cleaned.replace(FUNCTION_WORD, (word) => word.toLowerCase());
}

/** Whether cleaned text holds more than one sentence. */
export function hasSeveralSentences(cleaned: string): boolean {
	return SENTENCE_BREAK.test(open(cleaned));
}
