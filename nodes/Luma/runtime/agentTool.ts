import type { INode } from 'n8n-workflow';

/** Whether an AI agent calls the node as its tool: n8n then gives it a type of its own. */
export function isAgentTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}
