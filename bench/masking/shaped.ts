// How many of the corpus's prefix tokens are found in other surroundings, and in disguise. Pure but for the engine.
import { type Engine, maskText } from '#masking'
import { modeOf } from '../../src/cli/scan/streamed.ts'
import { covered, ENOUGH, type Row } from './corpus.ts'
import type { Tally } from './quality.ts'
import { DISGUISES, SHAPES, type Shape, type Shaped, valuesOf } from './shapes.ts'

const isFound =
  (engine: Engine) =>
  (shaped: Shaped): boolean =>
    covered(shaped, maskText(engine, shaped.text, modeOf(shaped.text)).findings) >= ENOUGH

function tally(engine: Engine, values: readonly string[], [name, shape]: readonly [string, Shape]): Tally {
  const texts = values.map(shape).filter((shaped) => shaped !== undefined)
  return { name, found: texts.filter(isFound(engine)).length, of: texts.length }
}

/** Two values of each type of prefix token in each surrounding. */
export const inShapes = (engine: Engine, rows: readonly Row[]): Tally[] =>
  Object.entries(SHAPES).map((each) => tally(engine, valuesOf(rows), each))

/** The values that are found as they are, in each disguise. */
export function inDisguise(engine: Engine, rows: readonly Row[]): Tally[] {
  const plain = (value: string): Shaped => ({ text: value, start: 0, end: value.length })
  const values = valuesOf(rows).filter((value) => isFound(engine)(plain(value)))
  return Object.entries(DISGUISES).map((each) => tally(engine, values, each))
}

/** The values that are missed in a surrounding, for those who write rules. */
export const missedIn = (engine: Engine, rows: readonly Row[]): string[] =>
  Object.entries(SHAPES).flatMap(([name, shape]) =>
    valuesOf(rows).flatMap((value) => {
      const shaped = shape(value)
      return shaped && !isFound(engine)(shaped) ? [`${name}: ${JSON.stringify(shaped.text)}`] : []
    }),
  )
