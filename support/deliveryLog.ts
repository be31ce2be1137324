import { startMockServer, type MockServer } from './mockServer';

/** One run of the node after the Luma node. */
export interface Delivery {
	/** The prompt that the workflow was called with, whatever became of it. */
	order: string;
	executionId: string;
	taskId: string;
	status: string;
	videoUrl: string | null;
	at: number;
}

/** Where the last node of every workflow reports: each report is one run of that node. */
export class DeliveryLog {
	readonly deliveries: Delivery[] = [];

	of(order: string): Delivery[] {
		return this.deliveries.filter((arrival) => arrival.order === order);
	}

	add(arrival: Delivery): void {
		this.deliveries.push(arrival);
	}
}

export async function serveDeliveryLog(
	log: DeliveryLog,
): Promise<Pick<MockServer, 'url' | 'close'>> {
	return await startMockServer(({ content }) => {
		log.add({ ...(JSON.parse(content.toString()) as Delivery), at: Date.now() });
		return {};
	});
}
