import { expect, it } from '@jest/globals';
import { NodeHelpers, type INode, type INodeParameters } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';

const { description } = new Luma();

function nodeWith(parameters: INodeParameters): INode {
	return { id: '1', name: 'Luma', type: 'luma', typeVersion: 1, position: [0, 0], parameters };
}

/** The parameters of a node that the editor shows, for those that are saved. */
function shown(saved: INodeParameters): INodeParameters {
	const own: INodeParameters = { resource: 'video', operation: 'textToVideo', ...saved };
	const { properties } = description;
	const node = nodeWith(own);
	const { getNodeParameters } = NodeHelpers;
	return getNodeParameters(properties, own, true, false, node, description) as INodeParameters;
}

/** The fields that the editor marks. */
function marked(parameters: INodeParameters): string[] {
	const node = nodeWith(parameters);
	const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
	return Object.keys(issues?.parameters ?? {});
}

it('Guided shows its parts in the order a person thinks in, whatever their order in the saved workflow', () => {
	const saved = { style: 'ink', details: 'dew', camera: 'static', subject: 'a fox' };
	const { guided } = shown({ promptMode: 'guided', guided: saved });
	expect(Object.keys(guided as object)).toEqual(['subject', 'camera', 'style', 'details']);
});

it.each(['textToVideo', 'extend'])(
	'requires a prompt where nothing else describes the video: %s',
	(operation) => {
		expect(marked(shown({ operation }))).toContain('prompt');
	},
);

it('requires no prompt for a picture, and matches it', () => {
	const startImageUrl = 'https://example.com/a.png';
	const parameters = shown({ operation: 'imageToVideo', startImageUrl });

	expect(marked(parameters)).toEqual([]);
	expect(parameters).toMatchObject({ aspectRatio: 'match' });
	expect(parameters).not.toHaveProperty('duration');
});
