/** A map of at most `max` entries; the least recently used one is evicted. */
export class LruMap<V> {
	private readonly entries = new Map<string, V>();

	constructor(private readonly max: number) {}

	get(key: string): V | undefined {
		const value = this.entries.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	set(key: string, value: V): void {
		this.entries.delete(key);
		this.entries.set(key, value);
		const [oldest] = this.entries.keys();
		if (this.entries.size > this.max) this.entries.delete(oldest);
	}
}
