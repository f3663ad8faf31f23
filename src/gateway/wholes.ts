/** What of a streamed reply is complete each time: whole strings, and the lines of an event beside its data. */
import type { Finding } from '#exchange'
import { type LaneFinding, maskText } from '#masking'
import type { Frame, Piece, Shape } from '#wire'
import { type Masker, told } from './masker.ts'

const LONGEST_REMEMBERED = 256
const MOST_REMEMBERED = 1024

/** What stands for a string that a rule touched: for the client, and on the record. */
export interface Written<Text> {
  readonly sent: Text
  readonly recorded: Text
  /** The secret because of which neither may leave. */
  readonly blocked?: Finding | undefined
}

export class Wholes {
  readonly findings: Finding[] = []
  readonly #masker: Masker
  readonly #clean = new Set<string>()

  constructor(masker: Masker) {
    this.#masker = masker
  }

  /** What to write instead; undefined where the piece is clean. `back` gives what the client gets of a masked text. */
  masked({ lane, mode, value }: Piece, back: (text: string) => string | undefined): Written<string> | undefined {
    if (this.#clean.has(value)) return undefined
    const { text, recorded, findings } = maskText(this.#masker.engine, value, mode, this.#masker.lanes)
    const sent = back(text) ?? text
    if (findings.length === 0 && sent === text) {
      this.#remember(text)
      return undefined
    }
    return { sent, recorded, blocked: this.#tell(lane, findings) }
  }

  /** The lines of a frame that are not data: undefined when clean. */
  shell(frame: Frame): Written<readonly string[]> | undefined {
    const at = frame.data ? frame.text.indexOf(frame.data) : -1
    const shell = at < 0 ? frame.text : frame.text.slice(0, at) + frame.text.slice(at + (frame.data?.length ?? 0))
    if (this.#clean.has(shell)) return undefined
    const lines = frame.text.split(/\r\n|\n|\r/).filter((line) => line !== '' && !/^data(:|$)/.test(line))
    const { text, recorded, findings } = maskText(this.#masker.engine, lines.join('\n'), 'text', this.#masker.lanes)
    if (findings.length === 0) {
      this.#remember(shell)
      return undefined
    }
    return { sent: text.split('\n'), recorded: recorded.split('\n'), blocked: this.#tell('event', findings) }
  }

  #tell(lane: string, findings: readonly LaneFinding[]): Finding | undefined {
    const all = findings.map((finding) => told(finding, 'reply', lane, this.#masker))
    for (const one of all) this.findings.push(one)
    return all.find(({ action }) => action === 'block')
  }

  /** Whether every whole string of a shape is clean. */
  cleanIn({ wholes }: Shape): boolean {
    return wholes.every(({ value, mode }) => maskText(this.#masker.engine, value, mode).findings.length === 0)
  }

  #remember(text: string): void {
    if (text.length <= LONGEST_REMEMBERED && this.#clean.size < MOST_REMEMBERED) this.#clean.add(text)
  }
}
