/** What is done with each rule's secrets, by connection and direction: a list, the first line that fits decides. Pure. */
import type { Action, Direction } from '#exchange'

/** One line of `masking.actions`. What is left out fits all; names may hold `*`. */
export interface ActionLine {
  readonly rules?: readonly string[]
  readonly connections?: readonly string[]
  readonly direction?: Direction
  readonly then: Action
}

/** Decided once for all rules of one connection and direction. */
export interface Actions {
  of(rule: string): Action
  /** Rules whose secrets go on as they are; undefined where there are none. */
  readonly leave: ReadonlySet<string> | undefined
  /** Whether there is a rule that blocks. */
  readonly blocks: boolean
}

/** What masks a stretch that was held too long: no rule knows what is in it. */
const OVERLONG = 'overlong'

/** `rules`: the ids of all that the engine knows. `rest`: what no line decides. */
export function actionsOf(
  lines: readonly ActionLine[],
  rules: readonly string[],
  place: { readonly connection: string; readonly direction: Direction; readonly rest: Action },
): Actions {
  const fitting = lines.filter(
    ({ connections, direction }) =>
      fits(connections, place.connection) && (direction === undefined || direction === place.direction),
  )
  const decided = new Map(
    [...rules, OVERLONG].map((rule) => [rule, fitting.find((line) => fits(line.rules, rule))?.then ?? place.rest]),
  )
  const leave = new Set([...decided].filter(([, action]) => action === 'alert').map(([rule]) => rule))
  const blocks = [...decided.values()].includes('block')
  return { of: (rule) => decided.get(rule) ?? 'mask', leave: leave.size ? leave : undefined, blocks }
}

const fits = (patterns: readonly string[] | undefined, name: string): boolean =>
  patterns === undefined || patterns.some((pattern) => fitsPattern(pattern, name))

/** Whether a name is what a pattern says, `*` standing for any characters. */
export function fitsPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name)
}
