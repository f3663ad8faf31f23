/** What each of the demo's protocols is given and gives. Types only. */

/** A function call that the demo's model makes instead of an answer. */
export interface DemoCall {
  readonly name: string
  /** JSON. */
  readonly arguments: string
}

/** What the demo says: text, or a call of a tool. Cut into deltas of 2 to 6 characters. */
export interface Utterance {
  readonly text: string
  readonly call?: DemoCall
  /** The pieces of the text, or of the call's arguments. */
  readonly deltas: readonly string[]
}

/** What was asked, read from any protocol. */
export interface Asked {
  readonly model: string
  /** The last user message, or the text before the cursor. */
  readonly prompt: string
  /** The name of the first tool offered. */
  readonly tool: string | undefined
  /** The last message is a tool's result: the answer is text. */
  readonly answered: boolean
}

/** One reply: an id of 24 hex characters, a time in Unix seconds, and what is said. */
export interface Speech {
  readonly id: string
  readonly at: number
  readonly asked: Asked
  readonly said: Utterance
}

/** One provider protocol as the demo speaks it. */
export interface Speaker {
  /** Of the path, without a leading `/v1`. */
  readonly route: RegExp
  read(body: Record<string, unknown>): Asked
  /** The body of a reply that is not streamed. */
  whole(speech: Speech): unknown
  /** The reply's server-sent events, each as it goes on the wire. */
  events(speech: Speech): Iterable<string>
}
