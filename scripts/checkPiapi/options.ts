/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { parseArgs } from 'node:util';

export const usage = `npm run check:piapi -- [options]

Compares PiAPI with what this package takes for granted about it, and ends with a report for an issue.
Without options it makes free calls only. The key and other secrets are never shown.

  --pay    Also make one video of 5 seconds, which costs about $0.20: asks for --yes
  --yes    Yes, pay for it
  --help   Show this text

Environment:
  PIAPI_API_KEY   The key of your PiAPI account. Needed.
  PIAPI_BASE_URL  PiAPI's address when it is not https://api.piapi.ai

Exit code: 0 when everything that was seen holds, 1 when something does not or PiAPI could not be asked,
2 when the command needs something else from you.`;

const price = `--pay makes one video of 5 seconds, which costs about $0.20. Nothing has been spent.
To make it:  npm run check:piapi -- --pay --yes`;

type Command =
	| { kind: 'help' }
	| { kind: 'usage'; message: string }
	| { kind: 'check'; apiKey: string; baseUrl: string; pays: boolean };

/** Reads the words after `npm run check:piapi --`, and the environment. */
export function readCommand(args: string[], environment: NodeJS.ProcessEnv): Command {
	const flag = { type: 'boolean', default: false } as const;
	let values: { pay: boolean; yes: boolean; help: boolean };
	try {
		values = parseArgs({ args, options: { pay: flag, yes: flag, help: flag } }).values;
	} catch (error) {
		return { kind: 'usage', message: (error as Error).message.split('. ')[0] };
	}
	const { pay, yes, help } = values;
	if (help) return { kind: 'help' };
	if (yes && !pay) return { kind: 'usage', message: '--yes goes with --pay' };
	if (pay && !yes) return { kind: 'usage', message: price };

	const apiKey = environment.PIAPI_API_KEY?.trim();
	if (!apiKey) return { kind: 'usage', message: 'PIAPI_API_KEY has to hold your PiAPI key' };
	const baseUrl = (environment.PIAPI_BASE_URL || 'https://api.piapi.ai').replace(/\/+$/, '');
	if (!mayGetKey(baseUrl)) {
		return { kind: 'usage', message: 'PIAPI_BASE_URL has to begin with https://' };
	}
	return { kind: 'check', apiKey, baseUrl, pays: pay };
}

/** A key travels encrypted, or does not leave this machine. */
function mayGetKey(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname } = new URL(address);
	return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
