/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import type { TestEvent } from 'node:test/reporters';

import { version } from '../../package.json';

/** Before what a fact has shown, among the diagnostics of node:test. */
const SEEN = 'seen: ';

type Kind = 'holds' | 'differs' | 'notSeen';

interface Outcome {
	kind: Kind;
	/** Its topic and its title. */
	name: string;
	detail: string;
}

const SIGNS: Record<Kind, string> = {
	holds: '✓ holds',
	differs: '✗ differs',
	notSeen: '– not seen',
};

/** A reporter of node:test: a line for each fact, then a report that can be pasted into an issue. */
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	const outcomes: Outcome[] = [];
	for await (const event of events) {
		const outcome = outcomeOf(event);
		if (outcome) outcomes.push(outcome);
		if (event.type !== 'test:diagnostic' || !event.data.message.startsWith(SEEN)) continue;
		outcomes[outcomes.length - 1].detail = event.data.message.slice(SEEN.length);
	}
	if (outcomes.length === 0) return;
	const lines = [...outcomes.map(lineOf), '', ...summaryOf(outcomes)];
	const key = process.env.PIAPI_API_KEY?.trim() || 'no key';
	yield `${lines.join('\n').replaceAll(key, '[hidden]')}\n`;
}

function outcomeOf(event: TestEvent): Outcome | undefined {
	if (event.type === 'test:fail') {
		const { name, details } = event.data;
		const { cause } = details.error;
		const { message } = cause instanceof Error ? cause : details.error;
		return { kind: 'differs', name, detail: message.split('\n')[0] };
	}
	if (event.type !== 'test:pass') return undefined;
	const { name, skip = false } = event.data;
	return { kind: skip ? 'notSeen' : 'holds', name, detail: skip ? String(skip) : '' };
}

function lineOf({ kind, name, detail }: Outcome): string {
	const [topic, title] = name.split(/: (.*)/);
	return `${SIGNS[kind].padEnd(11)} ${topic.padEnd(9)} ${title}${inBrackets(detail)}`;
}

function inBrackets(detail: string): string {
	return detail === '' ? '' : ` (${detail})`;
}

/** What differs, and what is worth knowing, in Markdown. */
function summaryOf(outcomes: Outcome[]): string[] {
	const of = (kind: Kind) => outcomes.filter((outcome) => outcome.kind === kind);
	const [holds, differs, notSeen] = [of('holds'), of('differs'), of('notSeen')];
	const way = process.argv.includes('--pay') ? 'with one paid video' : 'free calls only';
	const day = new Date().toISOString().slice(0, 10);
	return [
		'### Contract check of PiAPI',
		'',
		`${day}, version ${version}, ${way}: ` +
			`${holds.length} hold, ${differs.length} differ, ${notSeen.length} not seen.`,
		...listOf('Differs', differs),
		...listOf(
			'Holds, and is worth knowing',
			holds.filter(({ detail }) => detail !== ''),
		),
		...listOf('Not seen', notSeen),
	];
}

function listOf(title: string, outcomes: Outcome[]): string[] {
	if (outcomes.length === 0) return [];
	const lines = outcomes.map(({ name, detail }) => `- ${name}${inBrackets(detail)}`);
	return ['', `${title}:`, ...lines];
}

// node:test takes what `module.exports` is.
export = report;
