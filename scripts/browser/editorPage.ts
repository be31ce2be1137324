import type { Locator, Page } from 'playwright-core';

import { NodeDetails } from './nodeDetails';

/** n8n's editor as a person uses it: the canvas and the panel with the nodes. */
export class EditorPage {
	readonly canvas: Locator;

	/** The panel with the nodes. */
	readonly panel: Locator;

	/** The nodes of the workflow and its notes. */
	readonly nodes: Locator;

	constructor(readonly page: Page) {
		this.canvas = page.getByTestId('canvas-wrapper');
		this.nodes = this.canvas.locator('.vue-flow__node');
		this.panel = page.getByTestId('node-creator');
	}

	async open(workflowId: string): Promise<void> {
		await this.page.goto(`/workflow/${workflowId}`);
		await this.nodes.first().waitFor();
	}

	/** Opens an empty canvas, and the panel with the nodes on it, and types into its search. */
	async search(words: string): Promise<void> {
		await this.page.goto('/workflow/new');
		await this.page.getByTestId('canvas-add-button').click();
		await this.searchFor(words);
	}

	/** Types into the search of the open panel. */
	async searchFor(words: string): Promise<void> {
		await this.panel.getByTestId('node-creator-search-bar').fill(words);
	}

	/** Puts a trigger of n8n's own list onto an empty canvas. @returns counts the clicks from the first one on */
	async startManually(): Promise<() => Promise<number>> {
		await this.page.goto('/workflow/new');
		await this.page.evaluate(
			`addEventListener('click', () => (window.clicks = (window.clicks ?? 0) + 1), true)`,
		);
		await this.page.getByTestId('canvas-add-button').click();
		await this.offer('Trigger manually').click();
		return async () => await this.page.evaluate<number>('window.clicks ?? 0');
	}

	/** Opens the panel with the + behind a node and types into its search. */
	async searchBehind(name: string, words: string): Promise<void> {
		await this.node(name).waitFor();
		const plus = this.canvas.getByTestId('canvas-handle-plus').first();
		await plus.click();
		await this.searchFor(words);
	}

	/** What the panel offers under a name: a node, or one of the things that a chosen node can do. */
	offer(name: string): Locator {
		const label = this.page.getByText(name, { exact: true });
		return this.panel.getByTestId('item-iterator-item').filter({ has: label });
	}

	/** Shows what the chosen node can do, which n8n folds away while a workflow has no trigger. */
	async unfoldActions(): Promise<void> {
		await this.panel.getByTestId('node-creator-category-item').getByText('Actions').click();
	}

	/** Puts the node onto the canvas that does this, or starts with this, and opens it. */
	async add(name: string): Promise<NodeDetails> {
		await this.offer(name).click();
		return await NodeDetails.opened(this.page);
	}

	node(name: string): Locator {
		return this.canvas.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	async openNode(name: string): Promise<NodeDetails> {
		await this.node(name).dblclick();
		return await NodeDetails.opened(this.page);
	}

	async execute(): Promise<void> {
		await this.page.getByTestId('execute-workflow-button').click();
		await this.page.getByText('Workflow executed successfully').first().waitFor();
	}
}
