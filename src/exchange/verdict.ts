/**
 * What the rules say about a prompt. `failed`: the rule could not be evaluated. `secret`: a masking rule's action denied
 * it, and `rule` is that one. Types only.
 */

export type Verdict =
  | { readonly kind: 'allow' }
  | { readonly kind: 'alert'; readonly rule: string; readonly reason: string }
  | {
      readonly kind: 'deny'
      readonly rule: string
      readonly reason: string
      readonly failed?: true
      readonly secret?: 'block' | 'approve'
    }
