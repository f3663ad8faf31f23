/** UUID version 7: sorts by time. Source: RFC 9562 §5.7. */
import { randomFillSync } from 'node:crypto'

const POOL = Buffer.alloc(10 * 256)
let at = POOL.length

/** A UUIDv7 of this moment; `now` in ms since the Unix epoch. */
export function uuid7(now: number): string {
  if (at >= POOL.length) {
    randomFillSync(POOL)
    at = 0
  }
  const random = POOL.toString('hex', at, at + 10)
  at += 10
  const time = now.toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(random[3] ?? '0', 16) & 3) | 8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`
}
