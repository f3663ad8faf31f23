/** The shapes of a protocol's events that were met of late: a few, shared by all streams. Learns only what it is told to. */
import type { Protocol } from './protocol.ts'
import { Fit, type Habit, type Shape, shapeOf } from './shape.ts'
import type { Frame } from './sse.ts'

const MOST = 32

/** Bounded by 32 shapes of 4 kB. What it finds it finds in `fit`, until it is asked again. */
export class Shapes {
  readonly fit = new Fit()
  readonly #protocol: Protocol
  readonly #shapes: Shape[] = []

  constructor(protocol: Protocol) {
    this.#protocol = protocol
  }

  /**
   * The shape of the event that stands at `at` of `text`, which is `bytes` as Latin-1; undefined where none fits.
   * `habit` belongs to the stream whose events these are.
   */
  find(text: string, bytes: Buffer, at: number, habit: Habit): Shape | undefined {
    const shapes = this.#shapes
    for (let nth = 0; nth < shapes.length; nth++) {
      const shape = shapes[nth] as Shape
      if (!this.fit.fits(shape, text, bytes, at, habit)) continue
      if (nth > 0) {
        shapes[nth] = shapes[0] as Shape
        shapes[0] = shape
      }
      return shape
    }
    return undefined
  }

  /** Takes up the shape of an event that was read in full, if `may` says so; the one met least of late goes. */
  learn(frame: Frame, may: (shape: Shape) => boolean): void {
    const shape = shapeOf(frame, this.#protocol)
    if (!shape || !may(shape)) return
    if (this.#shapes.length === MOST) this.#shapes.pop()
    this.#shapes.unshift(shape)
  }
}
