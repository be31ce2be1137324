import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { until } from '../../support/eventually';
import { run, startRun } from '../../support/runs';
import { openStage, RIGHT_KEY, type Stage } from '../../support/stage';
import { videoWorkflow, wayBackWorkflow } from '../../support/workflows';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ simulator: { renderSeconds: 12 } });
}, 240_000);
afterAll(async () => await stage?.close(), 60_000);

test('n8n is killed during the wait: Get Many and Wait bring the video, and it is paid once', async () => {
	const { client, n8n, simulator } = stage;
	const credential = await stage.credentialWith(RIGHT_KEY);
	const reads = () => simulator.calls.filter(({ route }) => route === 'read').length;
	const lost = await startRun(client, videoWorkflow(credential), {
		prompts: ['A paper boat drifts down a gutter'],
	});
	await until('the node waits for its video', () => reads() > 0);

	await n8n.crashAndRestart();
	const readsBefore = reads();
	const { items } = await run(client, wayBackWorkflow(credential), {});

	const [taskId] = simulator.tasks.keys();
	expect(items).toEqual([
		expect.objectContaining({
			taskId,
			status: 'completed',
			videoUrl: expect.stringMatching(/^http/),
		}),
	]);
	expect(reads()).toBeGreaterThan(readsBefore);
	expect(simulator.tasks.size).toBe(1);
	expect(simulator.calls.filter(({ route }) => route === 'create')).toHaveLength(1);
	const [{ status }] = await client.executions(lost.workflowId);
	expect(status).toBe('crashed');
}, 120_000);
