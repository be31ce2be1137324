import type { Locator, Page } from 'playwright-core';

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
