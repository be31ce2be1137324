import { PiapiApi } from '../../credentials/PiapiApi.credentials';
// The one place where the docs read the list of messages.
import { ERROR_CATALOG as MESSAGES } from '../../nodes/Luma/messages/catalog';
import { table } from './markdown';
import { runSample, type SampleRun } from './samples';

/** Every message from PiAPI and Luma as a heading, with what to do. */
export function messagesFromPiapi(): string {
	return Object.values(MESSAGES)
		.map(({ title, remedy }) => `### ${title}\n\n${remedy}`)
		.join('\n\n');
}

/** What the credential's test can say. */
export function messagesOfCredentialTest(): string {
	return (new PiapiApi().test.rules ?? [])
		.map(({ properties: { message } }) => `- ${message}`)
		.join('\n');
}

// PiAPI cannot call an n8n on this computer; a name that never exists stands for the real PiAPI.
const AWAY = { baseUrl: 'https://piapi.invalid' };
const PROMPT = 'A red fox is trotting along a snowy ridge';
const IMAGE = { operation: 'imageToVideo' };
const LOCAL_LINK = 'http://localhost:8080/photo.jpg';
const DRIVE_LINK = 'https://drive.google.com/file/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW/view';

/** Parameters that cannot be sent, each for a message of its own. */
const NOT_SENT: SampleRun[] = [
	{ parameters: { prompt: '={{ $json.prompt }}' } },
	{ parameters: { prompt: '={{ { video_prompt: "a red fox" } }}' } },
	{ parameters: { prompt: '=A video of {{ $json.subject }}' } },
	{ parameters: { prompt: '{{ $json.prompt }}' } },
	{ parameters: { prompt: 'undefined' } },
	{ parameters: { prompt: PROMPT, options: { dryRun: '={{ $json.nope }}' } } },
	{ parameters: { prompt: PROMPT, options: { additionalInput: '{ "input": { "loop": true } }' } } },
	{ parameters: { resource: 'account', operation: 'getUsage', startDate: '7/2/2026' } },
	{ parameters: { ...IMAGE, startImageSource: 'none' } },
	{ parameters: { ...IMAGE, startImageSource: 'binary' } },
	{ parameters: { ...IMAGE, startImageUrl: LOCAL_LINK }, credential: AWAY },
	{ parameters: { ...IMAGE, startImageUrl: DRIVE_LINK } },
	{ parameters: { prompt: PROMPT, duration: 7 } },
	{ parameters: { prompt: PROMPT, aspectRatio: '2:1' } },
	{ parameters: { resource: 'task', operation: 'get', taskId: '={{ $json.taskId }}' } },
	{ parameters: { prompt: PROMPT, waitMode: 'none', callbackUrl: 'my n8n' }, credential: AWAY },
	{ parameters: { prompt: PROMPT, waitMode: 'callback' }, credential: AWAY },
];

/** The messages about fields as the node gives them, in a table. */
export async function messagesAboutFields(): Promise<string> {
	const rows: string[][] = [];
	for (const run of NOT_SENT) {
		const { error } = await runSample({ n8nUrl: 'http://localhost:5678', ...run });
		if (!error?.description) throw new Error(`No message about ${JSON.stringify(run.parameters)}`);
		// The page says it once for all of them.
		const remedy = error.description.replace(/ Nothing was sent to PiAPI[^.]*\.$/, '');
		rows.push([error.message, remedy]);
	}
	return table(['Message', 'What to do'], rows);
}
