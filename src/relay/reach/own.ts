/** The addresses at which this machine answers. Asked anew each time: networks come and go. */
import { networkInterfaces } from 'node:os'

/** Whether a connection to an address would come back to this machine. */
export function isOwnAddress(address: string): boolean {
  const bare = (address.split('%')[0] as string).replace(/^::ffff:(?=\d+\.)/i, '')
  if (/^(127\.|0\.0\.0\.0$|::1?$)/.test(bare)) return true
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address: own }) => own === bare))
}
