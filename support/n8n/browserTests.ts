import { afterAll, beforeAll, test } from '@jest/globals';

import type { EditorPage } from '../../scripts/browser/editorPage';
import type { NodeDetails } from '../../scripts/browser/nodeDetails';
import { exampleWorkflow, withCredential } from '../../scripts/demo/editor';
import { openBrowserSession, type BrowserSession } from './browserSession';
import { RIGHT_KEY } from './testbed';
import { LUMA } from './workflows';

interface ExampleOptions {
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

	/** Opens a new copy of the example workflow. */
	async function openExample(editor: EditorPage, options: ExampleOptions = {}): Promise<void> {
		const { parameters, key = RIGHT_KEY, asTool = false } = options;
		const credential = await session.testbed.credentialWith(key);
		const example = withCredential(exampleWorkflow(), credential);
		const luma = example.nodes.find(({ name }) => name === LUMA)!;
		luma.parameters = { ...luma.parameters, ...parameters };
		if (asTool) luma.type += 'Tool';
		const { id } = await session.testbed.client.createWorkflow(example);
		await editor.open(id);
	}

	/** The same, with the details of its Luma node. */
	async function openLuma(editor: EditorPage, options?: ExampleOptions): Promise<NodeDetails> {
		await openExample(editor, options);
		return await editor.openNode(LUMA);
	}

	const testbed = () => session.testbed;
	return { testbed, browserTest, openExample, openLuma };
}
