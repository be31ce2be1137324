import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { LUMA, runLuma } from '../../support/engine/engine';
import { FAST_POLLING, PROMPT, startService } from '../../support/engine/service';

async function promptFrom(parameters: IDataObject, items?: IDataObject[]) {
	const { simulator, url } = await startService();
	// Whoever runs the node by hand gets one more hint.
	const run = await runLuma({
		url,
		items,
		mode: 'trigger',
		parameters: { waitMode: 'none', ...parameters },
	});
	const [task] = simulator.tasks.values();
	return { prompt: task?.input.prompt, ...run };
}

function hintsOf(run: Awaited<ReturnType<typeof runLuma>>): string[] {
	const [{ hints = [] }] = run.data.resultData.runData[LUMA];
	return hints.map(({ message }) => message);
}

it("puts the guided parts in Luma's order", async () => {
	const { prompt } = await promptFrom({
		promptMode: 'guided',
		guided: {
			style: 'documentary',
			camera: 'orbitLeft',
			subject: 'a barista',
			action: 'is pouring milk',
			setting: 'in a small café',
		},
	});

	expect(prompt).toBe(
		'A barista is pouring milk in a small café. Camera orbits left. Documentary.',
	);
});

it('makes one prompt of the scenes of a storyboard', async () => {
	const { prompt } = await promptFrom({
		promptMode: 'storyboard',
		storyboard: {
			sharedSubject: 'a bouquet of peonies',
			style: 'bright editorial photography',
			scenes: {
				scene: [{ description: 'on a wooden table' }, { description: 'in a bride’s hands' }],
			},
		},
	});

	expect(prompt).toMatch(
		/bouquet of peonies.*Scene 1: on a wooden table.*Scene 2: in a bride’s hands.*bright editorial photography/is,
	);
});

it.each([
	[
		'guided parts that are all empty',
		{ promptMode: 'guided', guided: { subject: ' ' } },
		'The prompt is empty',
	],
	[
		'a storyboard without scenes',
		{ promptMode: 'storyboard', storyboard: { sharedSubject: 'a bouquet' } },
		'The storyboard has no scenes',
	],
	[
		'a camera move that Luma does not know',
		{ promptMode: 'guided', guided: { subject: 'a fox', camera: '=spin' } },
		"'Camera' cannot be “spin”",
	],
	[
		'a guided part that is an object',
		{ promptMode: 'guided', guided: { subject: { text: 'a fox' }, action: 'is running' } },
		"'Subject' is an object, not a text",
	],
	[
		'a storyboard field that is an object',
		{
			promptMode: 'storyboard',
			storyboard: { style: { text: 'ink' }, scenes: { scene: [{ description: 'on a ridge' }] } },
		},
		"'Style' is an object, not a text",
	],
	[
		'a scene that is a list',
		{
			promptMode: 'storyboard',
			storyboard: { scenes: { scene: [{ description: ['a fox', 'a hen'] }] } },
		},
		"'Scene' is a list, not a text",
	],
	[
		'a scene whose expression finds nothing',
		{
			promptMode: 'storyboard',
			storyboard: { scenes: { scene: [{ description: '=a fox on {{ $json.place }}' }] } },
		},
		"'Scene' has an expression that finds nothing: {{ $json.place }}",
	],
])('says what is missing in %s, before anything is paid', async (_, parameters, message) => {
	const { simulator, url } = await startService();
	const { error } = await runLuma({ url, parameters: parameters as IDataObject });

	expect(error?.message).toBe(`${message}`);
	expect(simulator.calls).toEqual([]);
});

it('shows what is known to hurt a prompt beside the output, and still creates the video', async () => {
	const run = await promptFrom({ prompt: 'A stunning fox without any people, running on a ridge' });

	expect(run.error).toBeUndefined();
	expect(hintsOf(run).join(' ')).toMatch(/without/);
	expect(hintsOf(run).join(' ')).toMatch(/stunning/);
});

