import { readFlags, UsageError } from '../commandLine';

export type DemoOptions = ReturnType<typeof parseOptions>;

export const usage = `npm start -- [options]

Starts n8n with the Luma Dream Machine node in it, runs an example workflow and leaves the editor
open. Everything is temporary and ends with Ctrl-C. Without a key, a simulated PiAPI makes the
videos: no account, no cost.

  --once                End after the run: exit code 0, or 1 when the run failed
  --port <number>       Port of the editor (5678; the next free one when it is taken)
  --render-seconds <n>  How long the simulated PiAPI takes for a video (5)
  --yes                 With a key of your own: run the workflow, which costs about $0.20
  --help                Show this text

Environment:
  PIAPI_API_KEY         Use PiAPI itself with this key. Nothing is spent without --yes.
  PIAPI_BASE_URL        PiAPI's address when it is not https://api.piapi.ai
  PIAPI_UPLOAD_BASE_URL The address for uploads when it is not https://upload.theapi.app`;

export function parseOptions() {
	const flag = { type: 'boolean', default: false } as const;
	const values = readFlags({
		help: { ...flag, short: 'h' },
		once: flag,
		yes: flag,
		port: { type: 'string', default: '5678' },
		'render-seconds': { type: 'string', default: '5' },
	});
	return {
		...values,
		port: wholeNumber('--port', values.port, 1, 65_535),
		renderSeconds: wholeNumber('--render-seconds', values['render-seconds'], 0, 3600),
	};
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
	const value = /^\d+$/.test(text) ? Number(text) : NaN;
	if (value >= least && value <= most) return value;
	throw new UsageError(`${flag} takes a whole number from ${least} to ${most}, not "${text}"`);
}
