/** What the forward door needs of the configuration and of the process. Types only. */
import type { Leaves, Tls } from '#relay'
import type { House } from '../house.ts'
import type { Trust } from './trust.ts'

/** As it stands now; a reload replaces it whole. */
export interface ForwardSettings {
  readonly leaves: Leaves
  /** What clients must trust now, PEM, the CA that signs first. */
  certificates(): Promise<string>
  /** Hosts of no connection: none, all, or those listed are tunnelled unread. */
  readonly others: 'refuse' | 'tunnel' | readonly string[]
  /** Whether a tunnel may lead into a private network. */
  readonly privateAddresses: boolean
  /** HTTP proxy that tunnels go through. */
  readonly proxy: URL | undefined
  /** Whether prompts may leave for a host: one of no connection is then let through in no way, whatever `others` says. */
  isProvider(host: string): boolean
}

/** What stays for as long as the process runs. */
export interface ForwardOptions {
  readonly insecure: boolean
  readonly trust: Trust
  house(): House
  draining(): boolean
  /** How long nobody may say a byte in a tunnel or a plain request, in ms: ten minutes unless told. */
  readonly idle_ms?: number
  /** What the listener itself speaks TLS with, as it stands now. */
  ownTls?(): Tls | undefined
  /** Ports of the gateway's own listeners. */
  ownPorts(): readonly number[]
}
