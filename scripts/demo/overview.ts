import { owner } from '../n8n/rest';
import { addressOf, type Editor } from './editor';
import type { PiapiService } from './service';

/** What a person needs to look around: where things are, and how to log in. */
export function overview(editor: Editor, service: PiapiService): string {
	const examples = editor.examples.map(
		(workflow) => `  ${workflow.name}\n    ${addressOf(editor.n8n, workflow)}`,
	);
	return [
		`Editor    ${addressOf(editor.n8n, editor.workflow)}`,
		`Login     ${owner.email}  ${owner.password}`,
		...(service.costsMoney ? [] : simulatorLines(service)),
		'',
		`Example workflows (${examples.length}), each with a note that says what to fill in:`,
		...examples,
	].join('\n');
}

/** A key of one's own is not shown; that of the simulator opens nothing else. */
function simulatorLines({ credential: { baseUrl, apiKey } }: PiapiService): string[] {
	return [
		`PiAPI     ${baseUrl}  (simulator)`,
		`Key       ${apiKey}`,
		"          For a credential of your own: this is its 'API Key', and the address above is its",
		"          'Base URL' and its 'Upload URL'.",
	];
}
