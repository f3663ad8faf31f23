/** For tests of the clients' settings: connections, keys, and a client's text with the keys named. */
import assert from 'node:assert/strict'
import type { ConnectionRow } from '#console'
import { Fault } from '#exchange'
import { makeKey } from '#identity'
import { CLIENTS } from './clients.ts'
import { targetOf, type Way } from './target.ts'

const random = (bytes: number) => new Uint8Array(bytes).fill(7)
export const USER = makeKey('user', random)
export const PATH = makeKey('path', random)
export const GATEWAY = 'http://127.0.0.1:8484'

export const row = (kind: string, credentials = 'passthrough', address = 'https://p.example/'): ConnectionRow => ({
  ...{ name: kind, kind, credentials },
  hosts: { api: address },
})
export const client = (name: string) => CLIENTS.find((each) => each.name === name) ?? assert.fail(name)
export const textOf = (name: string, connection: ConnectionRow, key?: string, model?: string, more: Way = {}) =>
  client(name)
    .settings(targetOf(connection, GATEWAY, key, { ...more, ...(model && { model }) }))
    .text.replaceAll(USER, 'KEY')
    .replaceAll(PATH, 'PATHKEY')

export const faultOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.detail ?? ''}`.trim()
    throw error
  }
  return 'none'
}
