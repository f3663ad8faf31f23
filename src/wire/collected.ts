/** Events as Splunk's HTTP Event Collector takes them. Splits and parses; knows no event's meaning. */
import { Fault } from '#exchange'
import { object, parsedOr } from './json.ts'

/**
 * The events of one body, in order, each parsed when it is asked for.
 * `raw`: one event a line. Otherwise objects one after another, whatever stands between them, each with its event below
 * `event`, as JSON or as text. Source: help.splunk.com, "Format events for HTTP Event Collector", 2026-11.
 * @throws collector.body, numbered from 0, with what came before it told already
 */
export function* eventsIn(text: string, raw: boolean): Generator<unknown, void> {
  let nth = 0
  for (const part of raw ? text.split('\n') : objectsIn(text)) {
    if (part.trim() === '') continue
    const value = parsed(part, nth)
    if (raw) yield value
    else yield eventOf(value, nth)
    nth++
  }
}

function eventOf(value: unknown, nth: number): unknown {
  const { event } = object(value)
  if (event === undefined || event === null) throw new Fault('collector.body', `event ${nth}: it has no "event"`)
  return typeof event === 'string' ? parsedOr(event) : event
}

function parsed(text: string, nth: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Fault('collector.body', `event ${nth}: no JSON`, { cause })
  }
}

const MARK = /["{}]/g

/** Objects one after another. What belongs to none comes as a part of its own, which is no JSON then. */
function* objectsIn(text: string): Generator<string, void> {
  let [from, depth] = [0, 0]
  MARK.lastIndex = 0
  for (let at = next(text, 0); at >= 0; at = next(text, at)) {
    const sign = text[at]
    if (sign === '"') {
      at = endOfString(text, at)
      continue
    }
    at++
    depth += sign === '{' ? 1 : -1
    if (depth > 0) continue
    yield text.slice(from, at)
    ;[from, depth] = [at, 0]
  }
  yield text.slice(from)
}

function next(text: string, from: number): number {
  MARK.lastIndex = from
  return MARK.exec(text)?.index ?? -1
}

/** Behind its closing quote: the first one before which stands an even number of backslashes. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at + 1
  }
  return text.length
}
