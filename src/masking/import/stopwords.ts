/** Whether one of many words stands in a text: a trie, walked from every place. Case is ignored, as in gitleaks. */

interface Node {
  ends: boolean
  readonly next: Map<number, Node>
}

const node = (): Node => ({ ends: false, next: new Map() })

export function wordsOf(words: readonly string[]): (text: string) => boolean {
  const root = node()
  for (const word of words) {
    let at = root
    for (const c of word.toLowerCase()) {
      const unit = c.charCodeAt(0)
      const child = at.next.get(unit) ?? node()
      at.next.set(unit, child)
      at = child
    }
    at.ends = true
  }
  return (text) => {
    const lower = text.toLowerCase()
    for (let from = 0; from < lower.length; from++) if (stands(root, lower, from)) return true
    return false
  }
}

function stands(root: Node, text: string, from: number): boolean {
  let at: Node | undefined = root
  for (let i = from; at; i++) {
    if (at.ends) return true
    at = at.next.get(text.charCodeAt(i))
  }
  return false
}
