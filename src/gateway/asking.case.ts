/** How the tests of `carry()` ask a small house, and what they look at afterwards. */
import { chunk, DONE, openHouse, type Script, type Setup } from './house.case.ts'

/** An upstream that streams these parts. */
export const stream =
  (...parts: string[]): Script =>
  (_request, _body, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'up-1', 'set-cookie': 'a=1' })
    for (const part of parts) response.write(part)
    response.end()
  }
export const answer = stream(chunk('hello'), chunk(' world'), DONE)

export type Open = Awaited<ReturnType<typeof openHouse>>

/** Runs with an open house, and closes it. */
export async function within(setup: Setup, run: (house: Open) => Promise<void>): Promise<void> {
  const house = await openHouse(setup)
  await run(house).finally(() => house.close())
}

/** Sends a body with the house's key. */
export const ask = ({ url, key }: Open, body: string, more: { path?: string; headers?: Record<string, string> } = {}) =>
  fetch(`${url}${more.path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-gatelog-key': key,
      authorization: 'Bearer upstream-token',
      ...more.headers,
    },
  })
/** What is on the record, in order. */
export const kinds = ({ watched }: Open) => watched.entries.map(({ kind }) => kind)

/** Placeholders without the four characters that tell values apart. */
export const unmarked = (text: string | undefined): string =>
  (text ?? '').replace(/(\[masked:[a-z0-9-]+)#[a-z0-9]{4}\]/g, '$1]')

/** Waits until something holds, however busy the machine is. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 2000) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
