/** Runs rules over their own examples once, so that no traffic pays for states that are built when first met. */
import type { Engine } from './engine.ts'
import { missOf, spread } from './examples.ts'
import { Lane } from './lane.ts'
import type { MaskingRule } from './rule.ts'

/** So many units at a time, as a stream would bring them. */
const PIECE = 5

/** For a process that will see traffic; one that scans a few texts need not. Some 300 ms for six hundred rules. */
export function warm(engine: Engine, rules: readonly MaskingRule[]): void {
  const text = new Lane(engine, 'text')
  const json = new Lane(engine, 'json')
  for (const { examples } of rules) {
    for (const example of examples.match) through(text, json, `${spread(example).join('')}\n`)
    for (const example of examples.miss) through(text, json, `${missOf(example)}\n`)
  }
}

function through(text: Lane, json: Lane, example: string): void {
  for (let at = 0; at < example.length; at += PIECE) {
    text.push(example.slice(at, at + PIECE))
    if (text.settled === text.length) text.take()
  }
  json.push(JSON.stringify([example]))
}
