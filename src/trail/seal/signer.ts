/** What signs the heads of the log. Types only: a key file, a command or the keyholder stand behind it. */
import type { Covered } from './former.ts'

export interface Signer {
  /** The verifier key (c2sp.org/signed-note) of what it signs with; its name is the log's origin. */
  readonly vkey: string
  /**
   * The signature's bytes over exactly these, as the key's algorithm has them; remembered before it is given out. `told`: of which
   * logs the record's own entries tell that another one goes on from them. @throws seal.key, seal.behind
   */
  sign(text: Uint8Array, told?: readonly Covered[]): Promise<Uint8Array>
  /** The last head that was signed, as far as is known outside the data folder: a signed note. */
  last?(): Promise<string | undefined>
  /** The heads of all logs that were signed for this record, as far as is known there: signed notes. */
  known?(): Promise<readonly string[]>
}
