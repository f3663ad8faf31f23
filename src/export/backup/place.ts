/** Where backups lie: small objects by name, whole or not there. Knows nothing of what is in them. */
export interface Place {
  /** For whoever reads of it. */
  readonly told: string
  /** Resolves once it is durable; replaces what has the name. @throws backup.place */
  put(name: string, bytes: Uint8Array): Promise<void>
  /** @throws backup.place */
  get(name: string): Promise<Buffer | undefined>
  /** Its bytes; undefined where there is none. @throws backup.place */
  size(name: string): Promise<number | undefined>
  /** All that begin so, in order. `folder` ends with /. @throws backup.place */
  list(folder: string): Promise<string[]>
  /** @throws backup.place */
  remove(name: string): Promise<void>
  /** Removes what processes that were killed left of objects that were not whole yet; nobody may be putting one. @throws backup.place */
  sweep(): Promise<void>
  close(): Promise<void>
}
