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
 */
export function chatAnswer({ messages, tools }: ChatRequest, calls: object[]): object {
	const said = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
	const isOver = said.length > 0;
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 1_767_000_000,
		model: 'mock',
		choices: [
			{
				index: 0,
				finish_reason: isOver ? 'stop' : 'tool_calls',
				message: isOver
					? { role: 'assistant', content: said.join('\n') }
					: { role: 'assistant', content: null, tool_calls: calls.map(callOf(tools[0])) },
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

function callOf({ function: { name } }: ChatRequest['tools'][number]) {
	return (args: object, index: number) => ({
		id: `call_${index}`,
		type: 'function',
		function: { name, arguments: JSON.stringify(args) },
	});
}
