/** The head of a turn that crosses a WebSocket: what its door read, as it was. Carries nothing. */
import type { Head, Turn } from './turn.ts'

export type SocketHead = Head & Pick<Turn, 'rawHeaders'>

export abstract class Headed {
  readonly door = 'websocket' as const
  readonly address: Head['address']
  readonly rawHeaders: readonly string[]
  readonly remote: string
  readonly insecure: boolean

  constructor({ address, rawHeaders, remote, insecure }: SocketHead) {
    this.address = address
    this.rawHeaders = rawHeaders
    this.remote = remote
    this.insecure = insecure
  }
}
