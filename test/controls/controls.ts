/** Which control asks what, what Gatelog does for it, and the tests that prove it. Types and the list: `npm run controls` prints it. */
import { ISO } from './iso.ts'
import { NIST } from './nist.ts'
import { PCI } from './pci.ts'
import { SOC } from './soc.ts'

/** A test by its file and its name, as they stand in the source. */
export type Proof = readonly [file: string, name: string]

export interface Control {
  readonly id: string
  /** In our words: the text of a standard is its publisher's. */
  readonly asks: string
  readonly does: string
  /** Absent where nothing is done: then `open` says so. */
  readonly proofs?: readonly Proof[]
  /** What is not covered, or is somebody else's to do. */
  readonly open?: string
}

export interface Standard {
  readonly name: string
  readonly source: string
  readonly controls: readonly Control[]
}

export const STANDARDS: readonly Standard[] = [NIST, PCI, SOC, ISO]
