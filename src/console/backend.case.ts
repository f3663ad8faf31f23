/** What tests of the admin API are made of. Never used by the product. */
import { createHmac } from 'node:crypto'
import type { Keyring, Opening } from '#exchange'

export const keyring: Keyring = {
  key: (purpose) => createHmac('sha256', 'test').update(purpose).digest(),
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: (purpose) => createHmac('sha256', purpose),
}

export const ID = '01a20cad-1740-7000-8000-00000000000'
export const body = {
  ...{ bytes: Buffer.from('{"model":"m","messages":[]}'), type: 'application/json', received: 'r', sent: 's' },
}
export const openingOf = (nth: number): Opening => ({
  ...{
    kind: 'asked',
    exchange: ID + nth,
    at: Date.now(),
    session: 'MixedCase',
    door: 'reverse',
    method: 'POST',
    path: '/x',
  },
  ...{ route: 'chat', model: 'm', facts: {}, findings: [], body, text: 'secret words' },
})
