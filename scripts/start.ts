/* eslint-disable no-console */
import { ensureBuilt, isBuilt } from './build';
import { openEditor, overview, type Editor } from './demo/editor';
import { openService, ownKey, type PiapiService } from './demo/service';
import { endWith, readFlags, UsageError, whenAskedToEnd } from './ending';
import { outputOf, type Execution } from './n8n/answers';
import { ensureN8n } from './install';
import { defaultVersion } from './n8n/versions';
import { withProgress } from './progress';

const usage = `npm start -- [options]

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

const PRICE = `With your own key PiAPI makes the video, and one run costs about $0.20 (5 seconds of video).
Nothing has been spent. To run it:  npm start -- --yes`;

function parseOptions() {
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

/** What is to be closed at the end, whichever way the end comes. */
const open: Array<() => Promise<void>> = [];

async function closeAll(): Promise<void> {
	for (const close of open.splice(0).reverse()) await close();
}

async function start(options: ReturnType<typeof parseOptions>): Promise<number> {
	const mayRun = !ownKey() || options.yes;
	if (!mayRun && options.once) {
		console.log(PRICE);
		return 0;
	}

	await ensureN8n(defaultVersion);
	if (!isBuilt()) await withProgress('Building the package', '✓ The package is built', ensureBuilt);
	const service = await openService(options.renderSeconds);
	open.push(service.close);
	const editor = await withProgress('Starting n8n (about 15 seconds)', '✓ n8n is running', () =>
		openEditor(service, options.port),
	);
	open.push(editor.close);
	if (new URL(editor.n8n.url).port !== String(options.port)) {
		console.log(`  Port ${options.port} is taken, so the editor is on ${editor.n8n.url}`);
	}
	await checkKey(editor);

	const succeeded = mayRun ? await runAndReport(editor, service) : true;
	if (options.once) return succeeded ? 0 : 1;

	if (!mayRun) console.log(`\n${PRICE}`);
	console.log(`\n${overview(editor, service)}\n\nn8n keeps running until you press Ctrl-C.`);
	// Until Ctrl-C, or until n8n ends for a reason of its own.
	await editor.n8n.ended;
	throw new Error(`n8n ended unexpectedly.\n${editor.n8n.lastLogLines()}`);
}

/** Reads the account, which is free, so that a wrong key says so before anything else. */
async function checkKey({ client, credential }: Editor): Promise<void> {
	const { status, message } = await client.testCredential(credential);
	if (status !== 'OK') throw new Error(`The credential does not work: ${message}`);
	console.log(`✓ The credential "${credential.name}" works`);
}

async function runAndReport(
	{ client, examples: [workflow] }: Editor,
	service: PiapiService,
): Promise<boolean> {
	const label = service.costsMoney ? 'Making a video (2 minutes or more)' : 'Making a video';
	const execution = await withProgress(label, '✓ The example workflow has ended', () =>
		client.runManually(workflow, 'When clicking ‘Execute workflow’'),
	);
	const [video] = outputOf(execution, 'Luma Dream Machine');
	const [post] = outputOf(execution, 'Write Post Text');
	if (execution.status !== 'success' || typeof video?.videoUrl !== 'string') {
		console.error(`✗ The run made no video. ${reasonOf(execution)}`);
		return false;
	}
	console.log(`\nVideo     ${video.videoUrl}\nPost      ${String(post?.postText)}`);
	return true;
}

function reasonOf({ status, data }: Execution): string {
	const { error } = data.resultData;
	if (!error) return `n8n says: ${status}.`;
	return [error.message, error.description].filter(Boolean).join('\n  ');
}

async function main(): Promise<number> {
	const options = parseOptions();
	if (options.help) {
		console.log(usage);
		return 0;
	}
	const asked = new Promise<number>(whenAskedToEnd);
	const ending = asked.finally(() => console.log('\nEnding n8n …'));
	return await Promise.race([start(options), ending]).finally(closeAll);
}

endWith(main(), 'npm start -- --help');
