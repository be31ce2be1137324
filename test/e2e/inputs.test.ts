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

// More of what is refused, and of what is understood: test/engine/inputs.
test('what is no prompt, or no answer to a dry run, is not paid in a real n8n', async () => {
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const prompt = '={{ $json.prompt }}';
	const errorsOf = async (prompts: unknown[], options: Record<string, string>) => {
		const own = { onError: 'continueRegularOutput' as const, parameters: { prompt }, options };
		const { items } = await run(testbed.client, videoWorkflow(credential, own), { prompts });
		return items.map(({ error, whatToDo }) => `${String(error)} ${String(whatToDo)}`);
	};
	// The one text of a list is taken.
	const prompts = [{ video_prompt: 'a cat' }, ['A cat yawns on a windowsill']];
	const [refused] = await errorsOf(prompts, {});
	const [dry] = await errorsOf(['A dog'], { dryRun: '={{ $json.nope }}' });

	expect(refused).toMatch(/'Prompt' is an object.*\{\{ \$json\.prompt\.video_prompt \}\}/s);
	expect(dry).toContain("'Dry Run' cannot be");
	const paid = [...testbed.simulator.tasks.values()].map(({ input }) => input.prompt);
	expect(paid).toEqual(prompts[1]);
});