it('shows the prompt that was made from guided parts beside the output', async () => {
	const run = await promptFrom({
		promptMode: 'guided',
		guided: { subject: 'a barista', action: 'is pouring milk', setting: 'in a small café' },
	});

	expect(hintsOf(run)).toEqual([expect.stringContaining(`“${String(run.prompt)}”`)]);
});

it('shows what a hint quotes as text, not as HTML', async () => {
	const run = await promptFrom({
		promptMode: 'guided',
		guided: { subject: 'a <b>red</b> fox', action: 'is running along a ridge & jumping' },
	});

	expect(run.prompt).toContain('<b>red</b> fox is running');
	expect(hintsOf(run)[0]).toContain('&lt;b>red&lt;/b> fox is running along a ridge &amp; jumping');
});

it.each([
	[4, 10, '2.5 seconds each'],
	[3, 5, '1.7 seconds each'],
])('warns that %s scenes in %s seconds are short', async (count, duration, warning) => {
	const scene = Array.from({ length: count }, (_, i) => ({ description: `on table ${i}` }));
	const storyboard = { sharedSubject: 'a bouquet of peonies', scenes: { scene } };
	const run = await promptFrom({ promptMode: 'storyboard', storyboard, duration });

	expect(hintsOf(run)[0]).toContain(`“${String(run.prompt)}”`);
	expect(hintsOf(run)[1]).toContain(warning);
});

it('warns of short scenes in a dry run too, after the prompt', async () => {
	const scene = [{ description: 'in a shop' }, { description: 'on a table' }, { description: ' ' }];
	const many = [...scene, { description: 'in a garden' }, { description: 'at night' }];
	const { url } = await startService();
	const run = async (rows: IDataObject[]) =>
		await runLuma({
			url,
			parameters: {
				promptMode: 'storyboard',
				storyboard: { sharedSubject: 'a bouquet of peonies', scenes: { scene: rows } },
				duration: 10,
				options: { dryRun: true },
			},
		});

	expect((await run(many)).json[0].hints).toContainEqual(expect.stringContaining('2.5 seconds'));
	const { hints } = (await run(scene)).json[0];
	expect(hints).toEqual([expect.stringContaining('The prompt of this video')]);
});

it('shows no hint for a prompt that has none of it', async () => {
	expect(hintsOf(await promptFrom({ prompt: PROMPT }))).toEqual([]);
});

it('names the item of a hint when there are several', async () => {
	const run = await promptFrom({ prompt: '={{ $json.prompt }}' }, [
		{ prompt: PROMPT },
		{ prompt: 'Fox' },
	]);

	expect(hintsOf(run)).toEqual([expect.stringMatching(/ \[item 1\]$/)]);
});

it('shows a hint that all items share once', async () => {
	const run = await promptFrom({ prompt: 'Fox' }, [{}, {}]);

	expect(hintsOf(run)).toEqual([expect.stringMatching(/^The prompt is very short.*[^\]]$/)]);
});

it('continues an earlier video', async () => {
	const { simulator, url } = await startService();
	const first = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });
	const second = await runLuma({
		url,
		items: first.json,
		parameters: {
			operation: 'extend',
			sourceTaskId: '={{ $json.taskId }}',
			prompt: 'The fox looks up at the sun',
			options: FAST_POLLING,
		},
	});

	expect(second.json[0]).toMatchObject({
		status: 'completed',
		prompt: 'The fox looks up at the sun',
	});
	expect([...simulator.tasks.values()][1]).toMatchObject({
		taskType: 'extend_video',
		input: { key_frames: { frame0: { type: 'generation', id: first.json[0].taskId } } },
	});
	expect([...simulator.tasks.values()][1].input).not.toHaveProperty('aspect_ratio');
});

it("passes on PiAPI's words when the video to continue is unknown", async () => {
	const { url } = await startService();
	const { error } = await runLuma({
		url,
		parameters: {
			operation: 'extend',
			sourceTaskId: 'c42f6ec7-0000-4b8e-9d5e-000000000000',
			prompt: PROMPT,
		},
	});

	expect(error?.message).toBe('PiAPI rejected the request');
});
