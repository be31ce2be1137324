import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { run } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import { videoWorkflow } from '../../support/n8n/workflows';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed();
});
afterAll(async () => await testbed?.close());

test.each([
	[
		'an object in place of a prompt',
		[{ video_prompt: 'a cat' }, ['A cat yawns on a windowsill']],
		{ prompt: '={{ $json.prompt }}' },
		{},
		/'Prompt' is an object.*\{\{ \$json\.prompt\.video_prompt \}\}/s,
		// The one text of a list is taken.
		['A cat yawns on a windowsill'],
	],
	[
		'a prompt with a hole where an expression finds nothing',
		['a cat'],
		{ prompt: '=A video of {{ $json.subject }}' },
		{},
		/finds nothing: \{\{ \$json\.subject \}\}/,
		[],
	],
	[
		'a dry run of which nobody knows whether it is one',
		['A cat yawns'],
		{ prompt: '={{ $json.prompt }}' },
		{ dryRun: '={{ $json.nope }}' },
		/'Dry Run' cannot be/,
		[],
	],
])('is not paid in a real n8n: %s', async (_, prompts, parameters, options, message, made) => {
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const before = testbed.simulator.tasks.size;
	const settings = { onError: 'continueRegularOutput' as const, parameters, options };
	const { items } = await run(testbed.client, videoWorkflow(credential, settings), { prompts });

	expect(`${String(items[0].error)} ${String(items[0].whatToDo)}`).toMatch(message);
	const paid = [...testbed.simulator.tasks.values()].slice(before);
	expect(paid.map(({ input }) => input.prompt)).toEqual(made);
});
