/** The shapes of streamed events whose whole strings an engine found clean, kept as long as it is. Learns and judges none itself. */
import type { Engine } from '#masking'
import { type Protocol, Shapes } from '#wire'

const known = new WeakMap<Engine, Map<Protocol, Shapes>>()

/** Forgets them. */
export const forgetShapes = (engine: Engine): void => void known.delete(engine)

/** Those that replies of one protocol are read by; none where no protocol reads them. */
export function shapesFor(engine: Engine, protocol: Protocol | undefined): Shapes | undefined {
  if (!protocol) return undefined
  const byProtocol = known.get(engine) ?? new Map<Protocol, Shapes>()
  known.set(engine, byProtocol)
  const shapes = byProtocol.get(protocol) ?? new Shapes(protocol)
  byProtocol.set(protocol, shapes)
  return shapes
}
