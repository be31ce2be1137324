import { startMockServer } from '../mockServer';

/** One run of the node after the Luma node. */
export interface Delivery {
	/** The prompt that the workflow was called with, whatever became of it. */
	order: string;
	taskId: string;
	status: string;
	videoUrl: string | null;
	at: number;
}

/** Where the last node of every workflow reports: each report is one run of that node. */
export class DeliveryLog {
	readonly #deliveries: Delivery[] = [];

	of(order: string): Delivery[] {
		return this.#deliveries.filter((delivery) => delivery.order === order);
	}

	async listen(): Promise<{ url: string; close(): Promise<void> }> {
		return await startMockServer(({ content }) => {
			const delivery = JSON.parse(content.toString()) as Delivery;
			this.#deliveries.push({ ...delivery, at: Date.now() });
			return {};
		});
	}
}
