import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IExecuteFunctions } from 'n8n-workflow';

import { Job } from '../../../nodes/Luma/jobs/job';
import { showVideos } from '../../../nodes/Luma/operations/videoHint';
import type { Task } from '../../../nodes/Luma/piapi/task';

const BASE_URL = 'http://127.0.0.1:3999';

/** What the editor is given to show for a finished video with these links. */
function hintFor(videoUrl: string, thumbnailUrl: string): string {
	const shown: string[] = [];
	const context = {
		getMode: () => 'manual',
		getNode: () => ({ type: 'luma' }),
		getInputData: () => [{ json: {} }],
		addExecutionHints: ({ message }: { message: string }) => shown.push(message),
	} as unknown as IExecuteFunctions;
	const job = new Job({
		itemIndex: 0,
		source: { type: 'existing', taskId: 'a' },
		output: { type: 'simplified' },
	});
	const task = { taskId: 'a', status: 'completed', videoUrl, thumbnailUrl } as Task;
	job.start('a', 'existing', 0, task);
	showVideos(context, [job], BASE_URL);
	return shown.join();
}

const GOOD = 'https://files.example.com/video.mp4';
/** Links that try to be something else in a page. */
const addresses = fc.oneof(
	fc.webUrl({ withQueryParameters: true, withFragments: true }),
	fc.string({ unit: 'grapheme' }),
	fc
		.string({ unit: fc.constantFrom(...`"'<>&\`= /onerror`) })
		.map((text) => `https://files.example.com/${text}`),
	fc.constantFrom(
		'javascript:alert(1)',
		'data:text/html,<script>alert(1)</script>',
		'http://files.example.com/video.mp4',
		'https://files.example.com/"onmouseover="alert(1)',
		"https://files.example.com/?q='><img src=x onerror=alert(1)>",
		`${BASE_URL}/"><script>alert(1)</script>`,
	),
);

const WHOLE_HINT =
	/^<a href="([^"<>]*)" target="_blank">(?:<img src="([^"<>]*)" width="\d+" alt=""> )?Watch video<\/a>$/;

function isShowable(address: string): boolean {
	return address.startsWith('https://') || address.startsWith(`${BASE_URL}/`);
}

it('brings nothing into the page but links and images that are protected, whatever PiAPI says', () => {
	fc.assert(
		fc.property(addresses, addresses, (video, thumbnail) => {
			const hint = hintFor(video, thumbnail);
			if (hint === '') return;
			const [, href, src = GOOD] = WHOLE_HINT.exec(hint) ?? [];
			expect([href, src].every((address) => address && isShowable(address))).toBe(true);
		}),
	);
});

it('shows what is on https or where the credential leads to, and nothing else', () => {
	expect(hintFor(GOOD, `${BASE_URL}/thumbnail.jpg`)).toMatch(WHOLE_HINT);
	expect(hintFor(GOOD, 'http://files.example.com/thumbnail.jpg')).not.toContain('<img');
	expect(hintFor('http://127.0.0.1:4000/video.mp4', GOOD)).toBe('');
});
