/** Where in a reply a value may stand, unit by unit of the raw text, and how it is written there. Opens no socket. */
import { JsonPath } from './jsonpath.ts'
import { Surroundings } from './surroundings.ts'

export interface Ground {
  /** Takes the next unit of the raw text. */
  take(unit: number): void
  /** Whether a value may stand where the next unit will. */
  readonly safe: boolean
  written(value: string): string
}

/** Text that is shown: anywhere but in addresses, links, images and tags. */
export class Shown implements Ground {
  readonly #surroundings = new Surroundings()

  take(unit: number): void {
    this.#surroundings.take(unit)
  }

  get safe(): boolean {
    return !this.#surroundings.dangerous
  }

  written(value: string): string {
    return value
  }
}

/** The JSON of a tool that edits files, as it streams: the same inside the strings of its listed fields. */
export class FileEdit implements Ground {
  readonly #fields: ReadonlySet<string>
  readonly #path = new JsonPath()
  #surroundings = new Surroundings()

  constructor(fields: ReadonlySet<string>) {
    this.#fields = fields
  }

  take(unit: number): void {
    const inside = this.#path.inString
    const meant = this.#path.take(unit)
    if (!this.#path.inString) {
      if (inside) this.#surroundings = new Surroundings()
    } else if (meant !== undefined) this.#surroundings.take(meant)
  }

  get safe(): boolean {
    return (
      this.#path.inString && !this.#path.escaping && this.#fields.has(this.#path.field) && !this.#surroundings.dangerous
    )
  }

  written(value: string): string {
    return JSON.stringify(value).slice(1, -1)
  }
}

/** A shell's arguments, an unknown tool's, an unknown field: nothing is put back. */
export const NOWHERE: Ground = { take: () => undefined, safe: false, written: (value) => value }
