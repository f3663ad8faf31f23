/**
 * Folders for what a command needs while it runs. They go with the process where it ends by itself, or by a signal that it hears.
 * What one that was killed left is removed by the next one: only what bears this form of name, is a folder of the same owner, and
 * was made on this machine by a process that is no more. Follows no link.
 */
import { hash } from 'node:crypto'
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Where a process is known by its number: another machine, or container, may write to the same folder. */
const HERE = hash('sha256', `gatelog scratch\n${hostname()}`).slice(0, 8)

/**
 * Makes one (0700) in a folder, named after `word`, this machine and this process. Whoever made it removes it.
 * @throws what the file system says
 */
export function scratchIn(parent: string, word: string): string {
  sweep(parent, word, isOver)
  atEnd.set(`${parent}\n${word}`, () => sweep(parent, word, (pid) => pid === process.pid))
  return mkdtempSync(join(parent, `${word}-${HERE}-${process.pid}-`))
}

/** A folder that goes with the process too, until the answer is disposed of: then whoever made it has removed it. */
export function goesAtEnd(path: string): Disposable {
  atEnd.set(path, () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return { [Symbol.dispose]: () => void atEnd.delete(path) }
}

/** What is removed where the process ends before whoever made it did so. */
const atEnd = new Map<string, () => void>()

process.on('exit', () => {
  for (const remove of atEnd.values())
    try {
      remove()
    } catch {
      // it stays for the next one: the process ends, and nobody listens any more
    }
})

function sweep(parent: string, word: string, isLeft: (pid: number) => boolean): void {
  for (const name of namesIn(parent)) {
    const [, pid] = name.startsWith(`${word}-`) ? (FORM.exec(name.slice(word.length)) ?? []) : []
    if (pid !== undefined && isLeft(Number(pid))) removeOwn(join(parent, name))
  }
}

const FORM = new RegExp(`^-${HERE}-([1-9]\\d{0,9})-[A-Za-z0-9]{6}$`)

function namesIn(parent: string): string[] {
  try {
    return readdirSync(parent)
  } catch {
    return [] // a folder that may be written and not be listed: nothing of it is known
  }
}

/** Whether no process has this number. */
function isOver(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function removeOwn(path: string): void {
  try {
    const found = lstatSync(path)
    if (found.isDirectory() && found.uid === process.getuid?.()) rmSync(path, { recursive: true, force: true })
  } catch {
    // somebody else was faster, or it may not be removed: it stays as it is
  }
}
