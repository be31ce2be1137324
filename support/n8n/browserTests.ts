import { afterAll, beforeAll, test } from '@jest/globals';

import type { EditorPage } from '../../scripts/browser/editorPage';
import type { NodeDetails } from '../../scripts/browser/nodeDetails';
import { exampleFile, withCredential } from '../../scripts/demo/editor';
import { openBrowserSession, type BrowserSession } from './browserSession';
import { RIGHT_KEY } from './testbed';
import { LUMA } from './workflows';

interface ExampleOptions {
	/** The node that is opened. */
	name?: string;
	/** Of the Luma node, on top of those of the example. */
	parameters?: object;
	key?: string;
	/** Whether the Luma node is the tool of an agent. */
	asTool?: boolean;
}

/** One n8n and one browser for all tests of a file. */
export function useBrowser() {
	let session: BrowserSession;
	beforeAll(async () => {
		session = await openBrowserSession();
	});
	afterAll(async () => await session?.close());

	/** A test in a page of its own. */
	function browserTest(name: string, work: (editor: EditorPage) => Promise<void>): void {
		test(name, async () => await session.onPage(work));
	}

	/** Opens the Luma node, or another one, in a new copy of the example workflow. */
	async function openNode(
		editor: EditorPage,
		{ name = LUMA, parameters, key = RIGHT_KEY, asTool = false }: ExampleOptions = {},
	): Promise<NodeDetails> {
		const credential = await session.testbed.credentialWith(key);
		const example = withCredential(exampleFile(), credential);
		const luma = example.nodes.find((node) => node.name === LUMA)!;
		luma.parameters = { ...luma.parameters, ...parameters };
		if (asTool) luma.type += 'Tool';
		const { id } = await session.testbed.client.createWorkflow(example);
		await editor.open(id);
		return await editor.openNode(name);
	}

	const testbed = () => session.testbed;
	return { testbed, browserTest, openNode };
}
