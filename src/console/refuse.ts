/** Keeps browsers and malformed bodies out of the admin API: no web page is ever a client of it. */
import type { MiddlewareHandler } from 'hono'
import { Fault } from '#exchange'

/** Headers that a browser adds by itself and that no page can leave out. Source: Fetch, 2026-11. */
const BROWSER = ['origin', 'sec-fetch-site', 'sec-fetch-mode']

/** Refuses every request that a browser made. @throws request.browser */
export const noBrowser: MiddlewareHandler = async (c, next) => {
  const told = BROWSER.find((name) => c.req.header(name) !== undefined)
  if (told) throw new Fault('request.browser', told)
  await next()
}

/** The JSON object that a request bears. @throws request.json */
export async function bodyOf(request: { text(): Promise<string> }): Promise<object> {
  const text = await request.text()
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw new Fault('request.json', undefined, { cause })
  }
  throw new Fault('request.json', 'it is no object')
}
