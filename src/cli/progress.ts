/** How far a long command has come, on one line of a terminal; nothing where stderr is none. */

export interface Progress {
  at(rows: number, bytes: number, time: string): void
  end(): void
}

const EVERY_MS = 200
const WIDTH = 30

/** How much of a known whole is done, as a bar. `what`: of which there are so many. */
export function bar(what: string): { at(done: number, total: number): void; end(): void } {
  const terminal = process.stderr.isTTY
  let told = 0
  return {
    at(done, total) {
      const now = Date.now()
      if (!terminal || now - told < EVERY_MS) return
      told = now
      const full = Math.round((WIDTH * done) / Math.max(1, total))
      process.stderr.write(`\r[${'='.repeat(full).padEnd(WIDTH)}] ${done} of ${total} ${what}\u001b[K`)
    },
    end() {
      if (terminal && told > 0) process.stderr.write('\r\u001b[K')
    },
  }
}

/** Rows, bytes and how far back they reach. */
export function progress(): Progress {
  const terminal = process.stderr.isTTY
  let told = 0
  return {
    at(rows, bytes, time) {
      const now = Date.now()
      if (!terminal || now - told < EVERY_MS) return
      told = now
      process.stderr.write(
        `\r${rows} exchanges, ${(bytes / 1_048_576).toFixed(1)} MB, back to ${time.slice(0, 16)}\u001b[K`,
      )
    },
    end() {
      if (terminal && told > 0) process.stderr.write('\r\u001b[K')
    },
  }
}
