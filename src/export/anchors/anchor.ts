/** What an anchor is: a signed head is shown to the outside, which gives proof that it saw it. Types and what all share. */
import { z } from 'zod'
import type { Anchored, KeptAnchor, Proven } from '#trail'

/** An open anchor of one log. */
export interface OpenAnchor {
  /**
   * Shows a signed head to the outside, and checks what it gives. `folder`: the log's. Ends soon after `signal` aborts.
   * @throws export.refused | export.unreachable | export.answer: then nothing counts as anchored
   */
  anchor(note: string, signal: AbortSignal): Promise<Anchored>
  /** The newest head of this log that the outside has, as a signed note; absent where it keeps none. @throws as `anchor` */
  known?(signal: AbortSignal): Promise<string | undefined>
  close(): Promise<void>
}

/** The log that is anchored: its folder `seal`, and its origin, which names it outside. */
export interface Log {
  readonly folder: string
  readonly origin: string
  /** The data folder, where `folder` is not `seal` in it: nothing that lies there may steer a program. */
  readonly data?: string | undefined
}

/** Whom to believe of proofs that are kept: what the configuration names, or whoever checks has from elsewhere. */
export interface Trusted {
  /** PEM of the CAs of timestamp authorities. */
  readonly tsaCa?: string
  /** Verifier keys of witnesses: one of them is enough. */
  readonly witnesses?: readonly string[]
  /** A git repository, or a clone of it, and the branch. */
  readonly repository?: string
  readonly branch?: string
  /** The data folder, as in `Log`. */
  readonly data?: string | undefined
}

/** A kind of anchor: how it is configured and opened, and how its proofs are checked later. Opening reaches nothing. */
export interface AnchorKind<Form extends z.ZodObject = z.ZodObject> {
  readonly form: Form
  open(form: z.infer<Form>, log: Log): OpenAnchor
  trusts(form: z.infer<Form>): Trusted
  /** Checks a proof that was kept, with nothing but what is trusted; reaches nothing where there is no `signal`. */
  prove(kept: KeptAnchor, trusted: Trusted, signal: AbortSignal | undefined): Promise<Proven>
}

/** Of every anchor. */
export const COMMON = {
  every_ms: z
    .number()
    .int()
    .min(1000)
    .max(86_400_000)
    .default(600_000)
    .describe('How often the newest head is anchored, where there is a new one'),
  timeout_ms: z.number().int().min(100).max(600_000).default(30_000).describe('How long the other side may take'),
} as const
