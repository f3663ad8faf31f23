/** The addresses at which this machine answers. Asked anew each time: networks come and go. */
import { networkInterfaces } from 'node:os'
import { borneBy } from './address.ts'

/** Whether a connection to an address would come back to this machine, in whatever way it is written. */
export function isOwnAddress(address: string): boolean {
  const written = address.split('%')[0] as string
  const bare = borneBy(written) ?? written
  if (/^(127\.|0\.0\.0\.0$|::1?$)/.test(bare)) return true
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address: own }) => own === bare))
}
