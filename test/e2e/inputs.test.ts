import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { run } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import { videoWorkflow, type LumaSettings } from '../../support/n8n/workflows';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed();
});
afterAll(async () => await testbed?.close());

/** Runs the node on the prompts; brings its items and what was paid for. */
async function madeOf(prompts: unknown[], parameters: LumaSettings['parameters'], options = {}) {
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const before = testbed.simulator.tasks.size;
	const settings = { onError: 'continueRegularOutput' as const, parameters, options };
	const { items } = await run(testbed.client, videoWorkflow(credential, settings), { prompts });
	return { items, paid: [...testbed.simulator.tasks.values()].slice(before) };
}

describe('what goes into a video, in a real n8n', () => {
	test('is the one text of a list, and no object', async () => {
		const prompts = [{ video_prompt: 'a cat' }, ['A cat yawns on a windowsill']];
		const { items, paid } = await madeOf(prompts, { prompt: '={{ $json.prompt }}' });

		expect(String(items[0].error)).toContain("'Prompt' is an object");
		expect(String(items[0].whatToDo)).toContain('{{ $json.prompt.video_prompt }}');
		expect(paid.map(({ input }) => input.prompt)).toEqual(['A cat yawns on a windowsill']);
	});

	test('has no hole where an expression finds nothing', async () => {
		const { items, paid } = await madeOf(['a cat'], { prompt: '=A video of {{ $json.subject }}' });

		expect(String(items[0].error)).toContain('finds nothing: {{ $json.subject }}');
		expect(paid).toEqual([]);
	});

	test('is not paid while nobody knows whether it is a dry run', async () => {
		const options = { dryRun: '={{ $json.nope }}' };
		const { items, paid } = await madeOf(
			['A cat yawns'],
			{ prompt: '={{ $json.prompt }}' },
			options,
		);

		expect(String(items[0].error)).toContain("'Dry Run' cannot be");
		expect(paid).toEqual([]);
	});
});
