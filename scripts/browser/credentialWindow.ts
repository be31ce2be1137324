import type { Locator, Page } from 'playwright-core';

/** The window in which a person types in a credential. */
export class CredentialWindow {
	/** Where n8n says what the test has said, once its details are unfolded. */
	readonly message: Locator;

	/** Shown when the test that follows saving has passed. */
	readonly success: Locator;

	private readonly window: Locator;

	private constructor(page: Page) {
		this.window = page.getByTestId('editCredential-modal');
		this.message = this.window.getByText('Check the PiAPI key').first();
		this.success = this.window.getByTestId('credentials-config-container-test-success');
	}

	static async opened(page: Page): Promise<CredentialWindow> {
		const credential = new CredentialWindow(page);
		await credential.window.getByTestId('credential-save-button').waitFor();
		return credential;
	}

	async fill(fields: Record<string, string>): Promise<void> {
		for (const [name, value] of Object.entries(fields)) {
			const input = this.window.getByTestId(`parameter-input-${name}`).locator('input');
			await input.fill(value);
		}
	}

	/** The labels of all fields that are shown. */
	async labels(): Promise<string[]> {
		return (await this.window.innerText())
			.split('\n')
			.map((line) => line.replace(/ \*$/, '').trim());
	}

	/** Saves a key that PiAPI does not accept, and unfolds what n8n says about it. */
	async saveRefused(): Promise<void> {
		await this.window.getByTestId('credential-save-button').click();
		await this.window.getByText('More details').click();
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
		await this.window.getByTestId('credential-save-button').click();
		await Promise.race([this.success.waitFor(), this.window.waitFor({ state: 'hidden' })]);
	}

	async close(): Promise<void> {
		if (await this.window.isHidden()) return;
		await this.window.getByLabel('Close this dialog').first().click();
		await this.window.waitFor({ state: 'hidden' });
	}
}
