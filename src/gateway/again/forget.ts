/** What a gateway remembers of what was said, forgotten at once: something of it was taken out of the record. */
import { forgetTexts } from '#masking'
import { forgetFacts } from '../fact.ts'
import type { House } from '../house.ts'
import { forgetShapes } from '../known-shapes.ts'

export function forgetSaid({ memory, engine }: Pick<House, 'memory' | 'engine'>): void {
  memory.forget()
  forgetFacts(engine)
  forgetShapes(engine)
  forgetTexts(engine)
}
