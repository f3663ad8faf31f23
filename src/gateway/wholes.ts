/** What of a streamed reply is complete each time: whole strings, and the lines of an event beside its data. */
import type { Finding } from '#exchange'
import { type Engine, maskText } from '#masking'
import type { Frame, Piece, Shape } from '#wire'
import { told } from './document.ts'

const LONGEST_REMEMBERED = 256
const MOST_REMEMBERED = 1024

export class Wholes {
  readonly findings: Finding[] = []
  readonly #engine: Engine
  readonly #clean = new Set<string>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** The text to send instead; undefined where the piece is clean. */
  masked({ lane, mode, value }: Piece): string | undefined {
    if (this.#clean.has(value)) return undefined
    const { text, findings } = maskText(this.#engine, value, mode)
    if (text === value) {
      this.#remember(text)
      return undefined
    }
    for (const finding of findings) this.findings.push(told(finding, 'reply', lane))
    return text
  }

  /** The lines of a frame that are not data: undefined when clean, else the masked lines. */
  shell(frame: Frame): readonly string[] | undefined {
    const at = frame.data ? frame.text.indexOf(frame.data) : -1
    const shell = at < 0 ? frame.text : frame.text.slice(0, at) + frame.text.slice(at + (frame.data?.length ?? 0))
    if (this.#clean.has(shell)) return undefined
    const lines = frame.text.split(/\r\n|\n|\r/).filter((line) => line !== '' && !/^data(:|$)/.test(line))
    const masked = lines.map((line) => maskText(this.#engine, line, 'text'))
    if (masked.every(({ findings }) => findings.length === 0)) {
      this.#remember(shell)
      return undefined
    }
    for (const { findings } of masked)
      for (const finding of findings) this.findings.push(told(finding, 'reply', 'event'))
    return masked.map(({ text }) => text)
  }

  /** Whether every whole string of a shape is clean. */
  cleanIn({ wholes }: Shape): boolean {
    return wholes.every(({ value, mode }) => maskText(this.#engine, value, mode).findings.length === 0)
  }

  #remember(text: string): void {
    if (text.length <= LONGEST_REMEMBERED && this.#clean.size < MOST_REMEMBERED) this.#clean.add(text)
  }
}
