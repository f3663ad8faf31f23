/** What the admin API answered: a value, or the fault that it named. Asks nothing. */
import { FAULTS, Fault, type FaultCode } from '#exchange'

/** @throws server.unreachable where it is no JSON */
export function parsed<Answer>(text: string): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch (cause) {
    throw new Fault('server.unreachable', 'what answers there is no Gatelog', { cause })
  }
}

/** The body of an answer that went well. @throws the fault that the API named, or server.unreachable */
export function checked(status: number, text: string): string {
  if (status < 400) return text
  const error = errorOf(text)
  if (!error) throw new Fault('server.unreachable', `what answers there is no Gatelog (${status})`)
  const code = error?.code && Object.hasOwn(FAULTS, error.code) ? (error.code as FaultCode) : 'gateway.internal'
  const detail = error?.message?.startsWith(`${FAULTS[code].message}: `)
    ? error.message.slice(FAULTS[code].message.length + 2)
    : undefined
  throw new Fault(code, detail)
}

interface Told {
  readonly code?: string
  readonly message?: string
}

function errorOf(text: string): Told | undefined {
  try {
    return (JSON.parse(text) as { error?: Told } | null)?.error
  } catch {
    return undefined
  }
}

/** The fault that a line of an answer tells. */
export const faultIn = ({ code, detail }: { readonly code: string; readonly detail?: string }): Fault =>
  new Fault(Object.hasOwn(FAULTS, code) ? (code as FaultCode) : 'gateway.internal', detail)
