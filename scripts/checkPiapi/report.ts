/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import type { TestEvent } from 'node:test/reporters';

import { version } from '../../package.json';

const SIGNS = { holds: '✓ holds', differs: '✗ differs', notSeen: '– not seen' };

interface Outcome {
	kind: keyof typeof SIGNS;
	/** Its topic and its title. */
	name: string;
	detail: string;
}

/** A reporter of node:test: a line for each fact, in a block that can be pasted into an issue. */
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	const outcomes: Outcome[] = [];
	for await (const event of events) {
		const outcome = outcomeOf(event);
		if (outcome) outcomes.push(outcome);
		// What a fact has shown follows its end.
		if (event.type !== 'test:diagnostic' || !event.data.message.startsWith('seen: ')) continue;
		outcomes[outcomes.length - 1].detail = event.data.message.slice('seen: '.length);
	}
	if (outcomes.length === 0) return;
	const count = (kind: Outcome['kind']) => outcomes.filter((one) => one.kind === kind).length;
	const way = process.argv.includes('--pay') ? 'with one paid video' : 'free calls only';
	const day = new Date().toISOString().slice(0, 10);
	const lines = [
		'### Contract check of PiAPI',
		'',
		`${day}, version ${version}, ${way}: ` +
			`${count('holds')} hold, ${count('differs')} differ, ${count('notSeen')} not seen.`,
		'',
		'```text',
		...outcomes.map(lineOf),
		'```',
	];
	yield `${lines.join('\n')}\n`;
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
	const inBrackets = detail === '' ? '' : ` (${detail})`;
	return `${SIGNS[kind].padEnd(11)} ${topic.padEnd(9)} ${title}${inBrackets}`;
}

// node:test takes what `module.exports` is.
export = report;
