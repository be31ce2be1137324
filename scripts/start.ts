/* eslint-disable no-console */
import { ensureBuilt, isBuilt } from './build';
import { openEditor, runExample, type Editor } from './demo/editor';
import { overview } from './demo/overview';
import { parseOptions, usage, type DemoOptions } from './demo/options';
import { openService, ownKey, type PiapiService } from './demo/service';
import { endWith, whenAskedToEnd } from './ending';
import { outputOf, type Execution } from './n8n/answers';
import { ensureN8n } from './install';
import { withProgress } from './progress';

const VERSION = '2.8';

const PRICE = `With your own key PiAPI makes the video, and one run costs about $0.20 (5 seconds of video).
Nothing has been spent. To run it:  npm start -- --yes`;

/** What is to be closed at the end, whichever way the end comes. */
const open: Array<() => Promise<void>> = [];

async function closeAll(): Promise<void> {
	for (const close of open.splice(0).reverse()) await close();
}

async function start(options: DemoOptions): Promise<number> {
	const mayRun = !ownKey() || options.yes;
	if (!mayRun && options.once) {
		console.log(PRICE);
		return 0;
	}

	await ensureN8n(VERSION);
	if (!isBuilt()) await withProgress('Building the package', '✓ The package is built', ensureBuilt);
	const service = await openService(options.renderSeconds);
	open.push(service.close);
	const editor = await startEditor(options, service);
	await checkKey(editor);

	const succeeded = mayRun ? await runAndReport(editor, service) : true;
	if (options.once) return succeeded ? 0 : 1;

	if (!mayRun) console.log(`\n${PRICE}`);
	console.log(`\n${overview(editor, service)}\n\nn8n keeps running until you press Ctrl-C.`);
	// Until Ctrl-C, or until n8n ends for a reason of its own.
	await editor.n8n.ended;
	throw new Error(`n8n ended unexpectedly.\n${editor.n8n.lastLogLines()}`);
}

async function startEditor(options: DemoOptions, service: PiapiService): Promise<Editor> {
	const editor = await withProgress('Starting n8n (about 15 seconds)', '✓ n8n is running', () =>
		openEditor(VERSION, service, options.port),
	);
	open.push(editor.n8n.stop);
	if (new URL(editor.n8n.url).port !== String(options.port)) {
		console.log(`  Port ${options.port} is taken, so the editor is on ${editor.n8n.url}`);
	}
	return editor;
}

/** Reads the account, which is free, so that a wrong key says so before anything else. */
async function checkKey({ client, credential }: Editor): Promise<void> {
	const { status, message } = await client.testCredential(credential);
	if (status !== 'OK') throw new Error(`The credential does not work: ${message}`);
	console.log(`✓ The credential "${credential.name}" works`);
}

async function runAndReport(editor: Editor, service: PiapiService): Promise<boolean> {
	const label = service.costsMoney ? 'Making a video (2 minutes or more)' : 'Making a video';
	const execution = await withProgress(label, '✓ The example workflow has ended', () =>
		runExample(editor),
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

async function askedToEnd(): Promise<number> {
	return await new Promise((resolve) =>
		whenAskedToEnd((exitCode) => {
			console.log('\nEnding n8n …');
			resolve(exitCode);
		}),
	);
}

async function main(): Promise<number> {
	const options = parseOptions();
	if (options.help) {
		console.log(usage);
		return 0;
	}
	return await Promise.race([start(options), askedToEnd()]).finally(closeAll);
}

endWith(main(), 'npm start -- --help');
