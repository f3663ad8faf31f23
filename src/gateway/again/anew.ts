/** A recorded body masked once more, by the rules or values of today: as a prompt or a reply on its way would be. Writes nothing. */
import { isUtf8 } from 'node:buffer'
import type { Body, Direction, Finding, Keyring, RouteKind } from '#exchange'
import { type Engine, isGuessable } from '#masking'
import { EVENTS, formOfText, type Piece, PROTOCOLS, type Protocol, readDocument } from '#wire'
import { Ahead, isLarge } from '../ahead.ts'
import { Breath } from '../breath.ts'
import { askedOf, judgeWith, maskBody, readingOnce } from '../document.ts'
import { fingerprintOf, type Masker, SHORTEST_PRINTED } from '../masker.ts'
import { Reply } from '../reply.ts'

/** A body that says less than it did. */
export interface Anew {
  readonly bytes: Buffer
  readonly findings: readonly Finding[]
  /** What was taken out. Never kept. */
  readonly taken: readonly string[]
}

export interface Again {
  readonly engine: Engine
  readonly keyring: Keyring
  /** Monotonic milliseconds. */
  clock(): number
}

/** Which body it is. `scope`: its session, or whose it is where there is none. */
export interface Place {
  readonly route: RouteKind
  readonly direction: Direction
  readonly scope: string
}

/** The longest event that is read of a stored reply, in bytes: it was shorter when it came. */
const EVENT_BYTES = 2 ** 27

/** Undefined where nothing of it changes; others go on in between where it is large. */
export async function maskedAnew(
  { engine, keyring, clock }: Again,
  place: Place,
  body: Body,
): Promise<Anew | undefined> {
  if (!isUtf8(body.bytes)) return undefined
  const text = Buffer.from(body.bytes).toString()
  const taken: string[] = []
  const masker = maskerFor({ engine, keyring, scope: place.scope }, taken)
  const protocol = body.assembled ? undefined : PROTOCOLS.find(({ name }) => name === place.route)
  const form = formIn(body, text, place)
  const masked = form
    ? streamed(text, masker, protocol, form)
    : await whole(text, masker, { ...place, protocol, clock })
  if (masked.recorded === text) return undefined
  return { bytes: Buffer.from(masked.recorded), findings: masked.findings, taken }
}

function formIn({ assembled, type }: Body, text: string, { direction }: Place) {
  if (assembled || direction === 'prompt') return undefined
  return formOfText(text) ?? (/^text\/event-stream/i.test(type) ? EVENTS : undefined)
}

interface Masked {
  readonly recorded: string
  readonly findings: readonly Finding[]
}

/** As a reply that streams: across its events, none of which is split, merged or dropped. */
function streamed(text: string, masker: Masker, protocol: Protocol | undefined, form: typeof EVENTS): Masked {
  const reply = new Reply({ ...masker, protocol, form, eventBytes: EVENT_BYTES })
  const out = [...reply.push(Buffer.from(text)), ...reply.end()]
  return { recorded: Buffer.concat(out.map((bytes) => reply.recordOf(bytes))).toString(), findings: reply.findings }
}

async function whole(
  text: string,
  masker: Masker,
  { direction, protocol, clock }: Place & Pick<Again, 'clock'> & { readonly protocol: Protocol | undefined },
): Promise<Masked> {
  const read = readingOnce((json): Piece[] => protocol?.readPieces(json, direction) ?? readDocument(json, direction))
  const ahead = isLarge(Buffer.from(text)) ? new Ahead() : undefined
  await ahead?.mask(askedOf(text, read), masker, new Breath(clock))
  const with_ = { ...masker, ahead }
  return maskBody(judgeWith(with_), text, { direction, masker: with_, read })
}

/** Everything is masked, whatever `masking.actions` say of what goes on; what is seen is told to `taken`. */
function maskerFor(
  { engine, keyring, scope }: { engine: Engine; keyring: Keyring; scope: string },
  taken: string[],
): Masker {
  const marks = {
    mark: (_rule: string, value: string) => (isGuessable(value) ? undefined : mark(keyring, `${scope}\0${value}`)),
    seen(_match: unknown, value: string) {
      taken.push(value)
      if (value.length >= SHORTEST_PRINTED) return fingerprintOf(keyring, value)
      return `s:${keyring.digest('secret', `${scope}\0${value}`).toString('hex').slice(0, 32)}`
    },
  }
  return { engine, lanes: { marks } }
}

const MARKS = 36 ** 4
const mark = (keyring: Keyring, value: string): string =>
  (keyring.digest('mark', value).readUInt32BE(0) % MARKS).toString(36).padStart(4, '0')
