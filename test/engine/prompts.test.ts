import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { runOnce, SEEN } from '../../support/engine/runOnce';
import { PROMPT } from '../../support/engine/service';

async function promptFrom(parameters: IDataObject, items?: IDataObject[]) {
	const run = await runOnce({ waitMode: 'none', ...parameters }, { items, ...SEEN });
	return { ...run, prompt: String(run.inputs[0]?.prompt) };
}

const guided = (parts: IDataObject) => ({ promptMode: 'guided', guided: parts });

const storyboard = (scenes: unknown[], own: IDataObject = {}) => ({
	promptMode: 'storyboard',
	storyboard: { ...own, scenes: { scene: scenes.map((description) => ({ description })) } },
});

it.each<[string, object]>([
	['The prompt is empty', guided({ subject: ' ' })],
	[
		'The storyboard has no scenes',
		{ promptMode: 'storyboard', storyboard: { sharedSubject: 'a bouquet' } },
	],
	["'Camera' cannot be “spin”", guided({ subject: 'a fox', camera: '=spin' })],
	["'Subject' is an object, not a text", guided({ subject: { text: 'a fox' } })],
	[
		"'Style' is an object, not a text",
		storyboard(['on a ridge'], { style: { text: 'ink' } as IDataObject }),
	],
	["'Scene' is a list, not a text", storyboard([['a fox', 'a hen']])],
	[
		"'Scene' has an expression that finds nothing: {{ $json.place }}",
		storyboard(['=a fox on {{ $json.place }}']),
	],
])('says before anything is paid: %s', async (message, parameters) => {
	const { error, calls } = await promptFrom(parameters as IDataObject);

	expect(error?.message).toBe(message);
	expect(calls).toEqual([]);
});

it('shows what is known to hurt a prompt beside the output, and still creates the video', async () => {
	const prompt = 'A stunning fox without any people, running on a ridge';
	const { hints, error, tasks } = await promptFrom({ prompt });

	expect(error).toBeUndefined();
	expect(tasks).toHaveLength(1);
	expect(hints.join(' ')).toMatch(/without/);
	expect(hints.join(' ')).toMatch(/stunning/);
});

it('shows the prompt that was made from guided parts, as text and not as HTML', async () => {
	const parts = { subject: 'a <b>red</b> fox', action: 'is running along a ridge & jumping' };
	const { hints, prompt } = await promptFrom(guided(parts));

	expect(prompt).toContain('<b>red</b> fox is running');
	expect(hints).toEqual([expect.stringContaining('“A &lt;b>red&lt;/b> fox is running')]);
	expect(hints[0]).toContain('a ridge &amp; jumping');
});

it('warns of short scenes after the prompt, in a dry run, too', async () => {
	const scenes = ['in a shop', 'on a table', ' ', 'in a garden', 'at night'];
	const parameters = { ...storyboard(scenes, { sharedSubject: 'peonies' }), duration: 10 };
	const { hints, prompt } = await promptFrom(parameters);
	expect(hints).toEqual([
		expect.stringContaining(`“${prompt}”`),
		expect.stringContaining('2.5 seconds each'),
	]);

	const dry = await promptFrom({ ...parameters, options: { dryRun: true } });
	expect(dry.json[0].hints).toEqual([
		expect.stringContaining('The prompt of this video'),
		expect.stringContaining('2.5 seconds each'),
	]);
});

it('shows no hint for a prompt that has none of it', async () => {
	expect((await promptFrom({})).hints).toEqual([]);
});

it.each([
	['names the item that it is about, if there are several', [PROMPT, 'Fox'], / \[item 1\]$/],
	['is shown once if all items share it', ['Fox', 'Fox'], /^The prompt is very short.*[^\]]$/],
])('a hint %s', async (_, prompts, hint) => {
	const items = prompts.map((prompt) => ({ prompt }));
	const { hints } = await promptFrom({ prompt: '={{ $json.prompt }}' }, items);

	expect(hints).toEqual([expect.stringMatching(hint)]);
});

it('continues an earlier video', async () => {
	const first = await runOnce({});
	const prompt = 'The fox looks up at the sun';
	const sourceTaskId = first.json[0].taskId;
	const second = await first.execute({ operation: 'extend', sourceTaskId, prompt });

	expect(second.json[0]).toMatchObject({ status: 'completed', prompt });
	expect(second.tasks[1]).toMatchObject({
		taskType: 'extend_video',
		input: { key_frames: { frame0: { type: 'generation', id: sourceTaskId } } },
	});
	expect(second.tasks[1].input).not.toHaveProperty('aspect_ratio');
});

it("passes on PiAPI's words when the video to continue is unknown", async () => {
	const sourceTaskId = 'c42f6ec7-0000-4b8e-9d5e-000000000000';
	const { error } = await runOnce({ operation: 'extend', sourceTaskId });

	expect(error?.message).toBe('PiAPI rejected the request');
});
