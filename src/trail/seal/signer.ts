/** What signs the heads of the log. Types only: a key file, a command or the keyholder stand behind it. */

export interface Signer {
  /** The verifier key (c2sp.org/signed-note) of what it signs with; its name is the log's origin. */
  readonly vkey: string
  /** The signature's bytes over exactly these, as the key's algorithm has them; remembered before it is given out. @throws seal.key */
  sign(text: Uint8Array): Promise<Uint8Array>
  /** The last head that was signed, as far as is known outside the data folder: a signed note. */
  last?(): Promise<string | undefined>
}
