/** What has no look although it counts as a letter or a symbol. */
const BLANK_LETTERS = /[\u115F\u1160\u2800\u3164\uFFA0]/g;
const SOMETHING_TO_SAY = /[\p{L}\p{N}\p{So}]/u;
/** What a page is laid out with. */
const LAYOUT = /<\/?(?:p|br|div|span|b|i|em|strong|ul|ol|li|hr)(?:\s[^<>]*)?\/?>|&(?:nbsp|#160);/gi;

/** What programs, spreadsheets and people write where there is nothing. */
const NOTHING =
	/^(?:undefined|null|nil|none|nan|true|false|n\/a|\[object \w+\]|(?<=#)(?:ref|value|name|div\/0|num|error|spill|calc|getting_data|unknown|blocked|busy|connect|field)|[\s\p{P}\p{Sm}\p{Sc}\p{Sk}])+$/iu;

const LEFT_OVER =
	/\bundefined\b|\bNaN\b|\bnull\b|\[object \w+\]|#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|ERROR!)/;

const TEMPLATE =
	/\{\{(?:(?!\{\{).)*?\}\}|\{\{\s*\$.*|^=*\s*\$(?:(?:json|input|node|binary|item|fromAI)\b|(?=\())(?:\[[^\]\n]*\]|\([^)\n]*\)|[^\s[(])*$/s;

const POLITE = /^(?:sure|certainly|of course|absolutely|great|okay|ok)\b[^\n:]{0,40}?[!.,]\s*/i;
const LEAD_IN =
	/^[*_#\s]*(?:here(?:['’]s| is| are)|this is|below is)\b[^\n:]{0,80}\b(?:prompt|description)\b[^\n:]{0,60}:[*_\s]*/i;
const LABEL = /^[*_#\s]*(?:(?:final|revised|video|luma) ){0,3}prompt[*_]*:[*_\s]*/i;
/** What some models think before they answer. */
const THOUGHTS = /^<think>(?:(?!<\/think>)[^])*<\/think>\s*/i;
/** With what may stand below. The first group takes all marks at once: they are not tried one by one. */
const FENCED = /^(?=(`{3,}))\1(?:[\w-]*[ \t]*\n)?([^`]*)`{3,}(?:[ \t]*\n[^`]*)?$/;
const QUOTED = /^(["“'])([^"“”]*)(["”'])$/;

/** Whether a text has no letter, number or picture in it. */
export function isBlank(text: string): boolean {
	return !SOMETHING_TO_SAY.test(text.replace(LAYOUT, '').replace(BLANK_LETTERS, ''));
}

/** Whether a text only says that there was nothing: `undefined`, `[object Object]`, `#REF!`. */
export function saysNothing(text: string): boolean {
	return NOTHING.test(text) && !isBlank(text);
}

/** The expression in a text that nobody has evaluated; undefined where there is none. */
export function templateIn(text: string): string | undefined {
	return TEMPLATE.exec(text)?.[0];
}

/** A word such as `undefined` within a text that says more; undefined where there is none. */
export function leftOverIn(text: string): string | undefined {
	return LEFT_OVER.exec(text)?.[0];
}

/** The prompt without what a language model puts around its answer: "Here is your prompt:", code fences, JSON. */
export function unwrapped(text: string): string {
	const withoutLead = withoutLeadIn(text.replace(THOUGHTS, ''));
	const [, , inside] = FENCED.exec(withoutLead) ?? [];
	const rest = onlyText(withoutLeadIn((inside ?? withoutLead).trim()));
	if (rest === text) return text;
	return QUOTED.exec(rest)?.[2] ?? rest;
}

function withoutLeadIn(text: string): string {
	const rest = text.replace(POLITE, '').replace(LEAD_IN, '').replace(LABEL, '');
	// "Sure, …" can begin a prompt.
	return LEAD_IN.test(text.replace(POLITE, '')) || LABEL.test(text) ? rest : text;
}

/** The one value of JSON that holds nothing else, such as `{"prompt": "a cat"}`. */
function onlyText(text: string): string {
	if (!/^[[{]/.test(text)) return text;
	try {
		let value: unknown = JSON.parse(text);
		while (typeof value === 'object' && value !== null) {
			const values: unknown[] = Object.values(value);
			if (values.length !== 1) return text;
			[value] = values;
		}
		return String(value);
	} catch {
		return text;
	}
}
