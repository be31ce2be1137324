import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { NodeType, WorkflowFile } from '../../../scripts/n8n/answers';
import { exampleFile, exampleNames } from '../../../scripts/demo/editor';
import { remarksOn } from '../../../support/examples/rules';
import { joinTestbed } from '../../../support/n8n/sharedN8n';
import type { Testbed } from '../../../support/n8n/testbed';

let testbed: Testbed;
let types: NodeType[];
beforeAll(async () => {
	testbed = await joinTestbed();
	types = await testbed.client.nodeTypes();
});
afterAll(async () => await testbed?.close());

describe.each(exampleNames)('%s', (name) => {
	test('can be imported, and a person finds everything where it should be', async () => {
		const file = exampleFile(name);
		const { nodes, connections } = await testbed.client.createWorkflow(file);

		// n8n may add to a node, such as an id for its webhook.
		expect(nodes).toMatchObject(file.nodes);
		expect(connections).toEqual(file.connections);
		expect(remarksOn(file, types)).toEqual([]);
	});
});

describe('an example that is not ready for people is noticed:', () => {
	type Change = (file: WorkflowFile) => unknown;
	const of = ({ nodes }: WorkflowFile, name: string) => nodes.find((node) => node.name === name)!;
	const changes: Array<[string, Change]> = [
		['this n8n has no', (file) => (of(file, 'Write the Post').typeVersion = 99)],
		['has no field mood', (file) => (of(file, 'Make a Vertical Video').parameters.mood = 'calm')],
		['two nodes have one name', ({ nodes }) => nodes.push({ ...nodes[1], id: 'new' })],
		['there is no node', (file) => (of(file, 'Send the Post').name = 'Send')],
		['connected to nothing', (file) => delete file.connections['Write the Post']],
		['not to the right of', (file) => (of(file, 'Send the Post').position = [0, 0])],
		['overlap', (file) => (of(file, 'Send the Post').position = [600, 20])],
		['not above', ({ nodes }) => (nodes[0].position = [0, 200])],
		['what a run costs', ({ nodes }) => (nodes[0].parameters.content = '**To fill in:**')],
		['speaks of', ({ nodes }) => (nodes[0].parameters.content = '**Nothing**')],
		[
			'after the video was paid',
			(file) => (of(file, 'Send the Post').parameters.url = 'https://example.com/posts'),
		],
		['belongs to', (file) => (of(file, 'Send the Post').parameters.url = 'http://localhost/')],
	];

	test.each(changes)('%s', (remark, change) => {
		const file = exampleFile('text-to-social-post');
		change(file);
		expect(remarksOn(file, types).join()).toContain(remark);
	});
});
