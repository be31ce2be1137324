import { listTasks, readTaskPage, type TaskRow } from '../nodes/Luma/piapi/taskList';

/** The rows of the task list's only page; none where it cannot be read. */
export async function rowsOf(data: unknown): Promise<TaskRow[]> {
	const page = readTaskPage(data);
	const rows: TaskRow[] = [];
	if (!page) return rows;
	const query = { maxPages: 1, pageSize: 10_000_000 };
	const list = listTasks(query, { now: () => 0, readPage: async () => page });
	for await (const row of list) rows.push(row);
	return rows;
}
