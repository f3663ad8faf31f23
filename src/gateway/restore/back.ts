/** A stretch of a lane on its way through the passage of that lane; knows what it becomes once that is decided. */
import type { Passage } from './passage.ts'

export class Back {
  readonly #passage: Passage
  #from = -1
  #text = ''

  constructor(passage: Passage) {
    this.#passage = passage
  }

  /** Whether the stretch has entered the passage. */
  get entered(): boolean {
    return this.#from >= 0
  }

  /** Whether it is decided what leaves. */
  get settled(): boolean {
    return this.entered && this.#from + this.#text.length <= this.#passage.settled
  }

  /** Takes the stretch as the masking rules left it. Stretches of a lane enter in order. */
  enter(text: string): void {
    this.#from = this.#passage.length
    this.#text = text
    this.#passage.push(text)
  }

  /** What leaves. */
  render(): string {
    return this.#passage.render(this.#from, this.#text)
  }
}
