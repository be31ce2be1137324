/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { parseArgs } from 'node:util';
import { plans, type SimulatorOptions, type Fault } from './contract';
import { accountForms, configEchoes, dialects } from './dialects';

interface Settings {
	options: SimulatorOptions;
	port: number;
	host: string;
}

/** What a flag takes, what its text stands for (undefined when it is not allowed), and what it is for. */
type Flag = [takes: string, read: (text: string) => unknown, help: string];

const asNumber = (text: string) => (/^(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : undefined);
const fromTo =
	(least: number, most = Infinity) =>
	(text: string) =>
		/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined;
const oneOf = (allowed: readonly string[], standard: string): Flag => [
	'<name>',
	(text) => allowed.find((candidate) => candidate === text),
	`${allowed.join(', ')} (${standard})`,
];

const flags: Record<string, Flag> = {
	port: ['<n>', fromTo(0, 65_535), 'port to listen on, 0 for any free one (8788)'],
	host: ['<name>', String, 'address to listen on (127.0.0.1)'],
	key: ['<text>', String, 'the API key that is accepted (simulated-key)'],
	'render-seconds': ['<n>', asNumber, 'how long a video renders (5)'],
	'queue-seconds': ['<n>', asNumber, 'how long a task is pending (0.2)'],
	concurrency: ['<n>', fromTo(1), 'tasks that render at once (50)'],
	dialect: oneOf(dialects, 'current'),
	'account-form': oneOf(accountForms, 'current'),
	'config-echo': oneOf(configEchoes, 'asSent'),
	plan: oneOf(plans, 'creator'),
	'usage-type': ['<text>', String, 'the unit of what a task costs (point)'],
	'link-lag-seconds': ['<n>', asNumber, 'how long a completed task has no link (0)'],
	'balance-usd': ['<n>', asNumber, 'money of the account (100)'],
	'fail-when': ['<text>', refusing, 'moderation refuses tasks whose prompt has the text'],
	'links-expire-after-seconds': ['<n>', asNumber, 'when the links of a task end (never)'],
	'media-bytes': ['<n>', fromTo(0), 'size of each video (as it is)'],
	'requests-per-minute': ['<n>', fromTo(1), 'further requests get 429 (no limit)'],
	'answer-seconds': ['<n>', asNumber, 'how long each answer takes (0)'],
	faults: ['<json>', readFaults, 'a list of faults, see simulator/README.md'],
};

const line = (flag: string, help: string) => `  ${`--${flag}`.padEnd(33)}  ${help}`;

export const usage = `PiAPI simulator for the Luma nodes: no account, no cost, no internet.

Usage: npm run simulator -- [options]

${Object.entries(flags)
	.map(([name, [takes, , help]]) => line(`${name} ${takes}`, help))
	.join('\n')}
${line('help', 'this text')}
`;

/** Reads the arguments that follow the program's name; undefined when they ask for help. */
export function readCommandLine(args: string[]): Settings | undefined {
	const texts = Object.keys(flags).map((name) => [name, { type: 'string' }] as const);
	const help = { type: 'boolean', short: 'h' } as const;
	const { values } = parseArgs({ args, options: { ...Object.fromEntries(texts), help } });
	if (values.help) return undefined;
	const entries = Object.entries(values).map(([name, text]) => [
		name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
		readFlag(name, String(text)),
	]);
	const given = Object.fromEntries(entries) as Record<string, never>;
	const { port = 8788, host = '127.0.0.1', key: apiKey, failWhen: outcome, ...others } = given;
	return { port, host, options: { ...others, apiKey, outcome } };
}

function readFlag(name: string, text: string): unknown {
	const [, read, help] = flags[name];
	const value = read(text);
	if (value === undefined) throw new Error(`--${name} cannot be "${text}": ${help}`);
	return value;
}

function readFaults(json: string): Fault[] | undefined {
	const faults = JSON.parse(json) as Fault[];
	const isList =
		Array.isArray(faults) && faults.every(({ route, effect }) => route && effect?.kind);
	return isList ? faults : undefined;
}

function refusing(text: string): SimulatorOptions['outcome'] {
	const failure = {
		message: 'Your prompt was refused by moderation. Please change it and try again.',
		rawMessage: 'content moderation: 400 advanced moderation failed',
	};
	return ({ prompt = '' }) => (prompt.includes(text) ? failure : undefined);
}
