/** A settings file that is Gatelog's alone: written where there is none or one of ours, never over another's. Pure. */
import { Fault } from '#exchange'
import type { Settings } from './client.ts'

/** `mark` stands in what we write and in nothing else. */
export function ownFile(mark: string, text: string, more: Pick<Settings, 'notes' | 'trusts'>): Settings {
  return {
    text,
    ...more,
    write(before) {
      if (before.trim() !== '' && !before.includes(mark))
        throw new Fault('client.settings', 'it is not Gatelog’s: set the proxy by hand, as --print shows it')
      return text
    },
    remove: (now) => (now.includes(mark) ? '' : now),
  }
}
