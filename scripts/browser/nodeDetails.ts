/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { JSHandle, Locator, Page } from 'playwright-core';

/** What is looked at of the browser's own video player. */
interface Player {
	currentTime: number;
	error: { message: string } | null;
	videoWidth: number;
	videoHeight: number;
	pause(): void;
}

/** An opened node: its fields in the middle, what it gave to the next node on the right. */
export class NodeDetails {
	readonly fields: Locator;

	readonly output: Locator;

	private constructor(private readonly page: Page) {
		this.fields = page.getByTestId('node-parameters');
		this.output = page.getByTestId('output-panel');
	}

	static async opened(page: Page): Promise<NodeDetails> {
		const node = new NodeDetails(page);
		await node.fields.waitFor();
		return node;
	}

	/** The first credential has a button of its own in newer versions, and an entry of the list before that. */
	async newCredential(): Promise<CredentialWindow> {
		const connect = this.page.getByText('Connect to PiAPI', { exact: true });
		const select = this.page.getByTestId('node-credentials-select');
		await connect.or(select).first().click();
		const entry = this.page.getByTestId('node-credentials-select-item-new');
		const save = this.page.getByTestId('credential-save-button');
		await entry.or(save).first().waitFor();
		if (await entry.isVisible()) await entry.click();
		return new CredentialWindow(this.page);
	}

	async fill(field: string, text: string): Promise<void> {
		const input = this.parameter(field).locator('input, textarea');
		await input.fill(text);
		await input.blur();
	}

	/** Chooses an entry of a list. */
	async choose(field: string, label: string): Promise<void> {
		await this.parameter(field).first().click();
		await this.page.getByRole('option', { name: label }).first().click();
	}

	/** The labels of all fields that are shown, from the top. */
	async labels(): Promise<string[]> {
		const text = await this.fields.innerText();
		return text.split('\n').map((line) => line.trim());
	}

	/** The button by which a field of an agent's tool is left to the model. */
	modelButton(field: string): Locator {
		return this.itemWith(this.parameter(field)).getByTestId('from-ai-override-button');
	}

	/** A field that the nodes before this one have, or will have, on the left. */
	inputField(name: string): Locator {
		return this.fieldIn(this.page.getByTestId('ndv-input-panel'), name);
	}

	/** A field of the output's first item, on the Schema tab. */
	outputField(name: string): Locator {
		return this.fieldIn(this.output, name);
	}

	private fieldIn(panel: Locator, name: string): Locator {
		const label = this.page.getByText(name, { exact: true });
		return panel.getByTestId('run-data-schema-item').filter({ has: label });
	}

	/** Texts between the fields. */
	notice(words: string): Locator {
		return this.fields.locator('.notice').filter({ hasText: words });
	}

	/** What n8n tells beside the fields, before and after a run. */
	get hints(): Locator {
		return this.output.getByTestId('node-hint');
	}

	private parameter(field: string): Locator {
		return this.page.getByTestId(`parameter-input-${field}`);
	}

	/** A field with its label, and with what n8n shows beside it while the mouse is there. */
	private itemWith(part: Locator): Locator {
		return this.page.locator('.parameter-item').filter({ has: part }).last();
	}

	/** Opens the list of a field that has one, whichever way to choose it stands on. */
	async openList(field: string): Promise<Locator> {
		const mode = this.locator(field).getByTestId('rlc-mode-selector');
		if ((await mode.locator('input').inputValue()) !== 'From list')
			await this.leaveExpression(field);
		await this.locator(field).getByTestId('rlc-input').click();
		return this.page.getByTestId('rlc-item');
	}

	/** n8n offers the list only once the field holds no expression. */
	private async leaveExpression(field: string): Promise<void> {
		const item = this.itemWith(this.locator(field));
		await item.hover();
		await item.getByTestId('radio-button-fixed').click();
		await this.locator(field).getByTestId('rlc-mode-selector').click();
		await this.page.getByTestId('mode-list').click();
	}

