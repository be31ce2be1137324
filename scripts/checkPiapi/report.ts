import type { Fact, Outcome } from './fact';

export interface FactResult {
	fact: Fact;
	outcome: Outcome;
}

const signs: Record<Outcome['kind'], string> = {
	holds: '✓ holds',
	differs: '✗ differs',
	notSeen: '– not seen',
};

/** One line for each fact. */
export function lineOf({ fact, outcome }: FactResult): string {
	const { topic, title } = fact;
	return `${signs[outcome.kind].padEnd(11)} ${topic.padEnd(9)} ${title}${detailOf(outcome)}`;
}

function detailOf(outcome: Outcome): string {
	const detail = outcome.kind === 'notSeen' ? outcome.why : outcome.seen;
	return detail === undefined ? '' : ` (${detail})`;
}

/** A short report in Markdown that can be pasted into an issue: what differs, and what is worth knowing. */
export function reportOf(judged: FactResult[], version: string, date: Date, pays: boolean): string {
	const of = (kind: Outcome['kind']) => judged.filter(({ outcome }) => outcome.kind === kind);
	const [holds, differs, notSeen] = [of('holds'), of('differs'), of('notSeen')];
	const telling = holds.filter(({ outcome }) => detailOf(outcome) !== '');
	const way = pays ? 'with one paid video' : 'free calls only';
	return [
		'### Contract check of PiAPI',
		'',
		`${date.toISOString().slice(0, 10)}, version ${version}, ${way}: ` +
			`${holds.length} hold, ${differs.length} differ, ${notSeen.length} not seen.`,
		...listOf('Differs', differs),
		...listOf('Holds, and is worth knowing', telling),
		...listOf('Not seen', notSeen),
	].join('\n');
}

function listOf(title: string, some: FactResult[]): string[] {
	if (some.length === 0) return [];
	const lines = some.map(
		({ fact, outcome }) => `- ${fact.topic}: ${fact.title}${detailOf(outcome)}`,
	);
	return ['', `${title}:`, ...lines];
}

/** The text without any of the secrets, wherever it may have them from. */
export function withoutSecrets(text: string, secrets: string[]): string {
	return secrets
		.filter((secret) => secret !== '')
		.reduce((clean, secret) => clean.replaceAll(secret, '[hidden]'), text);
}
