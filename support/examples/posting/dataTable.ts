import type { N8nClient } from '../../../scripts/n8n/rest';

export type TableRow = Record<string, string | number | null>;

/** A data table of n8n, as a person makes one in its editor. */
export class DataTable {
	private constructor(
		private readonly client: N8nClient,
		private readonly path: string,
		readonly id: string,
	) {}

	/** All columns get the type String. */
	static async create(client: N8nClient, columns: string[]): Promise<DataTable> {
		const { id: project } = await call<{ id: string }>(client, 'GET', '/rest/projects/personal');
		const path = `/rest/projects/${project}/data-tables`;
		const { id } = await call<{ id: string }>(client, 'POST', path, {
			name: `Plan ${Date.now()}`,
			columns: columns.map((name) => ({ name, type: 'string' })),
		});
		return new DataTable(client, `${path}/${id}`, id);
	}

	/** As somebody imports a CSV file whose values hold no quotes. */
	static async import(client: N8nClient, csv: string): Promise<DataTable> {
		const [columns, ...rows] = csv.trim().split('\n').map(valuesOf);
		const table = await DataTable.create(client, columns);
		await table.insert(
			rows.map((values) => Object.fromEntries(columns.map((name, at) => [name, values[at]]))),
		);
		return table;
	}

	async insert(rows: TableRow[]): Promise<void> {
		await call(this.client, 'POST', `${this.path}/insert`, { data: rows, returnType: 'count' });
	}

	/** In the order in which they were inserted. */
	async rows(): Promise<TableRow[]> {
		const { data } = await call<{ data: TableRow[] }>(this.client, 'GET', `${this.path}/rows`);
		return data.sort((one, other) => Number(one.id) - Number(other.id));
	}
}

function valuesOf(line: string): string[] {
	const values = line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g);
	return [...values].map(([, quoted, plain]) => quoted ?? plain);
}

async function call<T = unknown>(client: N8nClient, method: string, path: string, body?: unknown) {
	const response = await client.request(method, path, body);
	const text = await response.text();
	if (!response.ok) throw new Error(`n8n answered ${method} ${path} with ${text}`);
	return (JSON.parse(text) as { data: T }).data;
}
