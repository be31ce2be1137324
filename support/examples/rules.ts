import type { NodeField, NodeType, WorkflowFile, WorkflowNode } from '../../scripts/n8n/answers';

/** What is still to be mended about an example; empty when a person can be given it. */
export function remarksOn(file: WorkflowFile, types: NodeType[]): string[] {
	return [
		...file.nodes.flatMap((node) => remarksOnType(node, types)),
		...remarksOnNames(file),
		...remarksOnLayout(file),
		...remarksOnNote(file, types),
		...remarksOnPrivacy(file),
		...remarksOnPaying(file),
	];
}

function remarksOnType(node: WorkflowNode, types: NodeType[]): string[] {
	const { name: nodeName, typeVersion } = node;
	const type = types.find(
		({ name, version }) => name === node.type && [version].flat().includes(typeVersion),
	);
	if (!type) return [`${nodeName}: this n8n has no ${node.type} in version ${typeVersion}`];
	if (!isOurs(type)) return [];

	const { options = {}, ...parameters } = node.parameters;
	const known = type.properties.map(({ name }) => name);
	const knownOptions = type.properties
		.filter(({ name }) => name === 'options')
		.flatMap((field) => field.options?.map(({ name }) => name));
	return [
		...Object.keys(parameters).filter((name) => !known.includes(name)),
		...Object.keys(options as object).filter((name) => !knownOptions.includes(name)),
	].map((name) => `${node.name}: the node has no field ${name}`);
}

function isOurs({ name }: NodeType): boolean {
	return name.startsWith('n8n-nodes-piapi-luma.');
}

function remarksOnNames(file: WorkflowFile): string[] {
	const names = file.nodes.map(({ name }) => name);
	const ids = file.nodes.map(({ id }) => id);
	const arrows = arrowsOf(file);
	const ends = arrows.flatMap(({ from, to }) => [from, to]);
	const alone = file.nodes.filter((node) => !isNote(node) && !ends.includes(node.name));
	return [
		...(new Set(names).size < names.length ? ['two nodes have one name'] : []),
		...(new Set(ids).size < ids.length ? ['two nodes have one id'] : []),
		...ends.filter((name) => !names.includes(name)).map((name) => `there is no node ${name}`),
		...alone.map(({ name }) => `${name} is connected to nothing`),
	];
}

function remarksOnLayout(file: WorkflowFile): string[] {
	const { nodes } = file;
	const left = (name: string) => nodes.find((node) => node.name === name)?.position[0] ?? 0;
	const backwards = arrowsOf(file)
		.filter(({ from, to, kind }) => kind === 'main' && left(from) >= left(to))
		.filter(({ from, to }) => !leadsTo(to, from, file))
		.map(({ from, to }) => `${to} is not to the right of ${from}`);
	const overlapping = nodes.flatMap((node, i) =>
		nodes
			.slice(i + 1)
			.filter((other) => overlap(node, other))
			.map((other) => `${node.name} and ${other.name} overlap`),
	);
	return [...backwards, ...overlapping];
}

/** Whether the second node comes after the first one; then a line back closes a loop. */
function leadsTo(first: string, second: string, file: WorkflowFile): boolean {
	const after = new Set([first]);
	// A set hands out what is added while it is walked through.
	for (const node of after) {
		for (const { from, to } of arrowsOf(file)) if (from === node) after.add(to);
	}
	return after.has(second);
}

function remarksOnNote({ nodes }: WorkflowFile, types: NodeType[]): string[] {
	const [note] = nodes.filter(isNote);
	if (!note) return ['there is no note'];

	const top = Math.min(...nodes.filter((node) => !isNote(node)).map((node) => boxOf(node).top));
	const text = String(note.parameters.content);
	return [
		...(boxOf(note).bottom > top ? ['the note is not above the nodes'] : []),
		...(/\$0\.\d0/.test(text) ? [] : ['the note does not say what a run costs']),
		...(text.includes('**To fill in:**') ? [] : ['the note does not say what to fill in']),
		...nodes.filter(isNote).flatMap((each) => unknownNames(each, nodes, types)),
	];
}

/** What is in bold in a note is the name of a node or the label of a field. */
function unknownNames(note: WorkflowNode, nodes: WorkflowNode[], types: NodeType[]): string[] {
	const labels = types.filter(isOurs).flatMap(({ properties }) => labelsOf(properties));
	const known = [...nodes.map(({ name }) => name), ...labels, 'To fill in:'];
	return [...String(note.parameters.content).matchAll(/\*\*(.+?)\*\*/g)]
		.map(([, name]) => name)
		.filter((name) => !known.includes(name))
		.map((name) => `the note speaks of ${name}, which is not there`);
}

function labelsOf(fields: NodeField[]): string[] {
	return fields.flatMap(({ displayName, options = [] }) => [
		...(displayName ? [displayName] : []),
		...labelsOf(options),
	]);
}

function remarksOnPrivacy({ nodes }: WorkflowFile): string[] {
	const personal = /"credentials"|localhost|127\.0\.0\.1|\/(home|Users|root|tmp|work)\/|[A-Z]:\\\\/;
	const found = personal.exec(JSON.stringify(nodes));
	return found ? [`${found[0]} belongs to somebody`] : [];
}

/** What breaks behind a paid video has to stop the run before it: an empty required field does, an address of nobody does not. */
function remarksOnPaying(file: WorkflowFile): string[] {
	const paying = file.nodes.filter(isPaying);
	return file.nodes
		.filter(({ name }) => paying.some((node) => leadsTo(node.name, name, file)))
		.filter(({ parameters }) => /\bexample\.(com|org|net)\b/.test(JSON.stringify(parameters)))
		.map(({ name }) => `${name} calls an example address after the video was paid`);
}

function isPaying({ type, parameters }: WorkflowNode): boolean {
	const { resource = 'video', operation = 'textToVideo' } = parameters;
	const isPaid = !['download', 'join'].includes(String(operation));
	const isOurNode = /^n8n-nodes-piapi-luma\.luma(Tool)?$/.test(type);
	return isOurNode && resource === 'video' && isPaid;
}

function isNote({ type }: WorkflowNode): boolean {
	return type === 'n8n-nodes-base.stickyNote';
}

/** The connections between nodes. */
function arrowsOf({ connections }: WorkflowFile) {
	type Outputs = Record<string, Array<Array<{ node: string }>>>;
	return Object.entries(connections as Record<string, Outputs>).flatMap(([from, outputs]) =>
		Object.entries(outputs).flatMap(([kind, targets]) =>
			targets.flat().map(({ node }) => ({ from, to: node, kind })),
		),
	);
}

/** What a node takes up on the canvas, with its name below it; an agent is wider than others. */
function boxOf(node: WorkflowNode) {
	const { position, parameters } = node;
	const [left, top] = position;
	if (isNote(node)) {
		const { width, height } = parameters as { width: number; height: number };
		return { left, right: left + width, top, bottom: top + height };
	}
	const width = node.type.endsWith('.agent') ? 256 : 96;
	return { left: left - 40, right: left + width + 40, top, bottom: top + 96 + 40 };
}

function overlap(node: WorkflowNode, other: WorkflowNode): boolean {
	const [one, two] = [boxOf(node), boxOf(other)];
	const isBeside = one.right <= two.left || two.right <= one.left;
	return !isBeside && one.top < two.bottom && two.top < one.bottom;
}
