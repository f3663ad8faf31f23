/** Work of the store's thread in slices: each is short and runs alone, and what others ask for goes on between two. */
import type { Day } from './day.ts'
import { Wanted } from './wanted.ts'

/** So long a slice takes before the commit at its end, in milliseconds. An append waits for two of them at most. */
const SLICE_MS = 10
/** Pages of log after which it is moved into the file: in a slice of its own, which takes the longer the more there are. */
const LOG_PAGES = 1024

/** Work that stops at each yield until it has a turn again. Keys that it yields are fetched first. */
export type Sliced<Result = void> = Generator<Wanted | undefined, Result, void>

let began = 0

/** Begins a slice. */
export const beginSlice = (): void => {
  began = performance.now()
}

/** Whether it has taken so long that others have their turn. */
export const isOver = (): boolean => performance.now() - began > SLICE_MS

/** Does something at once, as often as it takes until all keys are there. */
export function* whole<Result>(work: () => Result): Sliced<Result> {
  for (;;) {
    const result = tried(work)
    if (!(result instanceof Wanted)) return result
    yield result
  }
}

function tried<Result>(work: () => Result): Result | Wanted {
  try {
    return work()
  } catch (error) {
    if (error instanceof Wanted) return error
    throw error
  }
}

/** Something of each item, so many in a slice as fit. Writes nothing. */
export function* each<Item, Result>(items: Iterable<Item>, work: (item: Item) => Result): Sliced<Result[]> {
  const results: Result[] = []
  for (const item of items) {
    results.push(yield* whole(() => work(item)))
    if (isOver()) yield
  }
  return results
}

/** Does work that stops wherever others may go on. Writes nothing. */
export function* paced<Result>(work: Generator<undefined, Result, void>): Sliced<Result> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    if (isOver()) yield
  }
}

/**
 * Does something with each item in transactions of a file, so many in one as fit; `then` runs after each. `work` may be done
 * again with an item. The sum of what it gives.
 */
export function* inSlices<Item>(
  day: Day,
  items: readonly Item[],
  work: (item: Item) => number,
  then: () => void = () => undefined,
): Sliced<number> {
  let [at, sum] = [0, 0]
  while (at < items.length) {
    const done = yield* whole(() => day.transaction(() => someOf(items, at, work)))
    at += done.count
    sum += done.sum
    then()
    yield
    yield* logMoved(day)
  }
  return sum
}

function someOf<Item>(items: readonly Item[], from: number, work: (item: Item) => number) {
  let [count, sum] = [0, 0]
  do {
    sum += work(items[from + count] as Item)
    count += 1
  } while (from + count < items.length && !isOver())
  return { count, sum }
}

/** The log stays short, so that no slice moves much of it. */
function* logMoved({ file }: Day): Sliced {
  if (file.logged() <= LOG_PAGES) return
  file.checkpoint()
  yield
}

/** Does something again and again, each time in a transaction of its own or in one with others, until it says that it is done. */
export function* until(day: Day, work: () => boolean): Sliced {
  for (let done = false; !done; ) {
    done = yield* whole(() =>
      day.transaction(() => {
        for (;;)
          if (work()) return true
          else if (isOver()) return false
      }),
    )
    yield
    yield* logMoved(day)
  }
}
