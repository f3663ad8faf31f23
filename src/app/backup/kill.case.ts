/** A process that takes a backup, or puts one back, and is killed at its nth step at the place. For kill.test.ts. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openFolder, type Place } from '#export'
import { holdKeys } from '../keyholder/index.ts'
import { openRecord } from '../record.ts'
import { uuid7 } from '../uuid.ts'
import { restoreBackup } from './restore.ts'
import { takeBackup } from './take.ts'

const [, , mode, folder = '', nth = '0'] = process.argv
let left = Number(nth)

/** Dies before an object is written, or after it was read: no exit handler runs. */
function killing(path: string, step: 'put' | 'get'): Place {
  const place = openFolder(path)
  return {
    ...place,
    async [step](...args: readonly never[]) {
      left -= 1
      if (left === 0) process.kill(process.pid, 'SIGKILL')
      return (place[step] as (...given: readonly never[]) => Promise<never>)(...args)
    },
  }
}

const config = {
  ...{ data: join(folder, 'data'), path_keys: false },
  encryption: { folder: join(folder, 'keys'), former: [] },
}

if (mode === 'backup') {
  const seal = { key: { kind: 'file', path: undefined } } as const
  const record = await openRecord(config, { keys: holdKeys, lostKey: 'refuse', seal })
  const gap = { kind: 'gap', from: 1, to: 2, count: 1, reason: 'r', signature: 's' } as const
  await record.trail.append({ ...gap, exchange: uuid7(Date.now()), at: Date.now() })
  while ((await record.trail.sealed()).size < (await record.trail.highest())) await wait(50)
  const [to, keys] = [killing(join(folder, 'to'), 'put'), killing(join(folder, 'keys-copy'), 'put')]
  await takeBackup({ ...record, data: config.data, now: Date.now }, { to, keys, keep: 9, whole: true })
  await record.close()
} else {
  const [from, keys] = [killing(join(folder, 'to'), 'get'), killing(join(folder, 'keys-copy'), 'get')]
  const back = { ...config, data: join(folder, 'back') }
  await restoreBackup({ config: back, from, keys, trustKeys: false, dryRun: false, reader: 'ana' })
}
