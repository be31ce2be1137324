/** What a chat model is asked, as far as the mock server reads it. */
export interface ChatRequest {
	messages: Array<{ role: string; content: string }>;
	tools: Array<{
		function: { name: string; description: string; parameters: { properties: object } };
	}>;
}

/**
 * Answers as a chat model does (in OpenAI's form) that calls its only tool, once for each of the
 * arguments, and then says what the tool said.
 *
 * @param isContent whether it calls no more tools after what it was told; default: after the first answers
 */
export function chatAnswer(
	{ messages, tools }: ChatRequest,
	calls: object[],
	isContent = (said: string[]) => said.length > 0,
): object {
	const said = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
	const isOver = isContent(said);
	const toolCalls = calls.map((args, index) => ({
		id: `call_${said.length + index}`,
		type: 'function',
		function: { name: tools[0].function.name, arguments: JSON.stringify(args) },
	}));
	return modelSays(
		isOver ? { content: said.join('\n') } : { content: null, tool_calls: toolCalls },
	);
}

/** A message of a chat model, in OpenAI's form. */
export function modelSays(message: { content: string | null; tool_calls?: object[] }): object {
	const reason = message.tool_calls ? 'tool_calls' : 'stop';
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 1_767_000_000,
		model: 'mock',
		choices: [{ index: 0, finish_reason: reason, message: { role: 'assistant', ...message } }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
