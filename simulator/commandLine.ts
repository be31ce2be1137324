/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import { parseArgs } from 'node:util';
import { configEchoes, dialects, plans, type SimulatorOptions, type Fault } from './contract';

export const usage = `PiAPI simulator for the Luma nodes: no account, no cost, no internet.

Usage: npm run simulator -- [options]

  --port <n>                         port to listen on, 0 for any free one (8788)
  --host <name>                      address to listen on (127.0.0.1)
  --key <text>                       the API key that is accepted (simulated-key)
  --render-seconds <n>               how long a video renders (5)
  --queue-seconds <n>                how long a task is pending (0.2)
  --concurrency <n>                  tasks that render at once (50)
  --dialect <name>                   ${dialects.join(', ')} (current)
  --plan <name>                      ${plans.join(', ')} (creator)
  --balance-usd <n>                  money of the account (100)
  --fail-when <text>                 tasks whose prompt contains the text fail as refused by moderation
  --links-expire-after-seconds <n>   media links end that long after their task (never)
  --media-bytes <n>                  size of each video (as it is)
  --config-echo <name>               ${configEchoes.join(', ')} (asSent)
  --requests-per-minute <n>          further requests get 429 (no limit)
  --answer-seconds <n>               how long each answer takes (0)
  --faults <json>                    a list of faults, see simulator/README.md
  --help                             this text
`;

type CommandLine =
	| { kind: 'help' }
	| { kind: 'problem'; message: string }
	| { kind: 'serve'; options: SimulatorOptions; port: number; host: string };

class Problem extends Error {}

/** Reads the arguments that follow the program's name. */
export function readCommandLine(args: string[]): CommandLine {
	try {
		return read(args);
	} catch (error) {
		const { code, message } = error as { code?: string; message: string };
		if (!(error instanceof Problem) && !code?.startsWith('ERR_PARSE_ARGS')) throw error;
		return { kind: 'problem', message };
	}
}

function read(args: string[]): CommandLine {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		args,
		options: {
			port: text,
			host: text,
			key: text,
			'render-seconds': text,
			'queue-seconds': text,
			concurrency: text,
			dialect: text,
			plan: text,
			'balance-usd': text,
			'fail-when': text,
			'links-expire-after-seconds': text,
			'media-bytes': text,
			'config-echo': text,
			'requests-per-minute': text,
			'answer-seconds': text,
			faults: text,
			help: { type: 'boolean', short: 'h' },
		},
	});
	if (values.help) return { kind: 'help' };
	const number = (name: Exclude<keyof typeof values, 'help'>, isWhole = false) => {
		const value = values[name];
		if (value === undefined) return undefined;
		const isFine = isWhole ? /^\d+$/.test(value) : /^\d+(\.\d+)?$|^\.\d+$/.test(value);
		if (!isFine) throw new Problem(`--${name} takes a ${isWhole ? 'whole ' : ''}number`);
		return Number(value);
	};
	const port = number('port', true) ?? 8788;
	if (port > 65535) throw new Problem('--port takes a number up to 65535');
	const concurrency = number('concurrency', true);
	if (concurrency === 0) throw new Problem('--concurrency takes a number from 1');
	const requestsPerMinute = number('requests-per-minute', true);
	if (requestsPerMinute === 0) throw new Problem('--requests-per-minute takes a number from 1');
	const failWhen = values['fail-when'];
	return {
		kind: 'serve',
		port,
		host: values.host ?? '127.0.0.1',
		options: {
			apiKey: values.key,
			renderSeconds: number('render-seconds'),
			queueSeconds: number('queue-seconds'),
			concurrency,
			dialect: oneOf('dialect', dialects, values.dialect),
			plan: oneOf('plan', plans, values.plan),
			balanceUsd: number('balance-usd'),
			linksExpireAfterSeconds: number('links-expire-after-seconds'),
			mediaBytes: number('media-bytes', true),
			configEcho: oneOf('config-echo', configEchoes, values['config-echo']),
			requestsPerMinute,
			answerSeconds: number('answer-seconds'),
			faults: readFaults(values.faults),
			outcome: failWhen === undefined ? undefined : refusing(failWhen),
		},
	};
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value?: string) {
	const found = allowed.find((candidate) => candidate === value);
	if (value !== undefined && !found) throw new Problem(`--${name} is one of ${allowed.join(', ')}`);
	return found;
}

function readFaults(json: string | undefined): Fault[] | undefined {
	if (json === undefined) return undefined;
	try {
		const faults = JSON.parse(json) as Fault[];
		if (Array.isArray(faults) && faults.every(({ route, effect }) => route && effect?.kind)) {
			return faults;
		}
	} catch {
		// falls through to the same message
	}
	throw new Problem(
		'--faults takes a JSON list such as [{"route":"read","effect":{"kind":"reset"}}]',
	);
}

function refusing(text: string): SimulatorOptions['outcome'] {
	const failure = {
		message: 'Your prompt was refused by moderation. Please change it and try again.',
		rawMessage: 'content moderation: 400 advanced moderation failed',
	};
	return ({ prompt = '' }) => (prompt.includes(text) ? failure : undefined);
}
