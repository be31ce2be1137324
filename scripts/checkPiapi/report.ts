/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import type { TestEvent } from 'node:test/reporters';

import { version } from '../../package.json';

interface Outcome {
	sign: '✓ holds' | '✗ differs' | '– not seen';
	/** Its topic and its title. */
	name: string;
	detail: string;
}

/** A reporter of node:test: a line for each fact, in a block that can be pasted into an issue. */
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	const outcomes: Outcome[] = [];
	for await (const { type, data } of events) {
		if (type === 'test:pass') {
			const { name, skip = '' } = data;
			outcomes.push({ sign: skip ? '– not seen' : '✓ holds', name, detail: String(skip) });
		} else if (type === 'test:fail') {
			const { cause, message } = data.details.error;
			const detail = cause instanceof Error ? cause.message : message;
			outcomes.push({ sign: '✗ differs', name: data.name, detail: detail.split('\n')[0] });
		} else if (type === 'test:diagnostic' && data.message.startsWith('seen: ')) {
			// What a fact has shown follows its end.
			outcomes[outcomes.length - 1].detail = data.message.slice('seen: '.length);
		}
	}
	if (outcomes.length > 0) yield pageOf(outcomes);
}

function pageOf(outcomes: Outcome[]): string {
	const count = (wanted: Outcome['sign']) => outcomes.filter(({ sign }) => sign === wanted).length;
	const way = process.argv.includes('--pay') ? 'with one paid video' : 'free calls only';
	const sums = [
		`${count('✓ holds')} hold`,
		`${count('✗ differs')} differ`,
		`${count('– not seen')} not seen`,
	];
	const day = new Date().toISOString().slice(0, 10);
	const lines = outcomes.map(({ sign, name, detail }) => {
		const [topic, title] = name.split(/: (.*)/);
		return `${sign.padEnd(11)} ${topic.padEnd(9)} ${title}${detail && ` (${detail})`}`;
	});
	const head = `${day}, version ${version}, ${way}: ${sums.join(', ')}.`;
	return ['### Contract check of PiAPI', '', head, '', '```text', ...lines, '```', ''].join('\n');
}

// node:test takes what `module.exports` is.
export = report;
