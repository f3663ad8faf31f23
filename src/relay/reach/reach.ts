/** Which addresses a name may lead to: resolved, judged and dialled in one step, so that no second answer slips in. */
import { type LookupAddress, lookup as system } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Fault, type FaultCode } from '#exchange'
import { networkOf } from './address.ts'

export interface Reach {
  /** Whether a name may lead into a private network, and a written address to the link itself. */
  readonly private: boolean
  /** Whether an address that stands there as a number was written by whoever keeps the configuration. */
  readonly literal: boolean
  /** What a refusal is called. */
  readonly fault: FaultCode
  /** Whether an address is the gateway's own, at the port that is asked for. */
  readonly own?: (address: string) => boolean
}

/** `localhost` and what is below it are loopback by their name (RFC 6761 §6.3): as good as written numbers. */
const isLocal = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost')

/** @throws the reach's fault, forward.loop */
function judge(host: string, address: string, { private: mayBePrivate, literal, fault, own }: Reach): void {
  const network = networkOf(address)
  const written = literal && (isIP(host) !== 0 || (isLocal(host) && network === 'private'))
  if (own?.(address)) throw new Fault('forward.loop', host)
  if (network === 'public' || (network === 'private' && (mayBePrivate || written))) return
  if (network === 'link' && mayBePrivate && literal && isIP(host)) return
  throw new Fault(fault, isIP(host) ? host : `${host} is ${address}`)
}

/** Judges an address that is written as a number; Node resolves none of those. @throws as `judge` */
export function checkLiteral(host: string, reach: Reach): void {
  if (isIP(host)) judge(host, host, reach)
}

export type Resolver = (
  host: string,
  options: { readonly all: true; readonly family: number; readonly hints: number },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** The resolver of `net.connect`: gives only addresses that were judged; of a name with others, none. */
export function lookupWithin(reach: Reach, resolve: Resolver = system): LookupFunction {
  return (host, options, done) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0)
    resolve(host, { all: true, family, hints: options.hints ?? 0 }, (error, addresses) => {
      const fault = error ?? refusalOf(host, addresses, reach)
      const [first] = addresses ?? []
      if (fault || !first) done(fault ?? new Error(`${host} has no address`), '', 4)
      else if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}

/** A name that leads to one address that it may not lead to is refused whole: the next answer could be that one alone. */
function refusalOf(host: string, addresses: readonly LookupAddress[], reach: Reach): Fault | undefined {
  try {
    for (const { address } of addresses) judge(host, address, reach)
    return undefined
  } catch (error) {
    return error as Fault
  }
}
