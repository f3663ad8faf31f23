/** The JSON of a tool that edits files, as it streams: a value may stand in its listed fields, where the file is no page. */
import { isPlain } from './files.ts'
import { Code, type Ground, NOWHERE } from './ground.ts'
import { JsonPath } from './jsonpath.ts'
import { Patch } from './patch.ts'
import type { FileTool } from './tools.ts'

/** No longer path names a file here, in UTF-16 units. */
const LONGEST_PATH = 1024

export class FileEdit implements Ground {
  readonly #tool: FileTool
  readonly #json = new JsonPath()
  #path = ''
  /** Whether the file is named, and every name that came is of a file that is no page. */
  #plain: boolean | undefined
  #text: Ground = NOWHERE
  #gave = false
  #late = false

  constructor(tool: FileTool) {
    this.#tool = tool
  }

  take(unit: number): void {
    const before = this.#json.inString ? this.#json.field : undefined
    const meant = this.#json.take(unit)
    if (before === undefined) {
      if (this.#json.inString) this.#begin(this.#json.field)
    } else if (!this.#json.inString) this.#end(before)
    else if (meant === undefined) return
    else if (before === this.#tool.path) this.#name(meant)
    else this.#text.take(meant)
  }

  get safe(): boolean {
    return this.#json.inString && !this.#json.escaping && this.#text.safe
  }

  get broken(): boolean {
    return this.#late || this.#text.broken === true
  }

  get before(): string {
    return this.#text.before
  }

  written(value: string, placeholder: string): string {
    this.#gave = true
    return JSON.stringify(this.#text.written(value, placeholder)).slice(1, -1)
  }

  #begin(field: string): void {
    this.#late ||= this.broken
    this.#path = ''
    if (!this.#tool.fields.has(field)) this.#text = NOWHERE
    else if (this.#tool.path === undefined) this.#text = new Patch()
    else this.#text = this.#plain ? new Code() : NOWHERE
  }

  #name(unit: number): void {
    if (this.#path.length <= LONGEST_PATH) this.#path += String.fromCharCode(unit)
  }

  /** A file that is named after a value was put back may be any file. */
  #end(field: string): void {
    if (field !== this.#tool.path) return
    this.#plain = this.#plain !== false && this.#path.length <= LONGEST_PATH && isPlain(this.#path)
    this.#late ||= this.#gave
  }
}