	/** Enters an ID where a list would be. */
	async writeId(field: string, id: string): Promise<void> {
		await this.locator(field).getByTestId('rlc-mode-selector').click();
		await this.page.getByTestId('mode-id').click();
		const input = this.locator(field).getByTestId('rlc-input-container').locator('input');
		await input.fill(id);
		await input.blur();
		// n8n takes over what was typed by a timer of 0.1 s, and shows no sign of it.
		await this.page.evaluate(async () => await new Promise((resolve) => setTimeout(resolve, 500)));
	}

	/** A field for one thing, from a list or by its ID. */
	private locator(field: string): Locator {
		return this.page.getByTestId(`resource-locator-${field}`);
	}

	async addOption(label: string): Promise<void> {
		await this.page.getByTestId('collection-parameter-add').click();
		const option = this.page.getByTestId('collection-parameter-option');
		await option.getByText(label, { exact: true }).click();
	}

	/** Removes an option from the list that it was added to. */
	async removeOption(field: string): Promise<void> {
		const option = this.itemWith(this.parameter(field));
		await option.hover();
		await option.getByTitle('Delete').click();
	}

	async close(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.fields.waitFor({ state: 'hidden' });
	}

	/** The address at which a trigger is called once its workflow is published. */
	async productionUrl(): Promise<string> {
		await this.page.getByText('Webhook URLs', { exact: true }).click();
		await this.page.getByTestId('radio-button-production').click();
		const url = this.page.locator('.webhook-url').filter({ hasNotText: '/webhook-test/' });
		return (await url.innerText()).trim();
	}

	/** Runs the node and those before it; what comes of it is in the output. */
	async execute(): Promise<void> {
		await this.page.getByTestId('node-execute-button').click();
	}

	async showOutputAs(tab: 'schema' | 'binary'): Promise<void> {
		await this.output.getByTestId(`radio-button-${tab}`).click();
	}

	/** Opens the first file of the Binary tab. */
	async viewFile(): Promise<void> {
		await this.output.getByTestId('ndv-view-binary-data').first().click();
	}

	/** Lets the video run, which it does by itself, until it has come so far; then it is paused. */
	async watchVideo(seconds: number): Promise<Omit<Player, 'pause'>> {
		const player = (await this.output.locator('video').elementHandle()) as JSHandle<Player>;
		await this.page.waitForFunction(
			([video, least]) => video.error !== null || video.currentTime >= least,
			[player, seconds] as const,
		);
		return await player.evaluate((video) => {
			video.pause();
			const { currentTime, error, videoWidth, videoHeight } = video;
			return { currentTime, error, videoWidth, videoHeight };
		});
	}

	/** The title of the message in place of an output. */
	get message(): Locator {
		return this.output.getByTestId('node-error-message');
	}

	get messageDescription(): Locator {
		return this.output.getByTestId('node-error-description');
	}
}

/** The window in which a person types in a credential. */
export class CredentialWindow {
	readonly window: Locator;

	readonly saveButton: Locator;

	constructor(page: Page) {
		this.window = page.getByTestId('editCredential-modal');
		this.saveButton = this.window.getByTestId('credential-save-button');
	}

	async fill(fields: Record<string, string>): Promise<void> {
		for (const [name, value] of Object.entries(fields)) {
			const input = this.window.getByTestId(`parameter-input-${name}`).locator('input');
			await input.fill(value);
		}
	}

	/** Shows the fields that lead elsewhere than to PiAPI, and fills in this address. */
	async leadTo(baseUrl: string): Promise<void> {
		await this.window.getByTestId('parameter-input-specialCases').click();
		await this.fill({ baseUrl, uploadBaseUrl: baseUrl });
	}

	/**
	 * Saves, which makes n8n test the credential, and waits until the test has passed. Newer versions then
	 * close the window by themselves.
	 */
	async save(): Promise<void> {
		await this.saveButton.click();
		const success = this.window.getByTestId('credentials-config-container-test-success');
		await Promise.race([success.waitFor(), this.window.waitFor({ state: 'hidden' })]);
		if (await this.window.isHidden()) return;
		await this.window.getByLabel('Close this dialog').first().click();
		await this.window.waitFor({ state: 'hidden' });
	}
}
