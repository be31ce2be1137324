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

export function parseOptions(args?: string[]) {
	const flag = { type: 'boolean', default: false } as const;
	const values = readFlags(
		{
			help: { ...flag, short: 'h' },
			once: flag,
			yes: flag,
			port: { type: 'string', default: '5678' },
			'render-seconds': { type: 'string', default: '5' },
		},
		args,
	);
	return {
		...values,
		port: numberFrom('--port', values.port, 1, 65_535, true),
		renderSeconds: numberFrom('--render-seconds', values['render-seconds'], 0, 3600, false),
	};
}

function numberFrom(flag: string, text: string, least: number, most: number, whole: boolean) {
	const value = Number(text);
	const fits = text.trim() !== '' && value >= least && value <= most;
	if (fits && (!whole || Number.isInteger(value))) return value;
	const kind = whole ? 'a whole number' : 'a number';
	throw new UsageError(`${flag} takes ${kind} from ${least} to ${most}, not "${text}"`);
}
