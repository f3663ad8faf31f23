/** What crosses between the gateway and the process that holds the keys. Types only. */
import type { FaultCode } from '#exchange'
import type { Calls } from './holder.ts'

export interface Asked {
  readonly number: number
  readonly name: keyof Calls
  readonly args: readonly unknown[]
}

export type Answer =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly fault: { readonly code: FaultCode; readonly detail: string } }
