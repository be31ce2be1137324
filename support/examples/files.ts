import { exampleFile, withCredential } from '../../scripts/demo/editor';
import type { StoredCredential, WorkflowFile, WorkflowNode } from '../../scripts/n8n/answers';

export interface Filling {
	credential: StoredCredential;
	/** Stands for all services beside PiAPI. */
	serviceUrl: string;
}

/** What the notes ask a person to fill in, by the name of the node. */
const FILLINGS: Record<string, (serviceUrl: string) => object> = {
	'Post the Video': (serviceUrl) => ({ url: `${serviceUrl}/posts` }),
	'Say What Happened': (serviceUrl) => ({ url: `${serviceUrl}/messages` }),
	'Post the Film': (serviceUrl) => ({ url: `${serviceUrl}/films` }),
	'Send the Post': (serviceUrl) => ({ url: `${serviceUrl}/posts` }),
	'Upload the Clip': (serviceUrl) => ({
		url: `=${serviceUrl}/clips/{{ $binary.data.fileName }}`,
	}),
};

/** The example as it is in its file, with what its note asks a person to fill in. */
export function filledIn(name: string, { credential, serviceUrl }: Filling): WorkflowFile {
	const file = exampleFile(name);
	const nodes = file.nodes.map((node) => {
		const filling = FILLINGS[node.name]?.(serviceUrl);
		return { ...node, parameters: { ...node.parameters, ...filling } };
	});
	return withCredential({ ...file, nodes }, credential);
}

export function isNote({ type }: WorkflowNode): boolean {
	return type === 'n8n-nodes-base.stickyNote';
}

/** A connection to another node. */
export interface Arrow {
	from: string;
	to: string;
	kind: string;
}

export function arrowsOf({ connections }: WorkflowFile): Arrow[] {
	type Outputs = Record<string, Array<Array<{ node: string }>>>;
	return Object.entries(connections as Record<string, Outputs>).flatMap(([from, outputs]) =>
		Object.entries(outputs).flatMap(([kind, targets]) =>
			targets.flat().map(({ node }) => ({ from, to: node, kind })),
		),
	);
}

/** What a node takes up on the canvas, in its pixels. */
export interface Box {
	left: number;
	right: number;
	top: number;
	bottom: number;
}

const LABEL = { height: 40, beside: 40 };

/** A node with its name below it; an agent is wider, and its helpers are round and smaller. */
export function boxOf({ type, position: [left, top], parameters }: WorkflowNode): Box {
	if (type === 'n8n-nodes-base.stickyNote') {
		const { width, height } = parameters as { width: number; height: number };
		return { left, right: left + width, top, bottom: top + height };
	}
	const width = type.endsWith('.agent') ? 256 : 96;
	const { height, beside } = LABEL;
	return { left: left - beside, right: left + width + beside, top, bottom: top + 96 + height };
}

export function overlap(one: Box, other: Box): boolean {
	const apart = one.right <= other.left || other.right <= one.left;
	return !apart && one.top < other.bottom && other.top < one.bottom;
}
