/** Watches whether what is recorded is sealed: tells when that begins to fail, and when it goes on. Seals nothing. */
import { faultOf } from '#exchange'
import type { SealState, Trail } from '#trail'

const EVERY_MS = 5000

export interface SealWatch {
  /** Why nothing is sealed just now; undefined where all is well, or where it is not to be. */
  readonly why: string | undefined
  /** Looks now; what begins or ends is told. Never rejects. */
  look(): Promise<void>
  close(): void
}

/** Begins to watch: looks each five seconds until it is closed. */
export function watchSeal(trail: Pick<Trail, 'sealed'>, tell: (line: string) => void): SealWatch {
  let why: string | undefined
  const look = async () => {
    const now = await trail.sealed().then(faultIn, (error: unknown) => faultOf(error).message)
    if (now === why) return
    tell(now === undefined ? 'sealing goes on' : `what is recorded is not sealed: ${now} (gatelog doctor)`)
    why = now
  }
  const timer = setInterval(() => void look(), EVERY_MS).unref()
  return {
    get why() {
      return why
    },
    look,
    close: () => clearInterval(timer),
  }
}

function faultIn(state: SealState): string | undefined {
  if (state.kind === 'on') return state.fault
  return state.lost ? state.why : undefined
}
