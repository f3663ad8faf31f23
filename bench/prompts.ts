// Request bodies of the kinds that are measured. Made by code; no secret in any of them.

/** What agents resend: prose, code and tool output, clean. Deterministic. */
export function text(bytes: number, seed: number): string {
  let [out, state] = ['', seed + 1]
  while (out.length < bytes) {
    state = (state * 48_271) % 2_147_483_647
    const name = `value${state % 997}`
    out += `  const ${name} = await load('${name}.json', { retries: ${state % 7} }) // step ${state % 10_007} of the plan\n`
  }
  return out.slice(0, bytes)
}

const message = (role: string, content: string) => ({ role, content })

/** A short prompt, answered whole. */
export const small = (at: number): string =>
  JSON.stringify({ model: 'small', stream: false, messages: [message('user', `Explain step ${at}: ${text(200, at)}`)] })

/** How a stream's text is cut into events: where a tokenizer would, or every four characters. */
export type Cut = 'words' | 'fours'

/** A short prompt, answered as a stream of so many events, so many ms apart, after so many ms of thinking. */
export const streamed =
  (events: number, ms: number, think = 0, cut: Cut = 'fours') =>
  (at: number) =>
    JSON.stringify({
      model: `stream:${events}:${ms}:${think}:${cut}`,
      stream: true,
      messages: [message('user', `Write part ${at}`)],
    })

/** One agent session: every turn resends the history and adds `step` bytes to it. */
export function session(turns: number, first: number, step: number, seed = 0): string[] {
  const messages = [message('system', text(6000, seed)), message('user', `Session ${seed}: mend the tests`)]
  for (let at = 0; JSON.stringify(messages).length < first; at++)
    messages.push(message(at % 2 ? 'user' : 'assistant', text(2000, seed * 1000 + at)))
  return Array.from({ length: turns }, (_, turn) => {
    messages.push(message(turn % 2 ? 'user' : 'assistant', text(step, seed * 1000 + 500 + turn)))
    return JSON.stringify({ model: 'small', stream: false, messages })
  })
}
