import type { N8nClient } from '../../scripts/n8n/rest';

export type TableRow = Record<string, string | number | null>;

/** A data table of n8n, as a person makes one in its editor. */
export class DataTable {
	private constructor(
		private readonly client: N8nClient,
		private readonly path: string,
		readonly id: string,
	) {}

	/** All columns get the type String. */
	static async create(client: N8nClient, columns: string[], rows: TableRow[]): Promise<DataTable> {
		const { id: project } = await client.call<{ id: string }>('GET', '/rest/projects/personal');
		const path = `/rest/projects/${project}/data-tables`;
		const { id } = await client.call<{ id: string }>('POST', path, {
			name: `Plan ${Date.now()}`,
			columns: columns.map((name) => ({ name, type: 'string' })),
		});
		await client.call('POST', `${path}/${id}/insert`, { data: rows, returnType: 'count' });
		return new DataTable(client, `${path}/${id}`, id);
	}

	/** As somebody imports a CSV file whose values hold no quotes. */
	static async import(client: N8nClient, csv: string): Promise<DataTable> {
		const [columns, ...rows] = csv.trim().split('\n').map(valuesOf);
		const rowOf = (values: string[]) =>
			Object.fromEntries(columns.map((name, at) => [name, values[at]]));
		return await DataTable.create(client, columns, rows.map(rowOf));
	}

	/** In the order in which they were inserted. */
	async rows(): Promise<TableRow[]> {
		const { data } = await this.client.call<{ data: TableRow[] }>('GET', `${this.path}/rows`);
		return data.sort((one, other) => Number(one.id) - Number(other.id));
	}
}

function valuesOf(line: string): string[] {
	const values = line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g);
	return [...values].map(([, quoted, plain]) => quoted ?? plain);
}
