/** The line to the store's thread: numbered calls, each answered once, and what the thread asks for. Knows no SQL, touches no file. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Fault, faultOf } from '#exchange'
import type { Signer } from '../../seal/signer.ts'
import type { StoreOptions } from '../../store.ts'
import type { Wrapping } from '../../wrapping.ts'
import { lineOfFault } from './faults.ts'
import type { Grant, Wish } from './keys.ts'
import type { Answer, Asked, Call, Calls, Reply, SealWish } from './protocol.ts'
import { faultFrom } from './rows.ts'

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (fault: Fault) => void
}

/** The line to the worker: numbered calls, each answered once. When the worker dies, every call is told so. */
export class Link {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #wrapping: Wrapping
  readonly #onBroken: (fault: Fault) => void
  readonly #signer: Signer | undefined
  #count = 0
  #dead: Fault | undefined

  constructor({ folder, tokenKey, lineKey, wrapping, onBroken, signer }: StoreOptions) {
    this.#wrapping = wrapping
    this.#signer = signer
    this.#onBroken = onBroken
    const workerData = { folder, tokenKey: Uint8Array.from(tokenKey), lineKey: Uint8Array.from(lineKey) }
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData, execArgv: [] })
    this.#worker.on('message', (reply: Reply) => this.#answered(reply))
    this.#worker.on('error', (error) => this.#died(error))
    this.#worker.on('exit', (code) => this.#died(new Error(`the store’s thread ended with ${code}`)))
  }

  call<Name extends keyof Calls>(
    name: Name,
    args: Parameters<Calls[Name]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Awaited<ReturnType<Calls[Name]>>> {
    if (this.#dead) return Promise.reject(this.#dead)
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Calls[Name]>>>()
    const number = ++this.#count
    this.#waiting.set(number, { resolve, reject })
    this.#worker.postMessage({ number, name, args } satisfies Call, [...transfer])
    return promise
  }

  /** Ends the thread. What it has not answered is rejected. */
  async end(): Promise<void> {
    if (this.#dead) return
    this.#dead = new Fault('trail.unavailable', 'the store is closed')
    const gone = once(this.#worker, 'exit')
    await this.#worker.terminate()
    await gone
    this.#rejectAll(this.#dead)
  }

  /** The thread wants keys wrapped or unwrapped, or a head signed. */
  #grant({ asked, wish }: Asked): void {
    const tell = (answer: Answer) => this.#dead || this.#worker.postMessage(answer)
    const grant = 'sign' in wish ? signed(this.#signer, wish) : granted(this.#wrapping, wish)
    grant.then(
      (grant) => tell({ asked, grant }),
      (error: unknown) => tell({ asked, fault: lineOfFault(faultOf(error)) }),
    )
  }

  #answered(reply: Reply): void {
    if ('asked' in reply) {
      this.#grant(reply)
      return
    }
    const waiting = this.#waiting.get(reply.number)
    this.#waiting.delete(reply.number)
    if (!('fault' in reply)) waiting?.resolve(reply.value as never)
    else if (reply.number === 0) this.#onBroken(faultFrom(reply.fault))
    else waiting?.reject(faultFrom(reply.fault))
  }

  #died(cause: unknown): void {
    if (this.#dead) return
    this.#dead = new Fault('trail.broken', cause instanceof Error ? cause.message : String(cause), { cause })
    this.#rejectAll(this.#dead)
    this.#onBroken(this.#dead)
  }

  #rejectAll(fault: Fault): void {
    for (const { reject } of this.#waiting.values()) reject(fault)
    this.#waiting.clear()
  }
}

/** A signature. @throws seal.key */
async function signed(signer: Signer | undefined, { sign, told }: SealWish): Promise<Grant> {
  if (!signer) throw new Fault('seal.key', 'there is none')
  return { by: signer.vkey, bytes: [await signer.sign(sign, told)] }
}

async function granted(wrapping: Wrapping, wish: Wish): Promise<Grant> {
  if ('unwrap' in wish) return { by: '', bytes: await wrapping.unwrap(wish.unwrap) }
  const keys = 'wrap' in wish ? wish.wrap : await wrapping.unwrap(wish.rewrap)
  const { by, wrapped } = await wrapping.wrap(keys.filter((key) => key !== undefined))
  const rest = wrapped.values()
  return { by, bytes: keys.map((key) => (key ? rest.next().value : undefined)) }
}
