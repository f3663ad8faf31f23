/** What the rules say about a prompt. Types only. */

export type Verdict =
  | { readonly kind: 'allow' }
  | { readonly kind: 'alert'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'deny'; readonly rule: string; readonly reason: string }
